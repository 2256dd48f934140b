import { clip, misuse } from "../errors/index.js";
import { checkCount, checkOptions, waiting, type Operation, type WaitDescription } from "../kernel/index.js";
import { LineWait, tasksOf, WaitLine, type TaskSince } from "../sync/index.js";
import { Exchange, Putting, type Refusal, type Store } from "./exchange.js";
import { Fifo } from "./fifo.js";

/** Thrown by a queue that was shut down: by `put` at once, by `get` when it has nothing left. */
export class QueueShutDown extends Error {
  override readonly name: string = "QueueShutDown";
  readonly code = "COPPICE_QUEUE_SHUT_DOWN";
}

/** How to make a queue. */
export interface QueueOptions {
  /** How many items it holds at the most; without a limit when left out, and 0 is a rendezvous. */
  readonly capacity?: number;
  /** For messages and snapshots. */
  readonly name?: string;
}

/**
 * Items that some tasks put and others get, first in, first out. Strictly first come, first served on both sides,
 * handed over directly; a cancelled waiter takes and leaves nothing.
 *
 * Model:   asyncio.Queue of Python 3.13, with shutdown.
 *
 * @example
 * const jobs = new Queue<Job>({ name: "jobs", capacity: 100 });
 * yield* jobs.put(job); // elsewhere: const job = yield* jobs.get();
 */
export class Queue<T> {
  readonly #exchange: Exchange<T>;
  readonly #joining = new WaitLine<Join>();

  /**
   * @param store - what keeps the items, in the order in which they are to be taken
   * @throws RangeError when `capacity` is no whole number of at least 0 and not `Infinity`
   */
  constructor(options: QueueOptions = {}, /** @internal */ store: Store<T> = new Fifo<T>()) {
    const caller = `new ${new.target.name}()`;
    checkOptions(caller, ["capacity", "name"], options);
    const { capacity = Infinity, name = "queue" } = options;
    checkCount(caller, "capacity", 0, capacity);
    this.#exchange = new Exchange("queue", clip(name, 200), capacity, store);
  }

  /** For messages and snapshots. */
  get name(): string {
    return this.#exchange.name;
  }

  /** How many items it holds at the most. */
  get capacity(): number {
    return this.#exchange.capacity;
  }

  /** How many items are in it. */
  get size(): number {
    return this.#exchange.items.size;
  }

  /** Whether a put would have to wait. */
  get isFull(): boolean {
    const { items, capacity, getting } = this.#exchange;
    return items.size >= capacity && getting.length === 0;
  }

  get isEmpty(): boolean {
    return this.#exchange.items.size === 0;
  }

  get isShutDown(): boolean {
    return this.#exchange.refusePut !== null;
  }

  /** How many items were put and not yet said to be done. */
  get unfinished(): number {
    return this.#exchange.unfinished;
  }

  /**
   * Puts an item in.
   *
   * Waits:   until there is room and everybody before has put theirs; with capacity 0, until it is taken.
   * Cancel:  the item is not put.
   * Throws:  QueueShutDown when the queue was shut down, also while waiting.
   */
  put(item: T): Operation<void> {
    return new Putting<T>(this.#exchange, item);
  }

  /**
   * Takes the next item.
   *
   * Waits:   until there is one and everybody before has taken theirs.
   * Cancel:  takes none. An item that was handed over before is the task's (S6).
   * Throws:  QueueShutDown when the queue was shut down and has nothing left.
   */
  get(): Operation<T> {
    return this.#exchange.get;
  }

  /**
   * Puts an item in if that needs no waiting. A plain call.
   *
   * @returns whether it did
   * @throws QueueShutDown when the queue was shut down
   */
  tryPut(item: T): boolean {
    return this.#exchange.tryPut(item, null);
  }

  /**
   * Takes the next item if that needs no waiting. A plain call.
   *
   * @returns the item in a box, or undefined
   * @throws QueueShutDown when the queue was shut down and has nothing left
   */
  tryGet(): { readonly value: T } | undefined {
    return this.#exchange.tryGet();
  }

  /**
   * Says that an item that was taken has been worked off. A plain call.
   *
   * @throws Error when called more often than items were put
   */
  taskDone(): void {
    if (this.#exchange.unfinished === 0) {
      throw misuse(
        "TASK_DONE",
        `Queue "${this.name}" has no unfinished items. Call taskDone() once for every item taken.`,
        Error,
      );
    }
    this.#finish(1);
  }

  /**
   * Waits until every item that was put has been taken and worked off.
   *
   * Waits:   until `taskDone` was called for each; not at all when there are none.
   */
  join(): Operation<void> {
    return waiting(() => new Join(this));
  }

  /**
   * Ends the queue: puts fail from now on, gets when nothing is left. A plain call; a second one may still turn a
   * graceful shutdown into an immediate one.
   *
   * @param options - `immediate`: drop the items that are in it, and count them as done
   */
  shutdown(options: { readonly immediate?: boolean } = {}): void {
    checkOptions("shutdown()", ["immediate"], options);
    this.#end(this.#refusal("get from"), options.immediate === true);
  }

  /** How full it is, and who waits. */
  statistics(): QueueStatistics {
    const { size, capacity, unfinished, isShutDown } = this;
    const { getting, putting } = this.#exchange;
    const waits = { putting: tasksOf(putting), getting: tasksOf(getting), joining: tasksOf(this.#joining) };
    return { size, capacity, unfinished, isShutDown, ...waits };
  }

  /** @internal */
  beginJoin(join: Join): void {
    if (this.#exchange.unfinished === 0) join.succeed();
    else this.#joining.join(join);
  }

  /**
   * Shuts the queue down with an error of one's own for those that get, when they have got what is in it.
   *
   * @internal
   */
  protected endWith(error: unknown): void {
    this.#end(() => error, false);
  }

  #end(refuseGet: Refusal, isImmediate: boolean): void {
    const dropped = this.#exchange.close(this.#refusal("put into"), refuseGet, isImmediate);
    if (dropped > 0) this.#finish(dropped);
  }

  #refusal(what: string): Refusal {
    return () => new QueueShutDown(`Cannot ${what} queue "${this.name}": it was shut down.`);
  }

  #finish(count: number): void {
    const exchange = this.#exchange;
    // Items that are dropped may have been said to be done before, by mistake.
    exchange.unfinished = Math.max(0, exchange.unfinished - count);
    if (exchange.unfinished > 0) return;
    this.#joining.settleAll((join) => {
      join.succeed();
    });
  }
}

/** What `queue.statistics()` gives. */
export interface QueueStatistics {
  readonly size: number;
  readonly capacity: number;
  readonly unfinished: number;
  readonly isShutDown: boolean;
  readonly putting: readonly TaskSince[];
  readonly getting: readonly TaskSince[];
  readonly joining: readonly TaskSince[];
}

class Join extends LineWait<void> {
  constructor(private readonly queue: { readonly name: string; beginJoin(join: Join): void }) {
    super();
  }

  begin(): void {
    this.queue.beginJoin(this);
  }

  describe(): WaitDescription {
    return { kind: "queue join", on: this.queue.name };
  }
}
