/**
 * The webhook service: one task group of its long-running parts.
 *
 *   HTTP server -> backlog -> forwarder -> forwarded -> publisher -> broker
 *
 * What stands further back in this line is opened earlier, so that it is closed later: requests end before
 * forwarding does, forwarding before publishing, and the database is there for all of them.
 */
import { attempt, operation, taskGroup, timeout, TimeoutError, type Operation, type Task } from "coppice";
import type { Config } from "./config.js";
import { forwarder } from "./forwarder.js";
import { httpServer } from "./http-server.js";
import { useParts, type Parts } from "./parts.js";
import { publisher } from "./publisher.js";
import { recovery } from "./recovery.js";
import { readStatistics, statistics, type Statistics } from "./statistics.js";
import type { Surroundings } from "./surroundings.js";

/**
 * Runs the service until it is told to stop, and returns its last statistics.
 *
 * Cancel: cuts everything short; what was accepted is in the database, and the next start goes on with it.
 * Throws: ExceptionGroup, when one of its parts failed for good.
 */
export const webhookService = operation(function* (config: Config, surroundings: Surroundings) {
  const { stop, log } = surroundings;
  const parts = yield* useParts(config, surroundings);
  yield* taskGroup(function* (group) {
    const publishing = group.spawn(publisher(parts), { name: "publisher" });
    const forwarding = group.spawn(forwarder(parts), { name: "forwarder" });
    const recovering = group.spawn(recovery(parts, parts.unfinished), { name: "recovery" });
    group.spawn(statistics(parts, { everyMs: config.statsMs, log }), { name: "statistics" });
    const serving = group.spawn(httpServer(config, parts, stop), { name: "http server" });

    yield* stop;
    log(`stopping: finishing what is in flight, for at most ${String(config.graceMs)} ms`);
    // What it has not fetched yet can stay where it is.
    yield* recovering.cancel("the service is stopping");
    yield* withinGrace(config.graceMs, drain(parts, { serving, forwarding, publishing }), log);
    yield* group.cancel("the service has stopped");
  });
  return readStatistics(parts) satisfies Statistics;
});

interface Stages {
  readonly serving: Task<void>;
  readonly forwarding: Task<void>;
  readonly publishing: Task<void>;
}

/** Lets the stages end one after the other: each is empty, and stays so, before the next one is closed. */
const drain = operation(function* ({ backlog, forwarded, log }: Parts, stages: Stages) {
  yield* stages.serving;
  log("http server closed");
  backlog.deliveries.shutdown();
  yield* stages.forwarding;
  log("forwarder finished");
  forwarded.shutdown();
  yield* stages.publishing;
  log("publisher finished");
});

const withinGrace = operation(function* (
  graceMs: number,
  work: Operation<void>,
  log: (line: string) => void,
) {
  const outcome = yield* attempt(timeout(graceMs, work));
  if (outcome.ok) return;
  if (!(outcome.error instanceof TimeoutError)) throw outcome.error;
  log("the grace period is over: what is not finished is left for the next start");
});
