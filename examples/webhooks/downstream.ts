/** The service that webhooks are forwarded to, as seen from here: a connection pool and one request. */
import { action, call, deadline, ensure, now, resource, type Operation } from "coppice";
import { Pool, type Dispatcher } from "undici";
import { post, type Post } from "./http-post.js";
import { retryAfterOf, type Asking } from "./retry-after.js";
import type { Webhook } from "./webhook.js";

export interface Downstream {
  /**
   * Sends a webhook, with the time that is left for an answer.
   *
   * Cancel: ends the request.
   * Throws: when there is no answer, or one that is not 2xx.
   */
  send(webhook: Webhook, attempt: number): Operation<void>;
}

/** The downstream has answered, and not with 2xx. */
export class DownstreamRefusal extends Error implements Asking {
  override readonly name = "DownstreamRefusal";

  constructor(
    readonly status: number,
    readonly retryAfterMs = 0,
  ) {
    super(`The downstream answered ${String(status)}.`);
  }
}

/** A refusal of one webhook says nothing about the next; anything else is the downstream's own trouble. */
export const isDownstreamTrouble = (error: unknown): boolean =>
  !(error instanceof DownstreamRefusal) || error.status >= 500 || error.status === 429;

/** Connects to the downstream at `url`; its connections are closed with the scope. */
export const useDownstream = (url: string, connections: number): Operation<Downstream> =>
  resource<Downstream>(function* (provide) {
    const { origin, pathname, search } = new URL(url);
    const pool = new Pool(origin, { connections });
    yield* ensure(() => call(() => pool.destroy()));
    yield* provide({
      *send(webhook, attempt) {
        const leftMs = (yield* deadline()) - now();
        const headers = headersOf(webhook, attempt, leftMs);
        yield* exchange(pool, { path: pathname + search, headers, body: webhook.body });
      },
    });
  });

/** What the downstream is told besides the body: names and values in turn. */
export function headersOf(webhook: Webhook, attempt: number, leftMs: number): string[] {
  const headers = [
    "content-type",
    "application/json",
    "webhook-id",
    webhook.id,
    "webhook-source",
    webhook.source,
    "webhook-attempt",
    String(attempt),
    "webhook-deadline",
    new Date(webhook.deadline).toISOString(),
  ];
  if (leftMs < Infinity) headers.push("webhook-timeout-ms", String(Math.max(0, Math.floor(leftMs))));
  return headers;
}

/** Throws: DownstreamRefusal, and what cut the connection. Cancelled, it cuts the request. */
const exchange = (pool: Dispatcher, request: Post): Operation<void> =>
  action((resolve, reject) =>
    post(pool, request, {
      answered(status, retryAfter) {
        if (status >= 200 && status <= 299) resolve();
        else reject(new DownstreamRefusal(status, retryAfterOf(status, retryAfter)));
      },
      failed: reject,
    }),
  );
