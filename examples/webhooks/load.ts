/** A sender of webhooks: many connections that post one webhook after the other, and remember what they got. */
import { all, call, ensure, operation, sleep } from "coppice";
import { Pool } from "undici";

export interface LoadOptions {
  /** Address of the service. */
  readonly url: string;
  readonly webhooks: number;
  readonly connections: number;
  readonly onAccepted?: (acceptedSoFar: number) => void;
}

export interface LoadResult {
  /** The ids that the service answered for with 202. */
  readonly ids: readonly string[];
  /** How long each of those answers took, in ms. */
  readonly latencies: readonly number[];
  /** How often it answered 503 and was asked again later. */
  readonly refused: number;
  readonly elapsedMs: number;
}

/**
 * Sends the webhooks and waits until each has been accepted. One that is turned away with 503 is sent again
 * after the pause that the service asked for, as a good sender does.
 */
export const load = operation(function* (options: LoadOptions) {
  const pool = new Pool(options.url, { connections: options.connections });
  yield* ensure(() => call(() => pool.destroy()));
  const sender = new Sender(pool, options);
  const startedAt = performance.now();
  yield* all(Array.from({ length: options.connections }, () => sender.sendAll()));
  const { ids, latencies, refused } = sender;
  const result: LoadResult = { ids, latencies, refused, elapsedMs: performance.now() - startedAt };
  return result;
});

class Sender {
  readonly ids: string[] = [];
  readonly latencies: number[] = [];
  refused = 0;
  #next = 1;
  readonly #pool: Pool;
  readonly #options: LoadOptions;

  constructor(pool: Pool, options: LoadOptions) {
    this.#pool = pool;
    this.#options = options;
  }

  /** What one connection does: takes the next number until there is none. */
  *sendAll() {
    while (this.#next <= this.#options.webhooks) {
      yield* this.#send(this.#next++);
    }
  }

  *#send(number: number) {
    const body = JSON.stringify({
      number,
      event: "order.created",
      note: 'ünïcödé, "quotes" and \\ included',
    });
    for (;;) {
      const sentAt = performance.now();
      const answer = yield* call((signal) =>
        post(this.#pool, `/webhooks/shop-${String(number % 7)}`, body, signal),
      );
      if (answer.status === 202) {
        this.latencies.push(performance.now() - sentAt);
        this.ids.push(answer.id);
        this.#options.onAccepted?.(this.ids.length);
        return;
      }
      if (answer.status !== 503) throw new Error(`The service answered ${String(answer.status)}.`);
      this.refused += 1;
      yield* sleep(answer.retryAfterMs);
    }
  }
}

interface Answer {
  readonly status: number;
  readonly id: string;
  readonly retryAfterMs: number;
}

async function post(pool: Pool, path: string, body: string, signal: AbortSignal): Promise<Answer> {
  const headers = { "content-type": "application/json" };
  const response = await pool.request({ method: "POST", path, headers, body, signal });
  const { id } = (await response.body.json()) as { id?: string };
  const retryAfterMs = Number(response.headers["retry-after"] ?? 1) * 1000;
  return { status: response.statusCode, id: id ?? "", retryAfterMs };
}
