/** A webhook as it came in. */
export interface Webhook {
  readonly id: string;
  /** Who sent it: the last part of the path it was posted to. */
  readonly source: string;
  /** The body to the letter: a downstream that checks a signature needs the very bytes. */
  readonly body: string;
}

/** A webhook that an earlier run of the service accepted and did not finish. */
export interface UnfinishedWebhook extends Webhook {
  /** Its place in the order of acceptance. */
  readonly position: string;
  readonly wasForwarded: boolean;
}
