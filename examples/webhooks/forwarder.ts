/**
 * Forwards what is in the backlog to the downstream, a limited number at a time, and hands it on.
 *
 * It ends when the backlog is shut down and empty. A webhook whose retries all failed leaves the backlog and
 * is recorded as failed; it stays unfinished in the database, and the next start tries it again.
 */
import { forEach, operation, timeout, type Operation, type Queue } from "coppice";
import type { Backlog, Delivery } from "./backlog.js";
import type { Downstream } from "./downstream.js";
import { giveUp, type FailureParts } from "./give-up.js";
import { withRetries } from "./retry.js";

export interface ForwarderParts extends FailureParts {
  readonly backlog: Backlog;
  readonly downstream: Downstream;
  /** Where forwarded webhooks go on. */
  readonly forwarded: Queue<Delivery>;
  readonly concurrency: number;
  readonly timeoutMs: number;
  readonly retryDelayMs: number;
}

export const forwarder = (parts: ForwarderParts): Operation<void> =>
  forEach(parts.backlog.deliveries, (delivery) => forward(parts, delivery), {
    concurrency: parts.concurrency,
  });

const forward = operation(function* (parts: ForwarderParts, delivery: Delivery) {
  if (!delivery.wasForwarded) {
    const isForwarded = yield* sendAndMark(parts, delivery);
    if (!isForwarded) return;
  }
  yield* parts.forwarded.put(delivery);
});

const sendAndMark = operation(function* (parts: ForwarderParts, delivery: Delivery) {
  const { webhook } = delivery;
  let attempts = 0;
  const send = function* () {
    attempts += 1;
    yield* timeout(parts.timeoutMs, parts.downstream.send(webhook, attempts));
  };
  try {
    yield* withRetries(send, { delayMs: parts.retryDelayMs, onRetry: () => (parts.counters.retried += 1) });
    yield* parts.store.markForwarded({ id: webhook.id, attempts });
  } catch (error) {
    yield* giveUp(parts, delivery, { attempts, error, deed: "forward" });
    return false;
  }
  parts.counters.forwarded += 1;
  return true;
});
