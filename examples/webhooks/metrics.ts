/**
 * What is measured, as Prometheus reads it. The counters are those of the service, read when somebody asks; only
 * times are written down as they happen.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { resource, type Operation } from "coppice";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Counters } from "./counters.js";

export interface Metrics {
  readonly accepting: Observer;
  readonly forwarding: Observer;
  readonly publishing: Observer;
  readonly contentType: string;
  text(): Promise<string>;
}

interface Observer {
  observe(seconds: number): void;
}

/** What is looked up when somebody asks. */
export interface Measured {
  readonly counters: Counters;
  readonly inHand: () => number;
  readonly waiting: () => number;
  readonly isDownstreamAway: () => boolean;
  readonly isBrokerAway: () => boolean;
}

/** Seconds. */
export const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const RESOLUTION_MS = 20;

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
    registerCounters(registry, measured.counters);
    registerGauges(registry, measured);
    const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    registerProcess(registry, () => {
      const seconds = Math.max(0, delay.percentile(99) / 1e9 - RESOLUTION_MS / 1000);
      delay.reset();
      return seconds;
    });
    delay.enable();
    try {
      yield* provide({
        accepting: histogram(registry, "webhooks_accept_seconds", "Time from the request to its 202."),
        forwarding: histogram(registry, "webhooks_forward_seconds", "Time of an attempt that succeeded."),
        publishing: histogram(registry, "webhooks_publish_seconds", "Time until the broker answered for it."),
        contentType: registry.contentType,
        text: () => registry.metrics(),
      });
    } finally {
      delay.disable();
    }
  });

const histogram = (registry: Registry, name: string, help: string): Observer =>
  new Histogram({ name, help, buckets: BUCKETS, registers: [registry] });

function registerCounters(registry: Registry, counters: Counters): void {
  // The keys of `HELP` are those of `Counters`.
  for (const key of Object.keys(HELP) as (keyof Counters)[]) {
    const name = `webhooks_${key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}_total`;
    new Counter({
      name,
      help: HELP[key],
      registers: [registry],
      collect() {
        this.reset();
        this.inc(counters[key]);
      },
    });
  }
}

function registerGauges(registry: Registry, measured: Measured): void {
  gauge(registry, "webhooks_in_hand", "Webhooks in memory.", measured.inHand);
  gauge(registry, "webhooks_waiting", "Webhooks accepted or found, and not done with.", measured.waiting);
  gauge(registry, "webhooks_downstream_away", "1 while the downstream fails.", () =>
    Number(measured.isDownstreamAway()),
  );
  gauge(registry, "webhooks_broker_away", "1 while the broker fails.", () => Number(measured.isBrokerAway()));
}

function registerProcess(registry: Registry, eventLoopDelay: () => number): void {
  gauge(registry, "process_resident_memory_bytes", "Memory of the process.", () => process.memoryUsage.rss());
  gauge(registry, "process_cpu_seconds", "Processor time of the process.", () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  gauge(
    registry,
    "nodejs_eventloop_delay_seconds",
    "The 99th percentile since the last look.",
    eventLoopDelay,
  );
}

function gauge(registry: Registry, name: string, help: string, value: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(value());
    },
  });
}
