/** The broker that the settings name. */
import type { Operation } from "coppice";
import { useAmqpBroker } from "./amqp-broker.js";
import { useAmqpSubscription } from "./amqp-subscription.js";
import type { Broker, Consumer, Subscription } from "./broker.js";
import type { Config } from "./config.js";
import type { Log } from "./log.js";
import { useNatsBroker } from "./nats-broker.js";
import { useNatsSubscription } from "./nats-subscription.js";
import { useQueueBroker } from "./queue-broker.js";
import { ServiceError } from "./service-error.js";

/** To publish; without a server, to a queue in this process, which `consume` takes from. */
export function useBroker(config: Config, log: Log, consume: Consumer): Operation<Broker> {
  const { amqpUrl, natsUrl, topic, startMs, concurrency } = config;
  if (amqpUrl !== undefined) return useAmqpBroker({ url: amqpUrl, topic, startMs, log });
  if (natsUrl !== undefined) return useNatsBroker({ url: natsUrl, topic, startMs, log });
  return useQueueBroker(concurrency, consume);
}

/** To consume; with at most `prefetch` messages in hand. */
export function useSubscription(config: Config, log: Log, prefetch: number): Operation<Subscription> {
  const { amqpUrl, natsUrl, topic, startMs } = config;
  if (amqpUrl !== undefined) return useAmqpSubscription({ url: amqpUrl, topic, startMs, log }, prefetch);
  if (natsUrl !== undefined) return useNatsSubscription({ url: natsUrl, topic, startMs, log }, prefetch);
  throw new ServiceError(
    "There is nothing to consume from. Set AMQP_URL or NATS_URL to the broker that the service publishes to.",
  );
}
