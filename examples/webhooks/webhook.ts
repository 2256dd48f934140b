/** A webhook as it came in. */
export interface Webhook {
  readonly id: string;
  /** Who sent it: the last part of the path it was posted to. */
  readonly source: string;
  /** The body to the letter: a downstream that checks a signature needs the very bytes. */
  readonly body: string;
  /** Until when its sender waits for what it is about, in ms since 1970; later it is delivered all the same. */
  readonly deadline: number;
}

/** A webhook that was taken from the outbox. */
export interface ClaimedWebhook extends Webhook {
  readonly wasForwarded: boolean;
}
