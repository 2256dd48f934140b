/**
 * Publishes what was forwarded, a limited number at a time, and hands it on.
 *
 * It ends when the queue of forwarded webhooks is shut down and empty.
 */
import { forEach, operation, timeout, type Operation, type Queue } from "coppice";
import type { Delivery } from "./backlog.js";
import type { Breaker } from "./breaker.js";
import type { Broker } from "./broker.js";
import { giveUp, type FailureParts } from "./give-up.js";
import type { Metrics } from "./metrics.js";
import { withRetries } from "./retry.js";

export interface PublisherParts extends FailureParts {
  readonly forwarded: Queue<Delivery>;
  /** Where published webhooks go on. */
  readonly published: Queue<Delivery>;
  readonly broker: Broker;
  readonly brokerBreaker: Breaker;
  readonly metrics: Metrics;
  readonly concurrency: number;
  readonly publishTimeoutMs: number;
  readonly retryDelayMs: number;
}

export const publisher = (parts: PublisherParts): Operation<void> =>
  forEach(parts.forwarded, (delivery) => publish(parts, delivery), { concurrency: parts.concurrency });

const publish = operation(function* (parts: PublisherParts, delivery: Delivery) {
  const { published, counters, retryDelayMs } = parts;
  const onRetry = (): number => (counters.retried += 1);
  try {
    yield* withRetries(() => publishOnce(parts, delivery), { delayMs: retryDelayMs, onRetry });
  } catch (error) {
    yield* giveUp(parts, delivery, { error, deed: "publish" });
    return;
  }
  published.tryPut(delivery);
});

function* publishOnce(parts: PublisherParts, { webhook }: Delivery): Operation<void> {
  const { broker, brokerBreaker, metrics, publishTimeoutMs } = parts;
  const startedAt = performance.now();
  yield* brokerBreaker.call(timeout(publishTimeoutMs, broker.publish(webhook)));
  metrics.publishing.observe((performance.now() - startedAt) / 1000);
}
