/** Forwards and publishes what it is given, a limited number at a time; what fails stays in the outbox. */
import { Pool } from "undici";
import type { Delivery } from "../../../examples/webhooks/backlog.js";
import { BreakerOpenError, type Breaker } from "../../../examples/webhooks/breaker.js";
import { DownstreamRefusal, headersOf } from "../../../examples/webhooks/downstream.js";
import { post } from "../../../examples/webhooks/http-post.js";
import type { Broker } from "./broker.js";
import { Recorder } from "./recorder.js";
import { progressOf, type Store } from "./store.js";

export interface DeliveryOptions {
  readonly url: string;
  readonly concurrency: number;
  readonly forwardTimeoutMs: number;
  readonly publishTimeoutMs: number;
  readonly retryDelayMs: number;
  readonly retryLaterMs: number;
}

export interface DeliveryParts {
  readonly store: Store;
  readonly broker: Broker;
  readonly breaker: Breaker;
  readonly brokerBreaker: Breaker;
  readonly counters: Record<"forwarded" | "published" | "failed" | "retried" | "putOff", number>;
  readonly observe: { forwarding(seconds: number): void; publishing(seconds: number): void };
}

const RETRIES = 3;
const PUT_OFF_MS = 1_000;

export class Deliverer {
  readonly #parts: DeliveryParts;
  readonly #options: DeliveryOptions;
  readonly #pool: Pool;
  readonly #path: string;
  /** Ends each request that is under way. */
  readonly #requests = new Set<(error: Error) => void>();
  readonly #forwarding: Lane;
  readonly #publishing: Lane;
  readonly #recorder: Recorder;
  #isClosed = false;

  constructor(parts: DeliveryParts, options: DeliveryOptions) {
    this.#parts = parts;
    this.#options = options;
    const { origin, pathname, search } = new URL(options.url);
    this.#pool = new Pool(origin, { connections: options.concurrency });
    this.#path = pathname + search;
    this.#forwarding = new Lane(options.concurrency, (delivery) => this.#forward(delivery));
    this.#publishing = new Lane(options.concurrency, (delivery) => this.#publish(delivery));
    this.#recorder = new Recorder(parts.store, parts.counters);
  }

  add(delivery: Delivery): void {
    this.#forwarding.add(delivery);
  }

  /** Resolves when all that was added is done. */
  async drained(): Promise<void> {
    await this.#forwarding.drained();
    await this.#publishing.drained();
    await this.#recorder.drained();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#recorder.close();
    for (const end of [...this.#requests]) end(new Error("The service is stopping."));
    await this.#pool.destroy();
  }

  async #forward(delivery: Delivery): Promise<void> {
    const { counters, breaker } = this.#parts;
    try {
      if (delivery.progress === "accepted") {
        await this.#withRetries(breaker, () => this.#send(delivery));
        delivery.forwarded();
        counters.forwarded += 1;
      }
      this.#recorder.expect(delivery);
      this.#publishing.add(delivery);
    } catch (error) {
      await this.#giveUp(delivery, error);
    }
  }

  async #publish(delivery: Delivery): Promise<void> {
    const { brokerBreaker, broker, observe } = this.#parts;
    try {
      await this.#withRetries(brokerBreaker, async () => {
        const startedAt = performance.now();
        await broker.publish(delivery.webhook, this.#options.publishTimeoutMs);
        observe.publishing((performance.now() - startedAt) / 1000);
      });
      this.#recorder.published(delivery);
    } catch (error) {
      this.#recorder.forget(delivery);
      await this.#giveUp(delivery, error);
    }
  }

  #send(delivery: Delivery): Promise<void> {
    const { forwardTimeoutMs } = this.#options;
    const { webhook } = delivery;
    const headers = headersOf(webhook, ++delivery.attempts, forwardTimeoutMs);
    const startedAt = performance.now();
    return new Promise((resolve, reject) => {
      const over = (): void => {
        clearTimeout(timer);
        this.#requests.delete(end);
      };
      const end = (error: Error): void => {
        over();
        cut();
        reject(error);
      };
      const cut = post(
        this.#pool,
        { path: this.#path, headers, body: webhook.body },
        {
          answered: (status) => {
            over();
            if (status < 200 || status > 299) reject(new DownstreamRefusal(status));
            else resolve();
            this.#parts.observe.forwarding((performance.now() - startedAt) / 1000);
          },
          failed: (error) => {
            over();
            reject(error);
          },
        },
      );
      const timer = setTimeout(() => end(new Error("It took too long.")), forwardTimeoutMs);
      this.#requests.add(end);
    });
  }

  async #withRetries(breaker: Breaker, work: () => Promise<void>): Promise<void> {
    for (let failures = 0; ;) {
      breaker.enter();
      try {
        await work();
        breaker.succeeded();
        return;
      } catch (error) {
        if (this.#isClosed) throw error;
        breaker.failed(error);
        if (++failures > RETRIES) throw error;
        this.#parts.counters.retried += 1;
      }
      const pauseMs = this.#options.retryDelayMs * 2 ** (failures - 1) * (1 - 0.4 * Math.random());
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      this.#throwIfClosed();
    }
  }

  #throwIfClosed(): void {
    if (this.#isClosed) throw new Error("The service is stopping.");
  }

  async #giveUp(delivery: Delivery, error: unknown): Promise<void> {
    const { store, counters } = this.#parts;
    const progress = progressOf(delivery);
    try {
      if (this.#isClosed) return;
      if (error instanceof BreakerOpenError) {
        counters.putOff += 1;
        await store.putOff({ ...progress, pause: PUT_OFF_MS });
      } else {
        counters.failed += 1;
        const text = (error instanceof Error ? error.message : String(error))
          .replaceAll("\0", "")
          .slice(0, 500);
        await store.markFailed({ ...progress, error: text, pause: this.#options.retryLaterMs });
      }
    } catch {
      // It is unfinished, and its lease runs out.
    } finally {
      delivery.leave();
    }
  }
}

/** A queue that is worked on by a limited number at a time. */
class Lane {
  readonly #most: number;
  readonly #work: (delivery: Delivery) => Promise<void>;
  readonly #waiting: Delivery[] = [];
  #running = 0;
  #idle: (() => void) | undefined;

  constructor(most: number, work: (delivery: Delivery) => Promise<void>) {
    this.#most = most;
    this.#work = work;
  }

  add(delivery: Delivery): void {
    this.#waiting.push(delivery);
    if (this.#running < this.#most) void this.#run();
  }

  async drained(): Promise<void> {
    if (this.#running > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
  }

  async #run(): Promise<void> {
    this.#running += 1;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift())
      await this.#work(next);
    this.#running -= 1;
    if (this.#running === 0) this.#idle?.();
  }
}
