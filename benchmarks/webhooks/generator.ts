/**
 * An open-loop generator: webhooks are due at fixed times, whatever has become of those before. Latency counts from
 * when a webhook was due, so that a service that stalls is not spared the ones that could not be sent meanwhile.
 */
import { HttpSender } from "./http-sender.js";
import { ShotLog, type Shot } from "./shot-log.js";

export interface GeneratorOptions {
  readonly url: () => string;
  readonly rate: number;
}

const TICK_MS = 1;
const TIMEOUT_MS = 15_000;
const BODY_BYTES = 300;
const SOURCES = 20;
const LEAST_CONNECTIONS = 64;
/** For how long a webhook keeps its connection busy when much is going on: so many are there from the beginning. */
const BUSY_SECONDS = 0.05;

export class Generator {
  readonly #log = new ShotLog();
  readonly #options: GeneratorOptions;
  readonly #filler = "x".repeat(BODY_BYTES);
  #sender: HttpSender;
  #url: string;
  #timer: NodeJS.Timeout | undefined;
  #pending = 0;
  #sent = 0;
  #idle: (() => void) | undefined;

  constructor(options: GeneratorOptions) {
    this.#options = options;
    this.#url = options.url();
    this.#sender = new HttpSender(this.#url, TIMEOUT_MS);
  }

  /** What became of the webhooks so far. Reading takes a while: not while sending. */
  readShots(): Shot[] {
    return this.#log.read();
  }

  /** Opens connections and begins to send; `stop` ends it. */
  async start(): Promise<void> {
    await this.#sender.open(Math.max(LEAST_CONNECTIONS, this.#options.rate * BUSY_SECONDS));
    const startedAt = performance.now();
    const msEach = 1000 / this.#options.rate;
    let next = 0;
    this.#timer = setInterval(() => {
      const now = performance.now();
      while (startedAt + next * msEach <= now) this.#shoot(startedAt + next++ * msEach);
    }, TICK_MS);
  }

  /** Sends no more, and waits for what is under way. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#pending > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
    this.#sender.close();
  }

  #shoot(dueAt: number): void {
    // After a restart the service is elsewhere.
    const url = this.#options.url();
    if (url !== this.#url) {
      this.#sender.close();
      this.#url = url;
      this.#sender = new HttpSender(url, TIMEOUT_MS);
    }
    const number = this.#sent++;
    const body = `{"number":${String(number)},"event":"order.created","note":"${this.#filler}"}`;
    this.#pending += 1;
    const sentAt = performance.now();
    this.#sender.post(`/webhooks/shop-${String(number % SOURCES)}`, body, (reply) => {
      const id = reply.status === 202 ? (/"id":"([^"]+)"/.exec(reply.body)?.[1] ?? "") : "";
      this.#log.add(dueAt, sentAt, performance.now(), reply.status, id);
      this.#pending -= 1;
      if (this.#pending === 0) this.#idle?.();
    });
  }
}

/** The value that the given share of all values does not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
