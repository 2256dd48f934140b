/** Forwards and publishes what it is given, a limited number at a time; what fails stays in the outbox. */
import { setMaxListeners } from "node:events";
import { Agent, request } from "undici";
import { BreakerOpenError, type Breaker } from "../../../examples/webhooks/breaker.js";
import { DownstreamRefusal } from "../../../examples/webhooks/downstream.js";
import type { Webhook } from "../../../examples/webhooks/webhook.js";
import type { Broker } from "./broker.js";
import type { Store } from "./store.js";

export interface Delivery {
  readonly webhook: Webhook;
  readonly wasForwarded: boolean;
  leave(): void;
}

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
  readonly #agent: Agent;
  readonly #abort = new AbortController();
  readonly #forwarding: Lane;
  readonly #publishing: Lane;

  constructor(parts: DeliveryParts, options: DeliveryOptions) {
    this.#parts = parts;
    this.#options = options;
    // Every request under way listens to it.
    setMaxListeners(0, this.#abort.signal);
    this.#agent = new Agent({ connections: options.concurrency });
    this.#forwarding = new Lane(options.concurrency, (delivery) => this.#forward(delivery));
    this.#publishing = new Lane(options.concurrency, (delivery) => this.#publish(delivery));
  }

  add(delivery: Delivery): void {
    this.#forwarding.add(delivery);
  }

  /** Resolves when all that was added is done. */
  async drained(): Promise<void> {
    await this.#forwarding.drained();
    await this.#publishing.drained();
  }

  async close(): Promise<void> {
    this.#abort.abort();
    await this.#agent.destroy();
  }

  async #forward(delivery: Delivery): Promise<void> {
    const { webhook, wasForwarded } = delivery;
    const { store, counters, breaker } = this.#parts;
    let attempts = 0;
    try {
      if (!wasForwarded) {
        await this.#withRetries(breaker, () => this.#send(webhook, ++attempts));
        await store.markForwarded({ id: webhook.id, attempts });
        counters.forwarded += 1;
      }
      this.#publishing.add(delivery);
    } catch (error) {
      await this.#giveUp(delivery, attempts, error);
    }
  }

  async #publish(delivery: Delivery): Promise<void> {
    const { webhook } = delivery;
    const { store, counters, brokerBreaker, broker, observe } = this.#parts;
    try {
      await this.#withRetries(brokerBreaker, async () => {
        const startedAt = performance.now();
        await broker.publish(webhook, this.#options.publishTimeoutMs);
        observe.publishing((performance.now() - startedAt) / 1000);
      });
      await store.markPublished({ id: webhook.id });
      counters.published += 1;
      delivery.leave();
    } catch (error) {
      await this.#giveUp(delivery, 0, error);
    }
  }

  async #send({ id, source, body, deadline }: Webhook, attempt: number): Promise<void> {
    const { url, forwardTimeoutMs } = this.#options;
    const startedAt = performance.now();
    const timer = new AbortController();
    const abort = (): void => timer.abort(this.#abort.signal.reason);
    const timeout = setTimeout(() => timer.abort(new Error("It took too long.")), forwardTimeoutMs);
    this.#abort.signal.addEventListener("abort", abort);
    try {
      const headers = {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-source": source,
        "webhook-attempt": String(attempt),
        "webhook-deadline": new Date(deadline).toISOString(),
        "webhook-timeout-ms": String(forwardTimeoutMs),
      };
      const options = {
        method: "POST",
        headers,
        body,
        signal: timer.signal,
        dispatcher: this.#agent,
      } as const;
      const response = await request(url, options);
      // An answer that breaks off is none.
      await response.body.arrayBuffer();
      if (response.statusCode > 299) throw new DownstreamRefusal(response.statusCode);
      this.#parts.observe.forwarding((performance.now() - startedAt) / 1000);
    } finally {
      clearTimeout(timeout);
      this.#abort.signal.removeEventListener("abort", abort);
    }
  }

  async #withRetries(breaker: Breaker, work: () => Promise<void>): Promise<void> {
    for (let failures = 0; ;) {
      breaker.enter();
      try {
        await work();
        breaker.succeeded();
        return;
      } catch (error) {
        if (this.#abort.signal.aborted) throw error;
        breaker.failed(error);
        if (++failures > RETRIES) throw error;
        this.#parts.counters.retried += 1;
      }
      const pauseMs = this.#options.retryDelayMs * 2 ** (failures - 1) * (1 - 0.4 * Math.random());
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      this.#abort.signal.throwIfAborted();
    }
  }

  async #giveUp(delivery: Delivery, attempts: number, error: unknown): Promise<void> {
    const { store, counters } = this.#parts;
    const { id } = delivery.webhook;
    try {
      if (this.#abort.signal.aborted) return;
      if (error instanceof BreakerOpenError) {
        counters.putOff += 1;
        await store.putOff({ id, attempts, pause: PUT_OFF_MS });
      } else {
        counters.failed += 1;
        const text = (error instanceof Error ? error.message : String(error))
          .replaceAll("\0", "")
          .slice(0, 500);
        await store.markFailed({ id, attempts, error: text, pause: this.#options.retryLaterMs });
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
