/** Everything that the parts of the service share, opened in order and given back in reverse. */
import { ensure, Queue } from "coppice";
import { Backlog, type Delivery } from "./backlog.js";
import { Breaker } from "./breaker.js";
import { useBuiltInDownstream } from "./built-in-downstream.js";
import type { Config } from "./config.js";
import { createCounters } from "./counters.js";
import { isDownstreamTrouble, useDownstream } from "./downstream.js";
import type { ForwarderParts } from "./forwarder.js";
import type { ServingParts } from "./http-server.js";
import type { Log } from "./log.js";
import { useMetrics } from "./metrics.js";
import { Outbox, PAGE } from "./outbox.js";
import type { PublisherParts } from "./publisher.js";
import type { RecorderParts } from "./recorder.js";
import { withoutParameters } from "./reason.js";
import { readStatistics, type StatisticsParts } from "./statistics.js";
import { useStore } from "./store.js";
import type { Surroundings } from "./surroundings.js";
import { useBroker } from "./use-broker.js";
import { useDatabase } from "./use-database.js";

export interface Parts extends ServingParts, ForwarderParts, PublisherParts, RecorderParts, StatisticsParts {
  readonly outbox: Outbox;
}

/** For how long a webhook is put off whose neighbour is away. */
const PUT_OFF_MS = 1_000;

/** Opens them in the scope of whoever delegates to it. */
export function* useParts(config: Config, { log, consume }: Surroundings) {
  // Registered first, so said last.
  yield* ensure(() => log.info("database closed"));
  const store = yield* openStore(config, log);
  const broker = yield* useBroker(config, log, consume);
  log.info(`publishing to ${broker.description}`);
  const url = config.downstreamUrl ?? (yield* useBuiltInDownstream());
  const isBuiltIn = config.downstreamUrl === undefined;
  log.info(
    `forwarding to ${withoutParameters(url)}${isBuiltIn ? ", a built-in downstream that accepts everything (set DOWNSTREAM_URL)" : ""}`,
  );
  const downstream = yield* useDownstream(url, config.concurrency);

  const flow = createFlow(config, log);
  const { counters, backlog, breaker, brokerBreaker } = flow;
  const outbox = new Outbox(
    { store, backlog, breakers: [breaker, brokerBreaker], counters, log },
    { leaseMs: config.leaseMs, pollMs: config.pollMs, limit: config.outboxLimit },
  );
  yield* store.retryFailed();
  yield* outbox.review();
  if (outbox.waiting > 0) log.info(`found ${String(outbox.waiting)} unfinished webhooks of earlier runs`);
  const measured = { counters, backlog, outbox, startedAt: performance.now() };
  const metrics = yield* useMetrics({
    counters,
    inHand: () => backlog.size,
    waiting: () => readStatistics(measured).waiting,
    isDownstreamAway: () => breaker.isOpen,
    isBrokerAway: () => brokerBreaker.isOpen || !broker.isConnected,
  });
  const parts: Parts = {
    ...flow,
    ...measured,
    store,
    broker,
    downstream,
    metrics,
    statistics: () => readStatistics(measured),
    concurrency: config.concurrency,
    timeoutMs: config.forwardTimeoutMs,
    publishTimeoutMs: config.publishTimeoutMs,
    retryDelayMs: config.retryDelayMs,
    putOffMs: PUT_OFF_MS,
    log,
  };
  return parts;
}

function* openStore(config: Config, log: Log) {
  const database = yield* useDatabase(config, log);
  log.info(`database: ${database.description}`);
  return yield* useStore(database, {
    schema: config.databaseSchema,
    timeoutMs: config.requestTimeoutMs,
    leaseMs: config.leaseMs,
    retryLaterMs: config.retryLaterMs,
  });
}

/** What webhooks pass through in this process. */
function createFlow({ backlog, backlogBytes, concurrency }: Config, log: Log) {
  const breakerFor = (name: string, counts: (error: unknown) => boolean): Breaker =>
    new Breaker({
      name,
      counts,
      window: 50,
      least: 20,
      probeEveryMs: 250,
      changed: (isOpen) =>
        isOpen
          ? log.warn(`${name} is away: webhooks wait in the outbox`)
          : log.info(`${name} is back: webhooks go on`),
    });
  return {
    counters: createCounters(),
    backlog: new Backlog({ webhooks: backlog, bytes: backlogBytes, claimed: PAGE }),
    forwarded: new Queue<Delivery>({ name: "forwarded", capacity: concurrency }),
    // No longer than the backlog: what is here has its place there.
    published: new Queue<Delivery>({ name: "published" }),
    breaker: breakerFor("The downstream", isDownstreamTrouble),
    brokerBreaker: breakerFor("The broker", () => true),
  };
}
