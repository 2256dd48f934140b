/** What is measured of the service. The counters are its own, read when somebody asks. */
import { resource, type Operation } from "coppice";
import { Registry } from "prom-client";
import type { Counters } from "./counters.js";
import { counters, gauge, histogram, useProcessMeasures, type Observer } from "./prometheus.js";

export interface Metrics {
  readonly accepting: Observer;
  readonly forwarding: Observer;
  readonly publishing: Observer;
  readonly contentType: string;
  text(): Promise<string>;
}

/** What is looked up when somebody asks. */
export interface Measured {
  readonly counters: Counters;
  readonly inHand: () => number;
  readonly waiting: () => number;
  readonly isDownstreamAway: () => boolean;
  readonly isBrokerAway: () => boolean;
}

const HELP: Readonly<Record<keyof Counters, string>> = {
  accepted: "Webhooks answered with 202.",
  stored: "Webhooks written to the database.",
  refused: "Requests turned away with 503.",
  limited: "Requests turned away with 429.",
  unsigned: "Requests turned away with 401.",
  faulty: "Requests turned away with any other 4xx.",
  recovered: "Webhooks taken from the outbox.",
  forwarded: "Webhooks that the downstream took.",
  published: "Webhooks that the broker took.",
  failed: "Webhooks given up for now, after the last retry.",
  retried: "Attempts after the first one.",
  putOff: "Webhooks left in the outbox because a neighbour was away, or asked for time.",
};

/** Measures until the scope ends. */
export const useMetrics = (measured: Measured): Operation<Metrics> =>
  resource<Metrics>(function* (provide) {
    const registry = new Registry();
    counters(registry, "webhooks", HELP, measured.counters);
    registerGauges(registry, measured);
    yield* useProcessMeasures(registry);
    yield* provide({
      accepting: histogram(registry, "webhooks_accept_seconds", "Time from the request to its 202."),
      forwarding: histogram(registry, "webhooks_forward_seconds", "Time of an attempt that succeeded."),
      publishing: histogram(registry, "webhooks_publish_seconds", "Time until the broker answered for it."),
      contentType: registry.contentType,
      text: () => registry.metrics(),
    });
  });

function registerGauges(registry: Registry, measured: Measured): void {
  gauge(registry, "webhooks_in_hand", "Webhooks in memory.", measured.inHand);
  gauge(registry, "webhooks_waiting", "Webhooks accepted or found, and not done with.", measured.waiting);
  gauge(registry, "webhooks_downstream_away", "1 while the downstream fails.", () =>
    Number(measured.isDownstreamAway()),
  );
  gauge(registry, "webhooks_broker_away", "1 while the broker fails.", () => Number(measured.isBrokerAway()));
}
