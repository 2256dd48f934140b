import { misuse, show } from "../errors/index.js";
import { checkCount, type Wait } from "../kernel/index.js";
import { tasksOf, type TaskSince } from "../sync/index.js";
import { Exchange, type Refusal } from "./exchange.js";
import { Fifo } from "./fifo.js";
import { QueueShutDown } from "./queue.js";

/** Thrown by a subscription that was too slow and was not waited for, after the items it still had. */
export class SlowSubscriberError extends Error {
  override readonly name: string = "SlowSubscriberError";
  readonly code = "COPPICE_SLOW_SUBSCRIBER";
}

/** How to subscribe; what is left out is as the broadcast says. */
export interface SubscriptionOptions {
  /** How many items it may be behind. */
  readonly capacity?: number;
  /**
   * What to do when it is that far behind: `"wait"` for it; `"drop-oldest"` of the items it has not seen;
   * `"drop-newest"`, the one that is sent; `"fail"` it, with a SlowSubscriberError at the place of the missing item.
   */
  readonly whenFull?: "wait" | "drop-oldest" | "drop-newest" | "fail";
  /** For messages and snapshots. */
  readonly name?: string;
}

const POLICIES = ["wait", "drop-oldest", "drop-newest", "fail"];

/** Refuses options that make no sense. */
export function checkSubscription(caller: string, capacity: number, whenFull: string): void {
  checkCount(caller, "capacity", 1, capacity);
  if (POLICIES.includes(whenFull)) return;
  const known = POLICIES.map((policy) => `"${policy}"`).join(", ");
  throw misuse("POLICY", `${caller} needs one of ${known} as \`whenFull\`, got ${show(whenFull)}.`);
}

/** What `subscription.statistics()` gives. */
export interface SubscriptionStatistics {
  readonly name: string;
  readonly size: number;
  readonly capacity: number;
  readonly whenFull: string;
  readonly dropped: number;
  readonly getting: readonly TaskSince[];
}

/** What a mailbox tells its broadcast. */
interface Sender {
  /** An item was taken, or nobody is there any more to wait for. */
  hasRoom(): void;
  /** It takes no more items. */
  ended(): void;
}

/** The items that one subscriber has not seen yet. */
export class Mailbox<T> extends Exchange<T> {
  /** How many items it has missed. */
  dropped = 0;

  constructor(
    name: string,
    capacity: number,
    readonly whenFull: NonNullable<SubscriptionOptions["whenFull"]>,
    private readonly sender: Sender,
  ) {
    super("subscription", name, capacity, new Fifo<T>());
  }

  /** Whether a sender has to wait for it. */
  get keepsWaiting(): boolean {
    return this.whenFull === "wait" && this.items.size >= this.capacity;
  }

  /** Takes an item in, or does what is to be done when there is no room. */
  offer(item: T, sender: Wait<unknown> | null): void {
    const getter = sender === null ? this.getting.shift() : this.getting.shiftFor(sender);
    if (getter !== null) getter.succeed(item);
    else if (this.items.size < this.capacity) this.items.push(item);
    else if (this.whenFull === "fail") this.fail();
    else {
      this.dropped++;
      if (this.whenFull === "drop-newest") return;
      this.items.shift();
      this.items.push(item);
    }
  }

  /** Ends it: it gives what it has, then the error. */
  end(refuseGet: Refusal, isImmediate: boolean): void {
    this.close(refuseGet, refuseGet, isImmediate);
    this.sender.ended();
  }

  /** Its subscriber is gone. */
  leave(): void {
    if (this.refuseGet !== null) {
      this.items.clear();
      return;
    }
    this.end(() => new QueueShutDown(`Cannot get from subscription "${this.name}": it was closed.`), true);
    this.sender.hasRoom();
  }

  statistics(): SubscriptionStatistics {
    const { name, capacity, whenFull, dropped } = this;
    return { name, size: this.items.size, capacity, whenFull, dropped, getting: tasksOf(this.getting) };
  }

  override admit(): void {
    this.sender.hasRoom();
  }

  private fail(): void {
    const text = `Subscription "${this.name}" was ${this.capacity} items behind, and missed the next one.`;
    this.end(() => new SlowSubscriberError(text), false);
  }
}
