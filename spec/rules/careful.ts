import { operation, sleep, suspend } from "coppice";

/** Waits for ever, and cleans up in three steps. */
export const careful = operation(function* (log: string[], name: string) {
  try {
    yield* suspend();
  } finally {
    for (const step of [1, 2, 3]) {
      yield* sleep(2);
      log.push(`${name} ${step}`);
    }
  }
});
