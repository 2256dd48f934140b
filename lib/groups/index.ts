export { taskGroup, type TaskGroup, type TaskGroupOptions } from "./task-group.js";
