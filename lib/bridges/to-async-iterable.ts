/**
 * A stream of values out of an operation, for programs that know `for await`. The operation runs only while the
 * consumer waits for a value: between two of them it stands at its `emit`.
 */
import {
  checkOperable,
  checkOptions,
  operation,
  type Instruction,
  type Operation,
  type RunOptions,
} from "../kernel/index.js";
import { QueueShutDown } from "../streams/index.js";
import { Streaming, type Emit } from "./streaming.js";

/** What values can be taken from until it is shut down: a queue, or what `on` gives. */
export interface Takeable<T> {
  /** Throws `QueueShutDown` when there are no more. */
  get(): Operation<T>;
}

/** What makes a stream: a body that emits, a queue, or an operation that opens one. */
export type StreamSource<T> =
  | ((emit: Emit<T>) => Operation<unknown>)
  | Takeable<T>
  | Operation<Takeable<T>>
  | (() => Operation<Takeable<T>>);

type Values<T> = AsyncIterable<T, undefined>;

function* produce<T>(source: StreamSource<T>, emit: Emit<T>): Generator<Instruction, void> {
  // A function's result, or an operation's, may be the queue to take from.
  const made: unknown = isTakeable(source) ? source : yield* opening(source, emit);
  if (!isTakeable<T>(made)) return;
  for (;;) {
    let value: T;
    try {
      value = yield* made.get();
    } catch (error) {
      if (error instanceof QueueShutDown) return;
      throw error;
    }
    yield* emit(value);
  }
}

/** A body that emits is a boundary of its own; what opens a queue is not, for the queue lives as long as the stream. */
function opening<T>(source: Exclude<StreamSource<T>, Takeable<T>>, emit: Emit<T>): Operation<unknown> {
  if (typeof source !== "function") return source;
  // Only a body that emits takes a parameter.
  const body = source;
  return body.length === 0 ? body(emit) : operation(body)(emit);
}

function isTakeable<T>(value: unknown): value is Takeable<T> {
  if (typeof value !== "object" || value === null || Symbol.iterator in value) return false;
  return typeof (value as { get?: unknown }).get === "function";
}

/**
 * Makes an async iterable of an operation, for programs that know `for await`. Each loop over it runs the operation
 * anew, as a root task, from its first `next()` on; it goes on only while the consumer waits for a value.
 *
 * Cancel:  when the consumer leaves the loop the operation is cancelled, and the loop is left when its cleanup is done.
 * Throws:  into the loop what the operation throws; TypeError at once when `source` is none.
 * Pitfall: a consumer that stops asking without leaving the loop keeps the operation: pass a `signal`.
 *
 * @param source - a `function*` that gets an `emit` operation; or a queue, or an operation that opens one, such as `on`:
 *   it is emptied until it is shut down
 * @param options - `signal` cancels the operation and makes the loop throw its reason; `name`
 * @example
 * const ticks = toAsyncIterable<number>(function* (emit) {
 *   for (let n = 0; ; n++) { yield* emit(n); yield* sleep(1_000); }
 * });
 * for await (const tick of ticks) if (tick === 3) break;
 */
export function toAsyncIterable<T>(source: StreamSource<T>, options: RunOptions = {}): Values<T> {
  checkOptions("toAsyncIterable()", ["signal", "name"], options);
  if (!isTakeable(source)) checkOperable("toAsyncIterable", source);
  return {
    [Symbol.asyncIterator]: () =>
      new Streaming<T>((emit) => produce(source, emit), { name: "stream", ...options }),
  };
}
