/** Small operations that fail, rest and clean up, for tables of behaviours. */
import { attempt, scoped, sleep, spawn, type Operation } from "coppice";
import { shapeOf, type Note } from "./story.js";

/** Waits, then gives a value. */
export const valueAfter = <T>(ms: number, value: T) =>
  function* valued(): Operation<T> {
    yield* sleep(ms);
    return value;
  };

/** Waits, then fails. */
export const failAfter = (ms: number, text: string) =>
  function* failing(): Operation<never> {
    yield* sleep(ms);
    throw new Error(text);
  };

/** Waits, then throws what it is given. */
export const throwAfter = (ms: number, error: unknown) =>
  function* failing(): Operation<never> {
    yield* sleep(ms);
    throw error;
  };

/** Fails at once. */
export const failNow = (text: string) =>
  function* failing(): Operation<never> {
    throw new Error(text);
  };

/** Rests until it is cancelled or `ms` have passed, and notes that it was cleaned up. */
export const restNoting = (note: Note, text: string, ms = Infinity) =>
  function* resting(): Operation<void> {
    try {
      yield* sleep(ms);
    } finally {
      note(text);
    }
  };

/** Rests, and its cleanup takes its time. */
export const slowToEnd = (note: Note, text: string, cleanupMs: number) =>
  function* slow(): Operation<void> {
    try {
      yield* sleep(Infinity);
    } finally {
      yield* sleep(cleanupMs);
      note(text);
    }
  };

/** Cancels an operation from outside after a time, as `task.cancel()` of a surrounding task does. */
export function* cancelledAfter(ms: number, op: () => Operation<unknown>): Operation<string> {
  const all = yield* attempt(
    scoped(function* () {
      const task = yield* spawn(op);
      yield* sleep(ms);
      void task.cancel("test");
      return yield* task;
    }),
  );
  return all.ok ? "ended" : shapeOf(all.error);
}

/** Notes how an operation ended, and goes on. */
export function* noted(note: Note, what: string, op: Operation<unknown>): Operation<void> {
  const ended = yield* attempt(op);
  note(`${what}: ${ended.ok ? String(ended.value) : shapeOf(ended.error)}`);
}
