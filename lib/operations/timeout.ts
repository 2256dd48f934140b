import { unplacedError } from "../errors/index.js";
import {
  checkDuration,
  checkOptions,
  Completed,
  TimeoutError,
  type Cancellation,
  type Frame,
  type Operation,
  type Outcome,
} from "../kernel/index.js";
import { limited, type Limitable } from "./cancel-scope.js";
import type { Expired, Limit, TimeLimit } from "./time-limit.js";

/** What a timeout gives instead of an error. */
export interface TimeoutOptions<U> {
  /** The value to give when time runs out. */
  readonly otherwise: U;
}

/**
 * Runs an operation for at most the given time.
 *
 * Cancel:  when time runs out the operation is cancelled; after its cleanup the timeout throws (C11).
 * Throws:  TimeoutError when time ran out; what `op` throws; RangeError when `ms` is negative or not a number.
 * Model:   asyncio.timeout, Trio fail_after.
 * Pitfall: with 0 the operation still runs to its first yield point (C12).
 *
 * @param ms - length in milliseconds; `Infinity` sets no limit
 * @param op - a function with a parameter is given the scope, whose deadline can be moved
 * @param options - `otherwise`: a value to give instead of throwing
 * @example const user = yield* timeout(2_000, fetchUser("42"));
 */
export function timeout<T>(ms: number, op: Limitable<T>): Operation<T>;
export function timeout<T, U>(ms: number, op: Limitable<T>, options: TimeoutOptions<U>): Operation<T | U>;
export function timeout<T, U>(ms: number, op: Limitable<T>, options?: TimeoutOptions<U>): Operation<T | U> {
  checkDuration("timeout", "", ms);
  return limitedTo<T | U>("timeout", { ms, isLength: true }, op, options);
}

/** A boundary that throws a TimeoutError, or gives a value instead, when its time is up. */
export function limitedTo<T>(
  caller: string,
  limit: Limit,
  op: Limitable<unknown>,
  options: TimeoutOptions<unknown> | undefined,
): Operation<T> {
  checkOptions(`${caller}()`, ["otherwise"], options);
  // Told by its name: `undefined` is a value like any other.
  const expired: Expired =
    options !== undefined && "otherwise" in options ? () => valueOf(options.otherwise) : timedOut;
  return limited<T>(caller, op, limit, expired);
}

function valueOf(value: unknown): Outcome {
  return new Completed(value);
}

function timedOut(limit: TimeLimit, frame: Frame): Outcome {
  const cancellation = frame.scope?.cancellation;
  const cause = cancellation == null ? undefined : explanations.get(cancellation);
  const options = cause === undefined ? undefined : { cause: cause.error };
  const error = unplacedError(() => new TimeoutError(textOf(limit, frame), options));
  return { type: "errors", errors: [error] };
}

function textOf({ deadline, openedAt }: TimeLimit, { name }: Frame): string {
  const what = name === "anonymous" ? "An operation" : `"${name}"`;
  const ms = deadline - openedAt;
  if (ms < 0) return `${what} was started ${rounded(-ms)} ms after its deadline.`;
  return `${what} took longer than ${rounded(ms)} ms.`;
}

/** The clock has fractions, which say nothing in a message. */
function rounded(ms: number): string {
  return String(Math.round(ms * 1_000) / 1_000);
}

const explanations = new WeakMap<Cancellation, { readonly error: unknown }>();

/** Says what a deadline cut short, when that explains it: becomes the `cause` of its TimeoutError. */
export function explain(cancellation: Cancellation, error: unknown): void {
  explanations.set(cancellation, { error });
}
