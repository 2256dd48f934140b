/**
 * The service as a good engineer writes it with async/await: the same promises to its callers, the same SQL, the same
 * HTTP front; what differs is how the work under way is started, limited, cut off and waited for.
 */
import { randomUUID } from "node:crypto";
import { Counter, Histogram, Registry } from "prom-client";
import { Backlog, Delivery } from "../../../examples/webhooks/backlog.js";
import { Breaker } from "../../../examples/webhooks/breaker.js";
import { readConfig } from "../../../examples/webhooks/config.js";
import { createCounters } from "../../../examples/webhooks/counters.js";
import { isDownstreamTrouble } from "../../../examples/webhooks/downstream.js";
import { createHttpApp } from "../../../examples/webhooks/http-app.js";
import { LISTEN_BACKLOG } from "../../../examples/webhooks/http-listening.js";
import { createLog } from "../../../examples/webhooks/log.js";
import { BUCKETS } from "../../../examples/webhooks/prometheus.js";
import { setupSql } from "../../../examples/webhooks/sql.js";
import { UnavailableError } from "../../../examples/webhooks/unavailable-error.js";
import { Broker } from "./broker.js";
import { Database } from "./database.js";
import { Deliverer } from "./delivery.js";
import { Store } from "./store.js";

const PAGE = 100;
const config = readConfig(process.env);
const log = createLog(config.log);
const counters = createCounters();
const backlog = new Backlog({ webhooks: config.backlog, bytes: config.backlogBytes, claimed: PAGE });
const breakerOf = (name: string, counts: (error: unknown) => boolean): Breaker =>
  new Breaker({ name, counts, window: 50, least: 20, probeEveryMs: 250, changed: () => undefined });
const breaker = breakerOf("The downstream", isDownstreamTrouble);
const brokerBreaker = breakerOf("The broker", () => true);

const registry = new Registry();
const histogram = (name: string): Histogram =>
  new Histogram({
    name,
    help: name,
    buckets: BUCKETS,
    registers: [registry],
  });
const accepting = histogram("webhooks_accept_seconds");
const forwarding = histogram("webhooks_forward_seconds");
const publishing = histogram("webhooks_publish_seconds");
const total = new Counter({ name: "webhooks_accepted_total", help: "accepted", registers: [registry] });

const database = new Database(config.databaseUrl ?? "", config.databaseConnections);
await database.execute(setupSql(config.databaseSchema));
const store = new Store(database, config.databaseSchema, config.requestTimeoutMs, config.leaseMs);
const broker = new Broker(config.amqpUrl ?? "", config.topic);
await broker.open();
const deliverer = new Deliverer(
  {
    store,
    broker,
    breaker,
    brokerBreaker,
    counters,
    observe: {
      forwarding: (seconds) => forwarding.observe(seconds),
      publishing: (seconds) => publishing.observe(seconds),
    },
  },
  { ...config, url: config.downstreamUrl ?? "" },
);

const app = createHttpApp(
  {
    refuses() {
      if (backlog.hasRoom(0)) return false;
      counters.refused += 1;
      return true;
    },
    check: () => undefined,
    async accept({ source, body, timeoutMs }) {
      const startedAt = performance.now();
      const webhook = { id: randomUUID(), source, body, deadline: Date.now() + timeoutMs };
      const delivery = backlog.tryEnter(webhook);
      if (delivery === undefined) throw new UnavailableError("The backlog is full.");
      const isPutOff = breaker.isOpen;
      try {
        await store.insert(webhook, isPutOff, timeoutMs);
      } catch (cause) {
        delivery.leave();
        counters.refused += 1;
        throw new UnavailableError("The webhook could not be stored.", { cause });
      }
      counters.stored += 1;
      if (isPutOff) delivery.leave();
      else deliverer.add(delivery);
      counters.accepted += 1;
      accepting.observe((performance.now() - startedAt) / 1000);
      return webhook.id;
    },
    statistics: () => ({ ...counters, waiting: backlog.size }),
    async metrics() {
      total.reset();
      total.inc(counters.accepted);
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
    readiness: () => Promise.resolve({ broker: broker.isConnected ? "ready" : "away" }),
    failed: (error) => log.error(String(error)),
  },
  { timeoutMs: config.requestTimeoutMs },
);

let isStopping = false;
async function collect(): Promise<void> {
  for (let round = 1; !isStopping; round++) {
    try {
      if (round % 5 === 0) await store.renew(backlog.takeOlderThan(config.leaseMs / 4));
      else while (await takePage());
    } catch {
      // The database is away: the next round tries again.
    }
    await new Promise((resolve) => setTimeout(resolve, config.pollMs));
  }
}

let places = PAGE;
async function takePage(): Promise<boolean> {
  if (isStopping || places === 0 || !breaker.letsThrough || !brokerBreaker.letsThrough) return false;
  const wanted = breaker.isOpen || brokerBreaker.isOpen ? 1 : places;
  const claimed = await store.claim(wanted);
  for (const webhook of claimed) {
    places -= 1;
    const leave = (): void => void (places += 1);
    const delivery = new Delivery(webhook, leave);
    if (webhook.wasForwarded) delivery.progress = "recorded";
    deliverer.add(delivery);
  }
  counters.recovered += claimed.length;
  return claimed.length === wanted && places > 0;
}

async function stop(): Promise<void> {
  isStopping = true;
  log.info("stopping");
  const drained = app.close().then(() => deliverer.drained());
  await Promise.race([drained, new Promise((resolve) => setTimeout(resolve, config.graceMs))]);
  app.server.closeAllConnections();
  await deliverer.close();
  await broker.close();
  await database.close();
  log.info("stopped");
  process.exit(0);
}

let signals = 0;
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.on(signal, () => {
    if (++signals === 1) void stop();
    else process.exit(128 + 15);
  });
}
void collect();
await app.listen({ host: config.host, port: config.port, backlog: LISTEN_BACKLOG });
log.info("listening");
