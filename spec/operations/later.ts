/** Operations that end after a time, written as generators: each can be run once. */
import { sleep } from "coppice";

export function* after<T>(ms: number, value: T) {
  yield* sleep(ms);
  return value;
}

export function* failAfter(ms: number, error: unknown) {
  yield* sleep(ms);
  throw error;
}
