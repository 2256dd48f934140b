/**
 * Publishes what was forwarded, a limited number at a time; then the webhook is done with.
 *
 * It ends when the queue of forwarded webhooks is shut down and empty.
 */
import { forEach, operation, type Operation, type Queue } from "coppice";
import type { Delivery } from "./backlog.js";
import type { Broker } from "./broker.js";
import { giveUp, type FailureParts } from "./give-up.js";
import { withRetries } from "./retry.js";

export interface PublisherParts extends FailureParts {
  readonly forwarded: Queue<Delivery>;
  readonly broker: Broker;
  readonly concurrency: number;
  readonly retryDelayMs: number;
}

export const publisher = (parts: PublisherParts): Operation<void> =>
  forEach(parts.forwarded, (delivery) => publish(parts, delivery), { concurrency: parts.concurrency });

const publish = operation(function* (parts: PublisherParts, delivery: Delivery) {
  const { webhook } = delivery;
  const { broker, store, counters } = parts;
  try {
    yield* withRetries(() => broker.publish(webhook), {
      delayMs: parts.retryDelayMs,
      onRetry: () => (counters.retried += 1),
    });
    yield* store.markPublished({ id: webhook.id });
  } catch (error) {
    yield* giveUp(parts, delivery, { attempts: 0, error, deed: "publish" });
    return;
  }
  counters.published += 1;
  delivery.leave();
});
