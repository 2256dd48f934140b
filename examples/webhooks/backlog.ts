/**
 * The webhooks that this process has in its hands: accepted, or taken from the outbox, and not yet done with.
 *
 * It has a limit in number and in memory. A request that finds no room is refused at once, so that the sender
 * knows to come again. What comes from the outbox has a share of its own and waits for it, so that it neither
 * starves new webhooks nor is starved by them. The queue inside can therefore never be longer than both together.
 */
import { Queue, Semaphore, type Operation } from "coppice";
import type { ClaimedWebhook, Webhook } from "./webhook.js";

/**
 * A webhook on its way, with its place in the backlog.
 *
 *   accepted   the downstream has not taken it yet
 *   forwarded  the downstream has taken it, and the outbox does not know
 *   recorded   the outbox knows
 */
export class Delivery {
  progress: "accepted" | "forwarded" | "recorded" = "accepted";
  /** How often it was sent, as far as the outbox does not know. */
  attempts = 0;
  forwardedAt = 0;
  /** Since when it is here, or was last held anew. */
  since = performance.now();

  constructor(
    readonly webhook: Webhook,
    /** Gives the place back; called once, by whoever is done with the webhook. */
    readonly leave: () => void,
  ) {}

  forwarded(): void {
    this.progress = "forwarded";
    this.forwardedAt = performance.now();
  }
}

export interface BacklogLimits {
  readonly webhooks: number;
  readonly bytes: number;
  /** How many webhooks of the outbox may be here at a time, on top of the new ones. */
  readonly claimed: number;
}

export class Backlog {
  /** What waits to be forwarded. */
  readonly deliveries: Queue<Delivery>;
  readonly #limits: BacklogLimits;
  readonly #claimedPlaces: Semaphore;
  /** Oldest first. */
  readonly #here = new Map<string, Delivery>();
  #accepted = 0;
  #acceptedBytes = 0;

  constructor(limits: BacklogLimits) {
    this.#limits = limits;
    this.#claimedPlaces = new Semaphore(limits.claimed);
    this.deliveries = new Queue({ name: "backlog", capacity: limits.webhooks + limits.claimed });
  }

  /** How many webhooks are here, those that are just being stored, forwarded or published included. */
  get size(): number {
    return this.#here.size;
  }

  /** Whether a new webhook of so many bytes would be let in. The only one may be of any size. */
  hasRoom(bytes: number): boolean {
    if (this.#accepted === 0) return true;
    return this.#accepted < this.#limits.webhooks && this.#acceptedBytes + bytes <= this.#limits.bytes;
  }

  /** Takes a place for a new webhook, if there is room. */
  tryEnter(webhook: Webhook): Delivery | undefined {
    const bytes = webhook.body.length;
    if (!this.hasRoom(bytes)) return undefined;
    this.#accepted += 1;
    this.#acceptedBytes += bytes;
    return this.#enter(webhook, () => {
      this.#accepted -= 1;
      this.#acceptedBytes -= bytes;
    });
  }

  /** Waits for a place for a webhook of the outbox, and takes as many as there are, up to `most`. */
  *reserve(most: number): Operation<number> {
    yield* this.#claimedPlaces.acquire();
    let places = 1;
    while (places < most && this.#claimedPlaces.tryAcquire()) places += 1;
    return places;
  }

  /** Gives back reserved places that were not needed. */
  release(places: number): void {
    for (let place = 0; place < places; place++) this.#claimedPlaces.release();
  }

  /** Fills a reserved place; not with what is here already. */
  tryEnterClaimed(webhook: ClaimedWebhook): Delivery | undefined {
    if (this.#here.has(webhook.id)) return undefined;
    const delivery = this.#enter(webhook, () => this.#claimedPlaces.release());
    if (webhook.wasForwarded) delivery.progress = "recorded";
    return delivery;
  }

  /** Those that have been here for longer than `ms`; from now on they count as new. */
  takeOlderThan(ms: number): string[] {
    const now = performance.now();
    const old: Delivery[] = [];
    for (const delivery of this.#here.values()) {
      if (now - delivery.since <= ms) break;
      old.push(delivery);
    }
    for (const delivery of old) {
      const { id } = delivery.webhook;
      delivery.since = now;
      this.#here.delete(id);
      this.#here.set(id, delivery);
    }
    return old.map(({ webhook }) => webhook.id);
  }

  /** Those that were forwarded more than `ms` ago, while the outbox does not know. */
  forwardedFor(ms: number): Delivery[] {
    const latest = performance.now() - ms;
    return [...this.#here.values()].filter(
      ({ progress, forwardedAt }) => progress === "forwarded" && forwardedAt <= latest,
    );
  }

  #enter(webhook: Webhook, giveBack: () => void): Delivery {
    const { id } = webhook;
    const delivery = new Delivery(webhook, () => {
      this.#here.delete(id);
      giveBack();
    });
    this.#here.set(id, delivery);
    return delivery;
  }
}
