/**
 * The webhook service: one task group of its long-running parts.
 *
 *   HTTP server -> backlog -> forwarder -> forwarded -> publisher -> published -> recorder
 *                     ^ outbox
 *
 * What stands further back in this line is opened earlier, so that it is closed later: requests end before
 * forwarding does, forwarding before publishing, and the database is there for all of them.
 */
import { attempt, operation, taskGroup, timeout, TimeoutError, type Operation, type Task } from "coppice";
import type { Config } from "./config.js";
import { forwarder } from "./forwarder.js";
import { useHttpServer } from "./http-server.js";
import type { Log } from "./log.js";
import { useParts, type Parts } from "./parts.js";
import { publisher } from "./publisher.js";
import { reasonOf } from "./reason.js";
import { recorder, slowRecorder } from "./recorder.js";
import { readStatistics, statistics, type Statistics } from "./statistics.js";
import type { Surroundings } from "./surroundings.js";

/**
 * Runs the service until it is told to stop, and returns its last statistics.
 *
 * Cancel: cuts everything short; what was accepted is in the database, and the next start goes on with it.
 * Throws: ExceptionGroup, when one of its parts failed for good.
 */
export const webhookService = operation(function* (config: Config, surroundings: Surroundings) {
  const { stop, log, listening } = surroundings;
  const server = yield* useHttpServer(config, (error) => log.error(`a request failed: ${reasonOf(error)}`));
  const parts = yield* useParts(config, surroundings);
  yield* taskGroup(function* (group) {
    const recording = group.spawn(recorder(parts), { name: "recorder" });
    group.spawn(slowRecorder(parts), { name: "slow recorder" });
    const publishing = group.spawn(publisher(parts), { name: "publisher" });
    const forwarding = group.spawn(forwarder(parts), { name: "forwarder" });
    const collecting = group.spawn(parts.outbox.collect(), { name: "outbox" });
    group.spawn(statistics(parts, { everyMs: config.statsMs, log }), { name: "statistics" });
    const serving = group.spawn(server.serve(parts, stop), { name: "http server" });
    listening(server.url);

    yield* stop;
    log.info(`stopping: finishing what is in flight, for at most ${String(config.graceMs)} ms`);
    // What it has not fetched yet can stay where it is.
    yield* collecting.cancel("the service is stopping");
    yield* withinGrace(config.graceMs, drain(parts, { serving, forwarding, publishing, recording }), log);
    if (parts.backlog.size > 0) log.warn(`left for the next start: ${String(parts.backlog.size)} webhooks`);
    yield* group.cancel("the service has stopped");
  });
  return readStatistics(parts) satisfies Statistics;
});

interface Stages {
  readonly serving: Task<void>;
  readonly forwarding: Task<void>;
  readonly publishing: Task<void>;
  readonly recording: Task<void>;
}

/** Lets the stages end one after the other: each is empty, and stays so, before the next one is closed. */
const drain = operation(function* ({ backlog, forwarded, published, log }: Parts, stages: Stages) {
  yield* stages.serving;
  log.info("http server closed");
  backlog.deliveries.shutdown();
  yield* stages.forwarding;
  log.info("forwarder finished");
  forwarded.shutdown();
  yield* stages.publishing;
  log.info("publisher finished");
  published.shutdown();
  yield* stages.recording;
});

const withinGrace = operation(function* (graceMs: number, work: Operation<void>, log: Log) {
  const outcome = yield* attempt(timeout(graceMs, work));
  if (outcome.ok) return;
  if (!(outcome.error instanceof TimeoutError)) throw outcome.error;
  log.warn("the grace period is over: what is not finished is left for the next start");
});
