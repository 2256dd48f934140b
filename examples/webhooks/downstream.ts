/** The service that webhooks are forwarded to, as seen from here: a connection pool and one request. */
import { call, deadline, ensure, now, resource, type Operation } from "coppice";
import { Agent, request } from "undici";
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
export class DownstreamRefusal extends Error {
  override readonly name = "DownstreamRefusal";

  constructor(readonly status: number) {
    super(`The downstream answered ${String(status)}.`);
  }
}

/** A refusal of one webhook says nothing about the next; anything else is the downstream's own trouble. */
export const isDownstreamTrouble = (error: unknown): boolean =>
  !(error instanceof DownstreamRefusal) || error.status >= 500 || error.status === 429;

/** Connects to the downstream at `url`; its connections are closed with the scope. */
export const useDownstream = (url: string, connections: number): Operation<Downstream> =>
  resource<Downstream>(function* (provide) {
    const dispatcher = new Agent({ connections });
    yield* ensure(() => call(() => dispatcher.destroy()));
    yield* provide({
      *send(webhook, attempt) {
        const leftMs = (yield* deadline()) - now();
        const { id, source, body } = webhook;
        const headers = {
          "content-type": "application/json",
          "webhook-id": id,
          "webhook-source": source,
          "webhook-attempt": String(attempt),
          "webhook-deadline": new Date(webhook.deadline).toISOString(),
          ...(leftMs < Infinity && { "webhook-timeout-ms": String(Math.max(0, Math.floor(leftMs))) }),
        };
        const status = yield* call(async (signal) => {
          const response = await request(url, { method: "POST", headers, body, signal, dispatcher });
          await readToTheEnd(response.body);
          return response.statusCode;
        });
        if (status < 200 || status > 299) throw new DownstreamRefusal(status);
      },
    });
  });

const MOST_BYTES = 64 * 1024;

/** An answer that breaks off is none, whatever its status was. Nobody needs what it says, so it is not kept. */
async function readToTheEnd(body: AsyncIterable<Uint8Array>): Promise<void> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    // More than anybody has to say here: leaving the loop cuts the connection.
    if (bytes > MOST_BYTES) return;
  }
}
