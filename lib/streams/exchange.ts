/**
 * Where putters and getters meet: the heart of queues, channels and subscriptions. Strictly first come, first served on
 * both sides, handed over directly.
 *
 * X1 While getters wait there is no item; while putters wait there is no room.
 * X2 An item is in the store, with one putter that waits, or handed to one getter; a cancelled putter takes its item
 *    along, a cancelled getter leaves the item for the next (S6).
 * X3 State first, then the hand-over: settled from outside all tasks, the woken task runs within that call (S3).
 */
import { refusesAwait, type Instruction, type Operation, type WaitDescription } from "../kernel/index.js";
import { asOneChange, LineWait, WaitLine } from "../sync/index.js";

/** Items in the order in which they are to be taken. */
export interface Store<T> {
  readonly size: number;
  push(item: T): void;
  /** Takes the next item; there must be one. */
  shift(): T;
  clear(): void;
}

/** Makes the error of what cannot be done any more: whatever its user throws. */
export type Refusal = () => unknown;

export class Exchange<T> {
  readonly getting = new WaitLine<Get<T>>();
  readonly putting = new WaitLine<Put<T>>();
  /** How many items were accepted and not said to be done, for those that count them. */
  unfinished = 0;
  /** Set once nothing can be put any more. */
  refusePut: Refusal | null = null;
  /** Set once nothing can be got any more when nothing is left. */
  refuseGet: Refusal | null = null;
  readonly get: Operation<T> = new Getting<T>(this);

  constructor(
    /** What it belongs to, for messages and snapshots: `"queue"` … */
    readonly kind: string,
    readonly name: string,
    readonly capacity: number,
    readonly items: Store<T>,
  ) {}

  /**
   * Accepts an item if that needs no waiting.
   *
   * @param putter - the wait that puts it, if one does
   */
  tryPut(item: T, putter: Put<T> | null): boolean {
    if (this.refusePut !== null) throw this.refusePut();
    const getter = putter === null ? this.getting.shift() : this.getting.shiftFor(putter);
    if (getter !== null) {
      this.unfinished++;
      getter.succeed(item);
      return true;
    }
    if (this.items.size >= this.capacity) return false;
    this.items.push(item);
    this.unfinished++;
    return true;
  }

  tryGet(): { readonly value: T } | undefined {
    if (this.items.size > 0) {
      const value = this.items.shift();
      this.admit();
      return { value };
    }
    const putter = this.putting.shift();
    if (putter !== null) return { value: this.takeFrom(putter) };
    if (this.refuseGet !== null) throw this.refuseGet();
    return undefined;
  }

  beginPut(put: Put<T>): void {
    if (this.tryPut(put.item, put)) put.succeed();
    else this.putting.join(put);
  }

  beginGet(get: Get<T>): void {
    if (this.items.size > 0) {
      get.succeed(this.items.shift());
      this.admit();
      return;
    }
    const putter = this.putting.shiftFor(get);
    if (putter !== null) get.succeed(this.takeFrom(putter));
    else if (this.refuseGet !== null) throw this.refuseGet();
    else this.getting.join(get);
  }

  /**
   * Ends it, on both sides. Ended before, it keeps its first errors.
   *
   * @returns how many items were dropped
   */
  close(refusePut: Refusal, refuseGet: Refusal, isImmediate: boolean): number {
    const whyNotPut = (this.refusePut ??= refusePut);
    const whyNotGet = (this.refuseGet ??= refuseGet);
    const dropped = isImmediate ? this.items.size : 0;
    if (isImmediate) this.items.clear();
    asOneChange(this.putting.first ?? this.getting.first, () => {
      for (let put = this.putting.shift(); put !== null; put = this.putting.shift()) put.fail(whyNotPut());
      if (this.items.size > 0) return;
      for (let get = this.getting.shift(); get !== null; get = this.getting.shift()) get.fail(whyNotGet());
    });
    return dropped;
  }

  /** Called when an item was taken: lets the next one that waits put its item into the room that has come up. */
  admit(): void {
    for (let put = this.#nextPutter(); put !== null; put = this.#nextPutter()) {
      try {
        this.items.push(put.item);
      } catch (error) {
        // A store that cannot place the item: that is its putter's business, not the getter's.
        put.fail(error);
        continue;
      }
      this.unfinished++;
      put.succeed();
      return;
    }
  }

  #nextPutter(): Put<T> | null {
    return this.items.size < this.capacity ? this.putting.shift() : null;
  }

  private takeFrom(putter: Put<T>): T {
    this.unfinished++;
    putter.succeed();
    return putter.item;
  }
}

/** A wait for room. */
export class Put<T> extends LineWait<void> {
  constructor(
    protected readonly exchange: Exchange<T>,
    readonly item: T,
  ) {
    super();
  }

  begin(): void {
    this.exchange.beginPut(this);
  }

  describe(): WaitDescription {
    return { kind: `${this.exchange.kind} put`, on: this.exchange.name };
  }
}

// Operations of their own, and not `waiting(() => …)`: without a closure between, an engine sees through them where they
// are used, and makes nothing but the wait.
class Getting<T> implements Operation<T> {
  constructor(private readonly exchange: Exchange<T>) {}

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as in Operation
  [Symbol.iterator](): Iterator<Instruction, T, any> {
    return new Get<T>(this.exchange)[Symbol.iterator]();
  }
}
refusesAwait(Getting.prototype);

/** The operation that puts an item. */
export class Putting<T> implements Operation<void> {
  constructor(
    private readonly exchange: Exchange<T>,
    private readonly item: T,
  ) {}

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as in Operation
  [Symbol.iterator](): Iterator<Instruction, void, any> {
    return new Put<T>(this.exchange, this.item)[Symbol.iterator]();
  }
}
refusesAwait(Putting.prototype);

/** A wait for an item. */
export class Get<T> extends LineWait<T> {
  constructor(protected readonly exchange: Exchange<T>) {
    super();
  }

  begin(): void {
    this.exchange.beginGet(this);
  }

  describe(): WaitDescription {
    return { kind: `${this.exchange.kind} get`, on: this.exchange.name };
  }
}
