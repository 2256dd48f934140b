/** An operation of the public face as a program uses it: wanted by several tasks, free at times, and ended amid it. */
import { all, operation, sleep, type Operation } from "coppice";

export interface Story {
  /** Names of `spec/support/every-operation.ts`. */
  readonly covers: readonly string[];
  /** Makes everything afresh. */
  readonly set: () => Scene;
}

export interface Scene {
  readonly op: Operation<unknown>;
  /** What holds whenever the operation has ended, however it has. */
  readonly check?: () => void;
}

export function story(covers: readonly string[], set: () => Scene): Story {
  return { covers, set };
}

/** Several tasks that do the same, one millisecond after the other. */
export function crowd(count: number, work: (i: number) => Operation<unknown>): Operation<unknown> {
  return all(
    Array.from(
      { length: count },
      (_, i) =>
        function* visitor() {
          yield* sleep(i);
          return yield* work(i);
        },
    ),
  );
}

/** Runs an operation that is over when it throws an error of a class: a queue that was shut down, for instance. */
export const untilThrown = operation(function* (
  Class: abstract new (...args: never[]) => unknown,
  op: () => Operation<unknown>,
) {
  try {
    yield* op();
  } catch (error) {
    if (!(error instanceof Class)) throw error;
  }
});
