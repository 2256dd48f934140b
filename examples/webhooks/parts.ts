/** Everything that the parts of the service share, opened in order and given back in reverse. */
import { ensure, Queue } from "coppice";
import { Backlog, type Delivery } from "./backlog.js";
import { useBuiltInDownstream } from "./built-in-downstream.js";
import type { Config } from "./config.js";
import { createCounters } from "./counters.js";
import { useDownstream } from "./downstream.js";
import type { ForwarderParts } from "./forwarder.js";
import type { HttpServerParts } from "./http-server.js";
import type { PublisherParts } from "./publisher.js";
import { useQueueBroker } from "./queue-broker.js";
import { PAGE } from "./recovery.js";
import { readStatistics, type StatisticsParts } from "./statistics.js";
import { useStore } from "./store.js";
import type { Surroundings } from "./surroundings.js";
import { useDatabase } from "./use-database.js";

export interface Parts extends HttpServerParts, ForwarderParts, PublisherParts, StatisticsParts {}

/** Opens them in the scope of whoever delegates to it. */
export function* useParts(config: Config, { log, consume, listening }: Surroundings) {
  const { concurrency, downstreamUrl } = config;
  // Registered first, so said last.
  yield* ensure(() => log("database closed"));
  const database = yield* useDatabase(config, log);
  const store = yield* useStore(database, config.databaseSchema);
  log(`database: ${database.description}`);
  const unfinished = yield* store.countUnfinished();
  if (unfinished.count > 0) log(`found ${String(unfinished.count)} unfinished webhooks of earlier runs`);
  const broker = yield* useQueueBroker(concurrency, consume);
  log(`publishing to ${broker.description}`);
  const url = downstreamUrl ?? (yield* useBuiltInDownstream());
  log(
    `forwarding to ${url}${downstreamUrl === undefined ? ", a built-in downstream that accepts everything (set DOWNSTREAM_URL)" : ""}`,
  );
  const downstream = yield* useDownstream(url, concurrency);

  const backlog = new Backlog({ webhooks: config.backlog, bytes: config.backlogBytes, recovered: PAGE });
  const shared = { counters: createCounters(), backlog, unfinished, startedAt: performance.now() };
  const parts: Parts = {
    ...shared,
    store,
    broker,
    downstream,
    forwarded: new Queue<Delivery>({ name: "forwarded", capacity: concurrency }),
    concurrency,
    timeoutMs: config.forwardTimeoutMs,
    retryDelayMs: config.retryDelayMs,
    statistics: () => readStatistics(shared),
    listening,
    log,
  };
  return parts;
}
