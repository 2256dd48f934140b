export { Queue, QueueShutDown, type QueueOptions } from "./queue.js";
