/**
 * Where webhooks are published. The service knows no more of a broker than this; one on the network is
 * another resource that provides it.
 */
import type { Operation } from "coppice";
import type { Webhook } from "./webhook.js";

export interface Broker {
  readonly description: string;
  /** Returns when the broker answers for the message: it will not be lost if this process dies now. */
  publish(message: Webhook): Operation<void>;
}

/** What a subscriber does with a message. When it throws, the message counts as not published. */
export type Consumer = (message: Webhook) => Operation<void>;
