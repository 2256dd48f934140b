export { each, type Loop } from "./each.js";
export { forEach } from "./for-each.js";
export { map, type EachOptions, type MapOptions } from "./map.js";
export type { Gettable, Source, Steps, Subscribable } from "./source.js";
export type { Startable, Started } from "./starting.js";
export { supervise } from "./supervise.js";
export type {
  Child,
  ChildOptions,
  RestartOptions,
  Supervisor,
  SupervisorEvent,
  SupervisorOptions,
} from "./supervisor.js";
export { taskGroup, type TaskGroup, type TaskGroupOptions } from "./task-group.js";
