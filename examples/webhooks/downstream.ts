/** The service that webhooks are forwarded to, as seen from here: a connection pool and one request. */
import { call, ensure, resource, type Operation } from "coppice";
import { Agent, request } from "undici";
import type { Webhook } from "./webhook.js";

export interface Downstream {
  /**
   * Sends a webhook.
   *
   * Cancel: ends the request.
   * Throws: when there is no answer, or one that is not 2xx.
   */
  send(webhook: Webhook, attempt: number): Operation<void>;
}

/** Connects to the downstream at `url`; its connections are closed with the scope. */
export const useDownstream = (url: string, connections: number): Operation<Downstream> =>
  resource<Downstream>(function* (provide) {
    const dispatcher = new Agent({ connections });
    yield* ensure(() => call(() => dispatcher.destroy()));
    yield* provide({
      *send(webhook, attempt) {
        const status = yield* call(async (signal) => {
          const { id, source, body } = webhook;
          const headers = {
            "content-type": "application/json",
            "webhook-id": id,
            "webhook-source": source,
            "webhook-attempt": String(attempt),
          };
          const response = await request(url, { method: "POST", headers, body, signal, dispatcher });
          await response.body.dump();
          return response.statusCode;
        });
        if (status < 200 || status > 299) throw new Error(`The downstream answered ${String(status)}.`);
      },
    });
  });
