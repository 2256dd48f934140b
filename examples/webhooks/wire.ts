/**
 * A webhook as it travels through a broker: the body to the letter, everything else in headers. The consumer may be
 * of another make, so the headers are those that the downstream gets.
 */
import type { Webhook } from "./webhook.js";

export interface Wire {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export const toWire = ({ id, source, body, deadline }: Webhook): Wire => ({
  headers: {
    "webhook-id": id,
    "webhook-source": source,
    "webhook-deadline": new Date(deadline).toISOString(),
  },
  body: Buffer.from(body),
});

/** @param header - gives a header's value, empty when it is not there */
export const fromWire = (header: (name: string) => string, body: Uint8Array): Webhook => ({
  id: header("webhook-id"),
  source: header("webhook-source"),
  body: new TextDecoder().decode(body),
  // What names no deadline has none.
  deadline: Date.parse(header("webhook-deadline")) || Infinity,
});
