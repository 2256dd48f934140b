import type { Cleanup, Operation } from "../kernel/index.js";
import type { Mailbox, SubscriptionStatistics } from "./mailbox.js";

/** One subscriber's view of a broadcast; made by `broadcast.subscribe`. */
export class Subscription<T> {
  readonly #mailbox: Mailbox<T>;
  readonly #cleanup: Cleanup;

  /** @internal */
  constructor(mailbox: Mailbox<T>, cleanup: Cleanup) {
    this.#mailbox = mailbox;
    this.#cleanup = cleanup;
  }

  /** For messages and snapshots. */
  get name(): string {
    return this.#mailbox.name;
  }

  /** How many items it has not got yet. */
  get size(): number {
    return this.#mailbox.items.size;
  }

  /** How many items it has missed, where they are dropped. */
  get dropped(): number {
    return this.#mailbox.dropped;
  }

  /** Whether nothing more comes: it was closed or failed, or the broadcast was shut down. */
  get isClosed(): boolean {
    return this.#mailbox.refuseGet !== null;
  }

  /**
   * Takes the next item.
   *
   * Waits:   until there is one and everybody before has taken theirs.
   * Cancel:  takes none. An item that was handed over before is the task's (S6).
   * Throws:  QueueShutDown when nothing more comes; SlowSubscriberError when it was failed for being slow.
   */
  get(): Operation<T> {
    return this.#mailbox.get;
  }

  /**
   * Takes the next item if that needs no waiting. A plain call.
   *
   * @returns the item in a box, or undefined
   * @throws as `get`
   */
  tryGet(): { readonly value: T } | undefined {
    return this.#mailbox.tryGet();
  }

  /** Ends the subscription before its boundary does, and drops what it has not got yet. A plain call. */
  close(): void {
    this.#cleanup.owner?.unlink(this.#cleanup);
    this.#mailbox.leave();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** How far behind it is, and who waits. */
  statistics(): SubscriptionStatistics {
    return this.#mailbox.statistics();
  }
}
