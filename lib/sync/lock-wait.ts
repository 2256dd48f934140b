import type { TaskNode, WaitDescription } from "../kernel/index.js";
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

/** What a lock does for those that wait for it. */
interface Line {
  begin(wait: LockWait): void;
  describe(): WaitDescription;
}

/** A wait of `acquire`. */
export class LockAcquire extends LockWait {
  constructor(private readonly lock: Line) {
    super();
  }

  begin(): void {
    this.lock.begin(this);
  }

  granted(): void {
    this.succeed();
  }

  refused(error: Error): void {
    this.fail(error);
  }

  describe(): WaitDescription {
    return this.lock.describe();
  }
}
