/** Tasks that wait for a condition, and that notify it. */
import { operation, type Condition, type Operation } from "coppice";

/** A waiter that writes down what happens to it. */
export const logged = operation(function* (condition: Condition, name: string, log: string[]) {
  yield* condition.acquire();
  try {
    yield* condition.wait();
    log.push(`${name} woken`);
  } finally {
    log.push(`${name} holds the lock: ${condition.statistics().lock.holder?.name === name}`);
    condition.release();
  }
});

export function* notifying(condition: Condition, n?: number): Operation<void> {
  yield* condition.acquire();
  condition.notify(n);
  condition.release();
}
