/**
 * Broadcasts. Each subscriber has a mailbox of its own; an item goes into all of them as one change, so that all see
 * the same items in the same order.
 *
 * D1 An item is delivered to every subscriber of that moment, or to none.
 * D2 While a put waits, some subscriber that is to be waited for has no room.
 */
import { clip, misuse } from "../errors/index.js";
import {
  boundaryOf,
  checkOptions,
  Cleanup,
  registering,
  waiting,
  type Operation,
  type WaitDescription,
} from "../kernel/index.js";
import { asOneChange, LineWait, tasksOf, WaitLine, type TaskSince } from "../sync/index.js";
import type { Get } from "./exchange.js";
import {
  checkSubscription,
  Mailbox,
  type SubscriptionOptions,
  type SubscriptionStatistics,
} from "./mailbox.js";
import { QueueShutDown } from "./queue.js";
import { Subscription } from "./subscription.js";

/** How to make a broadcast; `capacity` and `whenFull` hold for subscribers that do not say otherwise. */
export interface BroadcastOptions {
  /** How many items a subscriber may be behind; without a limit when left out. */
  readonly capacity?: number;
  /** What to do when a subscriber is that far behind; `"wait"` when left out. */
  readonly whenFull?: "wait" | "drop-oldest" | "drop-newest" | "fail";
  /** For messages and snapshots. */
  readonly name?: string;
}

/**
 * Items that every subscriber sees, each at its own pace. Sent without a subscriber, an item goes nowhere.
 *
 * Model:   Effection's signals and channels, in one class.
 *
 * @example
 * const prices = new Broadcast<Price>({ name: "prices", capacity: 100, whenFull: "drop-oldest" });
 * const subscription = yield* prices.subscribe(); // ends with the boundary
 * prices.send(price); // elsewhere
 * const next = yield* subscription.get();
 */
export class Broadcast<T> {
  /** For messages and snapshots. */
  readonly name: string;
  readonly #defaults: Required<Pick<BroadcastOptions, "capacity" | "whenFull">>;
  readonly #mailboxes = new Set<Mailbox<T>>();
  readonly #putting = new WaitLine<BroadcastPut<T>>();
  #isShutDown = false;

  /** @throws RangeError when `capacity` is no whole number of at least 1 and not `Infinity` */
  constructor(options: BroadcastOptions = {}) {
    checkOptions("new Broadcast()", ["capacity", "whenFull", "name"], options);
    const { capacity = Infinity, whenFull = "wait", name = "broadcast" } = options;
    checkSubscription("new Broadcast()", capacity, whenFull);
    this.#defaults = { capacity, whenFull };
    this.name = clip(name, 200);
  }

  /** How many subscribers there are. */
  get subscribers(): number {
    return this.#mailboxes.size;
  }

  get isShutDown(): boolean {
    return this.#isShutDown;
  }

  /**
   * Subscribes until the current boundary ends: every item that is sent from now on is seen.
   *
   * Waits:   never.
   *
   * @param options - `capacity` and `whenFull` for this subscriber, `name` for messages
   */
  subscribe(options: SubscriptionOptions = {}): Operation<Subscription<T>> {
    checkOptions("subscribe()", ["capacity", "whenFull", "name"], options);
    const {
      capacity = this.#defaults.capacity,
      whenFull = this.#defaults.whenFull,
      name = this.name,
    } = options;
    checkSubscription("subscribe()", capacity, whenFull);
    return registering((task) => {
      const mailbox = new Mailbox<T>(clip(name, 200), capacity, whenFull, {
        ended: () => this.#mailboxes.delete(mailbox),
        hasRoom: () => {
          this.#admit();
        },
      });
      if (this.#isShutDown) mailbox.end(this.#refusal("get from"), false);
      else this.#mailboxes.add(mailbox);
      const cleanup = new Cleanup(() => {
        mailbox.leave();
      });
      boundaryOf(task).needScope().link(cleanup);
      return new Subscription(mailbox, cleanup);
    });
  }

  /**
   * Sends an item to every subscriber. A plain call.
   *
   * @throws Error when it would have to wait for a subscriber: use `put`; QueueShutDown after `shutdown`
   */
  send(item: T): void {
    if (this.trySend(item)) return;
    throw misuse(
      "WOULD_WAIT",
      `Cannot send to broadcast "${this.name}" without waiting: "${this.#slowest()?.name ?? this.name}" is ${this.#slowest()?.items.size ?? 0} items behind. Use yield* broadcast.put(item), or another \`whenFull\`.`,
      Error,
    );
  }

  /**
   * Sends an item to every subscriber if that needs no waiting. A plain call.
   *
   * @returns whether it did; otherwise nobody got it
   * @throws QueueShutDown after `shutdown`
   */
  trySend(item: T): boolean {
    if (this.#isShutDown) throw this.#refusal("send to")();
    if (this.#slowest() !== null) return false;
    this.#deliver(item, null);
    return true;
  }

  /**
   * Sends an item to every subscriber, as soon as all that are to be waited for have room.
   *
   * Waits:   until then, and until everybody before has sent theirs; not at all while all have room.
   * Cancel:  nobody gets the item.
   * Throws:  QueueShutDown after `shutdown`, also while waiting.
   */
  put(item: T): Operation<void> {
    return waiting(() => new BroadcastPut(this, item));
  }

  /**
   * Ends the broadcast: nothing can be sent any more, and subscribers get what they have not seen yet, then a
   * QueueShutDown. A plain call.
   *
   * @param options - `immediate`: drop what they have not seen yet
   */
  shutdown(options: { readonly immediate?: boolean } = {}): void {
    checkOptions("shutdown()", ["immediate"], options);
    this.#isShutDown = true;
    asOneChange(this.#putting.first ?? this.#getting(), () => {
      for (const mailbox of this.#mailboxes)
        mailbox.end(this.#refusal("get from"), options.immediate === true);
      this.#putting.settleAll((put) => {
        put.fail(this.#refusal("send to")());
      });
    });
  }

  /** Who subscribes and how far behind they are, and who waits to send. */
  statistics(): BroadcastStatistics {
    return {
      isShutDown: this.#isShutDown,
      putting: tasksOf(this.#putting),
      subscriptions: Array.from(this.#mailboxes, (mailbox) => mailbox.statistics()),
    };
  }

  /** @internal */
  beginPut(put: BroadcastPut<T>): void {
    if (this.#isShutDown) throw this.#refusal("send to")();
    if (this.#slowest() !== null) {
      this.#putting.join(put);
      return;
    }
    this.#deliver(put.item, put);
    put.succeed();
  }

  /** The subscriber that a sender has to wait for, if there is one. */
  #slowest(): Mailbox<T> | null {
    for (const mailbox of this.#mailboxes) if (mailbox.keepsWaiting) return mailbox;
    return null;
  }

  /** One of the waits for an item, if there are any. */
  #getting(): Get<T> | null {
    for (const { getting } of this.#mailboxes) if (getting.first !== null) return getting.first;
    return null;
  }

  #deliver(item: T, sender: BroadcastPut<T> | null): void {
    asOneChange(this.#getting(), () => {
      for (const mailbox of this.#mailboxes) mailbox.offer(item, sender);
    });
  }

  /** A subscriber has room again, or is gone: lets those go on that wait to send. */
  #admit(): void {
    if (this.#putting.first === null) return;
    asOneChange(this.#putting.first, () => {
      while (this.#putting.first !== null && this.#slowest() === null) {
        const put = this.#putting.shift();
        if (put === null) return;
        this.#deliver(put.item, put);
        put.succeed();
      }
    });
  }

  #refusal(what: string): () => QueueShutDown {
    return () => new QueueShutDown(`Cannot ${what} broadcast "${this.name}": it was shut down.`);
  }
}

/** What `broadcast.statistics()` gives. */
export interface BroadcastStatistics {
  readonly isShutDown: boolean;
  readonly putting: readonly TaskSince[];
  readonly subscriptions: readonly SubscriptionStatistics[];
}

class BroadcastPut<T> extends LineWait<void> {
  constructor(
    private readonly broadcast: Broadcast<T>,
    readonly item: T,
  ) {
    super();
  }

  begin(): void {
    this.broadcast.beginPut(this);
  }

  describe(): WaitDescription {
    return { kind: "broadcast put", on: this.broadcast.name };
  }
}
