/**
 * A stream of values out of an operation, for programs that know `for await`. The operation runs only while the
 * consumer waits for a value: between two of them it stands at its `emit`.
 *
 * G1 The operation is started by the first `next()`, and gone when `return()` has resolved.
 * G2 A value is handed over only to a `next()` that waits for it; what is asked for together is answered in order.
 */
import {
  cancelBoundary,
  checkOperable,
  checkOptions,
  errorOf,
  nodeOf,
  operation,
  run,
  Wait,
  waiting,
  whenEnded,
  type Instruction,
  type Operation,
  type RunOptions,
  type TaskNode,
  type WaitDescription,
} from "../kernel/index.js";
import { QueueShutDown } from "../streams/index.js";

/** Hands a value to the consumer. */
export type Emit<T> = (value: T) => Operation<void>;

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

interface Request<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

class Streaming<T> implements AsyncIterableIterator<T, undefined> {
  private readonly requests: Request<T>[] = [];
  /** Values that nobody has asked for yet, and emitters whose value was taken and that wait for the next request. */
  private readonly pending: Emission<T>[] = [];
  private readonly paused = new Set<Emission<T>>();
  private node: TaskNode | null = null;
  private hasEnded = false;
  private failure: { readonly error: unknown } | null = null;

  constructor(
    private readonly source: StreamSource<T>,
    private readonly options: RunOptions,
  ) {}

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    return new Promise((resolve, reject) => {
      this.requests.push({ resolve, reject });
      if (this.hasEnded) this.answerAll();
      else if (this.node === null) this.start();
      else this.resume();
    });
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    const { node } = this;
    this.hasEnded = true;
    if (node !== null) await this.leave(node);
    this.answerAll();
    const { failure } = this;
    this.failure = null;
    if (failure !== null) throw failure.error;
    return DONE;
  }

  async throw(error?: unknown): Promise<never> {
    await this.return();
    throw error;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /** @internal */
  emit(emission: Emission<T>): void {
    this.pending.push(emission);
    this.handOver();
  }

  /** @internal */
  withdraw(emission: Emission<T>): void {
    this.paused.delete(emission);
    const place = this.pending.indexOf(emission);
    if (place >= 0) this.pending.splice(place, 1);
  }

  private start(): void {
    const { source, options } = this;
    const emit: Emit<T> = (value) => waiting(() => new Emission(this, value));
    const task = run(() => produce(source, emit), options);
    this.node = nodeOf(task);
    task.then(
      () => {
        this.ended(null);
      },
      (error: unknown) => {
        this.ended({ error });
      },
    );
  }

  /** Values that wait come first; then those go on whose value was taken before. */
  private resume(): void {
    this.handOver();
    for (const emission of [...this.paused]) {
      this.paused.delete(emission);
      emission.succeed();
    }
  }

  private handOver(): void {
    while (this.pending.length > 0 && this.requests.length > 0) {
      const emission = this.pending.shift();
      const request = this.requests.shift();
      if (emission === undefined || request === undefined) return;
      request.resolve({ done: false, value: emission.emitted });
      if (this.requests.length > 0) emission.succeed();
      else this.paused.add(emission);
    }
  }

  /** Cancels the operation and waits until it is gone; only a failure of its own is left to tell then. */
  private async leave(node: TaskNode): Promise<void> {
    if (node.outcome !== null) return;
    cancelBoundary(node.root, "The consumer left the stream.", undefined);
    await new Promise<void>((resolve) => {
      whenEnded(node, resolve);
    });
    this.failure = failureOf(node);
  }

  private ended(failure: { readonly error: unknown } | null): void {
    if (!this.hasEnded) this.failure = failure;
    this.hasEnded = true;
    this.answerAll();
  }

  /** A failure goes to the first who asks, as in an async generator. */
  private answerAll(): void {
    for (const { resolve, reject } of this.requests.splice(0)) {
      const { failure } = this;
      this.failure = null;
      if (failure === null) resolve(DONE);
      else reject(failure.error);
    }
  }
}

function failureOf(node: TaskNode): { readonly error: unknown } | null {
  return node.outcome?.type === "errors" ? { error: errorOf(node) } : null;
}

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** An operation's wait at its `emit`. */
class Emission<T> extends Wait<void> {
  constructor(
    private readonly stream: Streaming<T>,
    readonly emitted: T,
  ) {
    super();
  }

  begin(): void {
    this.stream.emit(this);
  }

  withdraw(): boolean {
    this.stream.withdraw(this);
    return true;
  }

  describe(): WaitDescription {
    return { kind: "emit", isOutside: true };
  }
}

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
  return { [Symbol.asyncIterator]: () => new Streaming(source, { name: "stream", ...options }) };
}
