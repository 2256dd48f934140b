/**
 * The webhooks that this process has in its hands: accepted, or taken from the outbox, and not yet done with.
 *
 * It has a limit in number and in memory. A request that finds no room is refused at once, so that the sender
 * knows to come again. What comes from the outbox has a share of its own and waits for it, so that it neither
 * starves new webhooks nor is starved by them. The queue inside can therefore never be longer than both together.
 */
import { Queue, Semaphore, type Operation } from "coppice";
import type { ClaimedWebhook, Webhook } from "./webhook.js";

/** A webhook on its way, with its place in the backlog. */
export interface Delivery {
  readonly webhook: Webhook;
  readonly wasForwarded: boolean;
  /** Gives the place back; called once, by whoever is done with the webhook. */
  leave(): void;
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
  /** Since when each one is here, oldest first. */
  readonly #since = new Map<string, number>();
  #accepted = 0;
  #acceptedBytes = 0;

  constructor(limits: BacklogLimits) {
    this.#limits = limits;
    this.#claimedPlaces = new Semaphore(limits.claimed);
    this.deliveries = new Queue({ name: "backlog", capacity: limits.webhooks + limits.claimed });
  }

  /** How many webhooks are here, those that are just being stored, forwarded or published included. */
  get size(): number {
    return this.#since.size;
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
    return this.#enter(webhook, false, () => {
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
    if (this.#since.has(webhook.id)) return undefined;
    return this.#enter(webhook, webhook.wasForwarded, () => this.#claimedPlaces.release());
  }

  /** Those that have been here for longer than `ms`; from now on they count as new. */
  takeOlderThan(ms: number): string[] {
    const now = performance.now();
    const ids: string[] = [];
    for (const [id, since] of this.#since) {
      if (now - since <= ms) break;
      ids.push(id);
    }
    for (const id of ids) {
      this.#since.delete(id);
      this.#since.set(id, now);
    }
    return ids;
  }

  #enter(webhook: Webhook, wasForwarded: boolean, giveBack: () => void): Delivery {
    this.#since.set(webhook.id, performance.now());
    const leave = (): void => {
      this.#since.delete(webhook.id);
      giveBack();
    };
    return { webhook, wasForwarded, leave };
  }
}
