/** Records what was published, many at a time; and before that what was forwarded, when publishing takes its time. */
import type { Delivery } from "../../../examples/webhooks/backlog.js";
import { progressOf, type Store } from "./store.js";

const GATHER_MS = 10;
const LARGEST_BATCH = 500;
const SLOW_MS = 250;

export class Recorder {
  readonly #store: Store;
  readonly #counters: { published: number };
  readonly #slowly: NodeJS.Timeout;
  /** Forwarded, and on its way to the broker. */
  readonly #expected = new Set<Delivery>();
  #published: Delivery[] = [];
  #recording: Promise<void> | undefined;

  constructor(store: Store, counters: { published: number }) {
    this.#store = store;
    this.#counters = counters;
    this.#slowly = setInterval(() => void this.#recordSlow(), SLOW_MS);
  }

  expect(delivery: Delivery): void {
    this.#expected.add(delivery);
  }

  forget(delivery: Delivery): void {
    this.#expected.delete(delivery);
  }

  published(delivery: Delivery): void {
    this.#expected.delete(delivery);
    this.#published.push(delivery);
    this.#recording ??= this.#record();
  }

  async drained(): Promise<void> {
    await this.#recording;
  }

  close(): void {
    clearInterval(this.#slowly);
  }

  async #record(): Promise<void> {
    while (this.#published.length > 0) {
      await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
      const batch = this.#published.splice(0, LARGEST_BATCH);
      try {
        await this.#store.markPublished(batch.map(progressOf));
        this.#counters.published += batch.length;
      } catch {
        // They are unfinished, and their leases run out.
      }
      for (const delivery of batch) delivery.leave();
    }
    this.#recording = undefined;
  }

  async #recordSlow(): Promise<void> {
    const latest = performance.now() - SLOW_MS;
    const slow = [...this.#expected].filter(
      ({ progress, forwardedAt }) => progress === "forwarded" && forwardedAt <= latest,
    );
    if (slow.length === 0) return;
    const progress = slow.map(progressOf);
    try {
      await this.#store.markForwarded(progress);
    } catch {
      return;
    }
    slow.forEach((delivery, index) => {
      delivery.progress = "recorded";
      delivery.attempts -= progress[index]?.attempts ?? 0;
    });
  }
}
