import {
  checkCount,
  checkOptions,
  clip,
  misuse,
  waiting,
  type Operation,
  type WaitDescription,
} from "../kernel/index.js";
import { LineWait, WaitLine } from "../sync/index.js";
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
 * Model: asyncio.Queue of Python 3.13, with shutdown.
 */
export class Queue<T> {
  /** For messages and snapshots. */
  readonly name: string;
  readonly capacity: number;
  readonly #items = new Fifo<T>();
  readonly #getting = new WaitLine<Get<T>>();
  readonly #putting = new WaitLine<Put<T>>();
  readonly #joining = new WaitLine<Join>();
  readonly #get: Operation<T> = waiting(() => new Get<T>(this));
  #unfinished = 0;
  #isShutDown = false;

  /** @throws RangeError when `capacity` is no whole number of at least 0 and not `Infinity` */
  constructor(options: QueueOptions = {}) {
    checkOptions("new Queue()", ["capacity", "name"], options);
    const { capacity = Infinity, name = "queue" } = options;
    checkCount("new Queue()", "capacity", 0, capacity);
    this.capacity = capacity;
    this.name = clip(name, 200);
  }

  /** How many items are in it. */
  get size(): number {
    return this.#items.size;
  }

  /** Whether a put would have to wait. */
  get isFull(): boolean {
    return this.#items.size >= this.capacity;
  }

  get isEmpty(): boolean {
    return this.#items.size === 0;
  }

  get isShutDown(): boolean {
    return this.#isShutDown;
  }

  /**
   * Puts an item in.
   *
   * Waits:   until there is room and everybody before has put theirs; with capacity 0, until it is taken.
   * Cancel:  the item is not put.
   * Throws:  QueueShutDown when the queue was shut down, also while waiting.
   */
  put(item: T): Operation<void> {
    return waiting(() => new Put<T>(this, item));
  }

  /**
   * Takes the oldest item.
   *
   * Waits:   until there is one and everybody before has taken theirs.
   * Cancel:  takes none. An item that was handed over before is the task's (S6).
   * Throws:  QueueShutDown when the queue was shut down and has nothing left.
   */
  get(): Operation<T> {
    return this.#get;
  }

  /**
   * Puts an item in if that needs no waiting. A plain call.
   *
   * @returns whether it did
   * @throws QueueShutDown when the queue was shut down
   */
  tryPut(item: T): boolean {
    this.#refuseShutDown();
    const taker = this.#getting.shift();
    if (taker === null && this.isFull) return false;
    this.#unfinished++;
    if (taker === null) this.#items.push(item);
    else taker.succeed(item);
    return true;
  }

  /**
   * Takes the oldest item if that needs no waiting. A plain call.
   *
   * @returns the item in a box, or undefined
   * @throws QueueShutDown when the queue was shut down and has nothing left
   */
  tryGet(): { readonly value: T } | undefined {
    if (this.#items.size > 0) {
      const value = this.#items.shift();
      this.#admit();
      return { value };
    }
    const putter = this.#putting.shift();
    if (putter !== null) return { value: this.#takeFrom(putter) };
    if (this.#isShutDown) throw this.#shutDownError("get from");
    return undefined;
  }

  /**
   * Says that an item that was taken has been worked off. A plain call.
   *
   * @throws Error when called more often than items were put
   */
  taskDone(): void {
    if (this.#unfinished === 0) {
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
    this.#isShutDown = true;
    if (options.immediate === true) {
      const dropped = this.#items.size;
      this.#items.clear();
      this.#finish(dropped);
    }
    for (let put = this.#putting.shift(); put !== null; put = this.#putting.shift())
      put.fail(this.#shutDownError("put into"));
    if (this.#items.size > 0) return;
    for (let get = this.#getting.shift(); get !== null; get = this.#getting.shift())
      get.fail(this.#shutDownError("get from"));
  }

  /** @internal */
  beginPut(put: Put<T>): void {
    if (this.tryPut(put.item)) put.succeed();
    else this.#putting.join(put);
  }

  /** @internal */
  beginGet(get: Get<T>): void {
    if (this.#items.size > 0) {
      get.succeed(this.#items.shift());
      this.#admit();
      return;
    }
    const putter = this.#putting.shift();
    if (putter !== null) get.succeed(this.#takeFrom(putter));
    else if (this.#isShutDown) get.fail(this.#shutDownError("get from"));
    else this.#getting.join(get);
  }

  /** @internal */
  beginJoin(join: Join): void {
    if (this.#unfinished === 0) join.succeed();
    else this.#joining.join(join);
  }

  /** Lets the next one that waits put its item where room has come up. */
  #admit(): void {
    if (this.isFull) return;
    const putter = this.#putting.shift();
    if (putter !== null) this.#items.push(this.#takeFrom(putter));
  }

  #takeFrom(putter: Put<T>): T {
    this.#unfinished++;
    putter.succeed();
    return putter.item;
  }

  #finish(count: number): void {
    this.#unfinished -= count;
    if (this.#unfinished > 0) return;
    for (let join = this.#joining.shift(); join !== null; join = this.#joining.shift()) join.succeed();
  }

  #refuseShutDown(): void {
    if (this.#isShutDown) throw this.#shutDownError("put into");
  }

  #shutDownError(what: string): QueueShutDown {
    return new QueueShutDown(`Cannot ${what} queue "${this.name}": it was shut down.`);
  }
}

class Put<T> extends LineWait<void> {
  readonly #queue: Queue<T>;
  readonly item: T;

  constructor(queue: Queue<T>, item: T) {
    super();
    this.#queue = queue;
    this.item = item;
  }

  begin(): void {
    this.#queue.beginPut(this);
  }

  describe(): WaitDescription {
    return { kind: "queue put", on: this.#queue.name };
  }
}

class Get<T> extends LineWait<T> {
  readonly #queue: Queue<T>;

  constructor(queue: Queue<T>) {
    super();
    this.#queue = queue;
  }

  begin(): void {
    this.#queue.beginGet(this);
  }

  describe(): WaitDescription {
    return { kind: "queue get", on: this.#queue.name };
  }
}

class Join extends LineWait<void> {
  readonly #queue: { readonly name: string; beginJoin(join: Join): void };

  constructor(queue: { readonly name: string; beginJoin(join: Join): void }) {
    super();
    this.#queue = queue;
  }

  begin(): void {
    this.#queue.beginJoin(this);
  }

  describe(): WaitDescription {
    return { kind: "queue join", on: this.#queue.name };
  }
}
