export { Semaphore } from "./semaphore.js";
export { LineWait, WaitLine } from "./wait-line.js";
