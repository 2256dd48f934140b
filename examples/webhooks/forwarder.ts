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
  if (delivery.progress === "accepted") {
    const isForwarded = yield* send(parts, delivery);
    if (!isForwarded) return;
  }
  yield* parts.forwarded.put(delivery);
});

const send = operation(function* (parts: ForwarderParts, delivery: Delivery) {
  const { counters, retryDelayMs } = parts;
  const onRetry = (): number => (counters.retried += 1);
  try {
    yield* withRetries(() => sendOnce(parts, delivery), { delayMs: retryDelayMs, onRetry });
  } catch (error) {
    yield* giveUp(parts, delivery, { error, deed: "forward" });
    return false;
  }
  delivery.forwarded();
  counters.forwarded += 1;
  return true;
});

function* sendOnce(parts: ForwarderParts, delivery: Delivery): Operation<void> {
  const { breaker, downstream, timeoutMs, metrics } = parts;
  breaker.enter();
  const startedAt = performance.now();
  delivery.attempts += 1;
  try {
    yield* timeout(timeoutMs, downstream.send(delivery.webhook, delivery.attempts));
  } catch (error) {
    breaker.failed(error);
    throw error;
  }
  breaker.succeeded();
  metrics.forwarding.observe((performance.now() - startedAt) / 1000);
}
