/** Keeps count of how many of some operations run at once. */
import type { Operation } from "coppice";

export class Gauge {
  running = 0;
  most = 0;

  /** Counts an operation for as long as it runs. */
  *count<T>(op: Operation<T>): Operation<T> {
    this.most = Math.max(this.most, ++this.running);
    try {
      return yield* op;
    } finally {
      this.running--;
    }
  }
}
