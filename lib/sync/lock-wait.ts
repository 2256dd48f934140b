import type { TaskNode } from "../kernel/index.js";
import { LineWait } from "./wait-line.js";

/** A wait in a lock's line. */
export abstract class LockWait extends LineWait<void> {
  /** The lock was handed over. */
  abstract granted(): void;
  /** The lock will never be given back. */
  abstract refused(error: Error): void;

  get node(): TaskNode {
    // Only tasks wait; Waiter has that one implementation.
    return this.task as TaskNode;
  }
}
