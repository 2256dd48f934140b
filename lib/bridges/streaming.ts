/**
 * The loop of `for await` on one side, an operation on the other: each waits for the other.
 *
 * G1 The operation is started by the first `next()`, and gone when `return()` has resolved.
 * G2 A value is handed over only to a `next()` that waits for it; what is asked for together is answered in order.
 */
import {
  cancelBoundary,
  errorOf,
  nodeOf,
  run,
  Wait,
  waiting,
  whenEnded,
  type Operation,
  type RunOptions,
  type TaskNode,
  type WaitDescription,
} from "../kernel/index.js";

/** Hands a value to the consumer. */
export type Emit<T> = (value: T) => Operation<void>;

interface Request<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

export class Streaming<T> implements AsyncIterableIterator<T, undefined> {
  private readonly requests: Request<T>[] = [];
  /** Values that nobody has asked for yet, and emitters whose value was taken and that wait for the next request. */
  private readonly pending: Emission<T>[] = [];
  private readonly paused = new Set<Emission<T>>();
  private node: TaskNode | null = null;
  private hasEnded = false;
  private failure: { readonly error: unknown } | null = null;

  constructor(
    private readonly produce: (emit: Emit<T>) => Operation<void>,
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
    const { produce, options } = this;
    const emit: Emit<T> = (value) => waiting(() => new Emission(this, value));
    const task = run(() => produce(emit), options);
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
