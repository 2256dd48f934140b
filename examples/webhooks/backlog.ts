/**
 * The webhooks that this process has in its hands: accepted, or found unfinished, and not yet done with.
 *
 * It has a limit in number and in memory. A request that finds no room is refused at once, so that the sender
 * knows to come again. Recovery has a share of its own and waits for it, so that it neither starves new
 * webhooks nor is starved by them. The queue inside can therefore never be longer than both together.
 */
import { Queue, Semaphore, type Operation } from "coppice";
import type { UnfinishedWebhook, Webhook } from "./webhook.js";

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
  /** How many webhooks of earlier runs may be here at a time, on top of the new ones. */
  readonly recovered: number;
}

export class Backlog {
  /** What waits to be forwarded. */
  readonly deliveries: Queue<Delivery>;
  readonly #limits: BacklogLimits;
  readonly #recoveredPlaces: Semaphore;
  #recovered = 0;
  #accepted = 0;
  #acceptedBytes = 0;

  constructor(limits: BacklogLimits) {
    this.#limits = limits;
    this.#recoveredPlaces = new Semaphore(limits.recovered);
    this.deliveries = new Queue({ name: "backlog", capacity: limits.webhooks + limits.recovered });
  }

  /** How many webhooks are here, those that are just being stored, forwarded or published included. */
  get size(): number {
    return this.#accepted + this.#recovered;
  }

  /** Takes a place for a new webhook, if there is room. The only one may be of any size. */
  tryEnter(webhook: Webhook): Delivery | undefined {
    const bytes = webhook.body.length;
    const hasRoom = this.#acceptedBytes + bytes <= this.#limits.bytes || this.#accepted === 0;
    if (this.#accepted >= this.#limits.webhooks || !hasRoom) return undefined;
    this.#accepted += 1;
    this.#acceptedBytes += bytes;
    const leave = (): void => {
      this.#accepted -= 1;
      this.#acceptedBytes -= bytes;
    };
    return { webhook, wasForwarded: false, leave };
  }

  /** Waits for a place for a webhook of an earlier run. */
  *enterRecovered(webhook: UnfinishedWebhook): Operation<Delivery> {
    yield* this.#recoveredPlaces.acquire();
    this.#recovered += 1;
    const leave = (): void => {
      this.#recovered -= 1;
      this.#recoveredPlaces.release();
    };
    return { webhook, wasForwarded: webhook.wasForwarded, leave };
  }
}
