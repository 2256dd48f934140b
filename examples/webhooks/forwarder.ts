/**
 * Forwards what is in the backlog to the downstream, a limited number at a time, and hands it on.
 *
 * It ends when the backlog is shut down and empty. A webhook whose retries all failed leaves the backlog and
 * is recorded as failed; it stays unfinished in the outbox, and is taken up again later.
 */
import { forEach, operation, timeout, type Operation, type Queue } from "coppice";
import type { Backlog, Delivery } from "./backlog.js";
import type { Breaker } from "./breaker.js";
import type { Downstream } from "./downstream.js";
import { giveUp, type FailureParts } from "./give-up.js";
import type { Metrics } from "./metrics.js";
import { withRetries } from "./retry.js";

export interface ForwarderParts extends FailureParts {
  readonly backlog: Backlog;
  readonly downstream: Downstream;
  readonly breaker: Breaker;
  readonly metrics: Metrics;
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
  const { breaker, downstream, timeoutMs, metrics, counters } = parts;
  let attempts = 0;
  const send = function* () {
    yield* breaker.call(
      timeout(timeoutMs, function* () {
        attempts += 1;
        const startedAt = performance.now();
        yield* downstream.send(webhook, attempts);
        metrics.forwarding.observe((performance.now() - startedAt) / 1000);
      }),
    );
  };
  try {
    yield* withRetries(send, { delayMs: parts.retryDelayMs, onRetry: () => (counters.retried += 1) });
    yield* parts.store.markForwarded({ id: webhook.id, attempts });
  } catch (error) {
    yield* giveUp(parts, delivery, { attempts, error, deed: "forward" });
    return false;
  }
  counters.forwarded += 1;
  return true;
});
