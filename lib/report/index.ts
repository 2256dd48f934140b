/** The tree of tasks as people read it. */
export { drawCycle, findCycle } from "./cycle.js";
export { drawTask, drawTasks } from "./drawing.js";
