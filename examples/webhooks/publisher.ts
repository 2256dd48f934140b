/**
 * Publishes what was forwarded, a limited number at a time; then the webhook is done with.
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
  const { webhook } = delivery;
  const { broker, brokerBreaker, store, counters, metrics, publishTimeoutMs, retryDelayMs } = parts;
  const send = function* () {
    const startedAt = performance.now();
    yield* brokerBreaker.call(timeout(publishTimeoutMs, broker.publish(webhook)));
    metrics.publishing.observe((performance.now() - startedAt) / 1000);
  };
  try {
    yield* withRetries(send, { delayMs: retryDelayMs, onRetry: () => (counters.retried += 1) });
    yield* store.markPublished({ id: webhook.id });
  } catch (error) {
    yield* giveUp(parts, delivery, { attempts: 0, error, deed: "publish" });
    return;
  }
  counters.published += 1;
  delivery.leave();
});
