import type { Operation } from "../kernel/index.js";
import { checkTime, type Limitable } from "./cancel-scope.js";
import { limitedTo, type TimeoutOptions } from "./timeout.js";

/**
 * Runs an operation until the given time at the longest: for deadlines that are passed along, where a length of time
 * would start anew at each step.
 *
 * Cancel:  at that time the operation is cancelled; after its cleanup the timeout throws (C11).
 * Throws:  TimeoutError when time ran out; what `op` throws; RangeError for NaN.
 * Model:   asyncio.timeout_at, Trio fail_at.
 * Pitfall: at a time that has passed the operation still runs to its first yield point (C12).
 *
 * @param at - a time of the clock of `now()`, in ms; `Infinity` sets no limit
 * @param op - a function with a parameter is given the scope, whose deadline can be moved
 * @param options - `otherwise`: a value to give instead of throwing
 * @example
 * const end = now() + 2_000;
 * const user = yield* timeoutAt(end, fetchUser(id));
 * const orders = yield* timeoutAt(end, fetchOrders(user));
 */
export function timeoutAt<T>(at: number, op: Limitable<T>): Operation<T>;
export function timeoutAt<T, U>(at: number, op: Limitable<T>, options: TimeoutOptions<U>): Operation<T | U>;
export function timeoutAt<T, U>(at: number, op: Limitable<T>, options?: TimeoutOptions<U>): Operation<T | U> {
  checkTime("timeoutAt()", at);
  return limitedTo<T | U>("timeoutAt", { ms: at, isLength: false }, op, options);
}
