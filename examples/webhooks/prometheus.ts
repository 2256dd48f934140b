/**
 * Measures as Prometheus reads them. What is counted or looked up anyway is read when somebody asks; only times are
 * written down as they happen.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { resource, type Operation } from "coppice";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";

export interface Observer {
  observe(seconds: number): void;
}

/** Seconds. */
export const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const RESOLUTION_MS = 20;

export const histogram = (registry: Registry, name: string, help: string): Observer =>
  new Histogram({ name, help, buckets: BUCKETS, registers: [registry] });

export function gauge(registry: Registry, name: string, help: string, value: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(value());
    },
  });
}

/** One counter for each key of `help`, called `prefix_key_total`. */
export function counters<Key extends string>(
  registry: Registry,
  prefix: string,
  help: Readonly<Record<Key, string>>,
  counts: Readonly<Record<Key, number>>,
): void {
  // The keys are those of the type: both records are written out.
  for (const key of Object.keys(help) as Key[]) {
    const name = `${prefix}_${key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}_total`;
    new Counter({
      name,
      help: help[key],
      registers: [registry],
      collect() {
        this.reset();
        this.inc(counts[key]);
      },
    });
  }
}

/** Memory, processor time and stalls of this process, measured until the scope ends. */
export const useProcessMeasures = (registry: Registry): Operation<void> =>
  resource(function* (provide) {
    gauge(registry, "process_resident_memory_bytes", "Memory of the process.", () =>
      process.memoryUsage.rss(),
    );
    gauge(registry, "process_cpu_seconds", "Processor time of the process.", () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    });
    const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    gauge(registry, "nodejs_eventloop_delay_seconds", "The 99th percentile since the last look.", () => {
      const seconds = Math.max(0, delay.percentile(99) / 1e9 - RESOLUTION_MS / 1000);
      delay.reset();
      return seconds;
    });
    delay.enable();
    try {
      yield* provide();
    } finally {
      delay.disable();
    }
  });
