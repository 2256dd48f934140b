/**
 * Where webhooks are published. The service knows no more of a broker than this; each kind is a resource that
 * provides it.
 */
import type { Operation } from "coppice";
import type { Webhook } from "./webhook.js";

export interface Broker {
  readonly description: string;
  readonly isConnected: boolean;
  /** The longest body that it takes, in bytes. */
  readonly largestBody: number;
  /**
   * Returns when the broker answers for the message: it will not be lost if this process dies now. The message
   * carries the webhook's id, by which a repeat is told.
   *
   * Cancel: the message may have been published.
   * Throws: when the broker is away or refuses.
   */
  publish(message: Webhook): Operation<void>;
}

/** What a subscriber does with a message. When it throws, the message counts as not published. */
export type Consumer = (message: Webhook) => Operation<void>;

/** The other side of a broker: what a program that consumes knows of it. */
export interface Subscription {
  readonly description: string;
  readonly isConnected: boolean;
  /** Waits for the next message; any number of tasks may. */
  receive(): Operation<Received>;
}

/** A message that this program has in its hands; the broker keeps it until it is answered. */
export interface Received {
  readonly message: Webhook;
  /** The broker has handed it out before, to whomever. */
  readonly isRedelivered: boolean;
  /** Done: the broker may forget it. */
  acknowledge(): void;
  /** Not done: somebody shall try again, after a pause. */
  giveBack(): void;
  /** Nobody can work on it: the broker shall put it aside, if it was told where, and not hand it out again. */
  refuse(): void;
}
