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
          await response.body.dump();
          return response.statusCode;
        });
        if (status < 200 || status > 299) throw new DownstreamRefusal(status);
      },
    });
  });
