/**
 * `npm run demo`: the webhook service under load, stopped by a signal, and audited.
 *
 * Sender, service and downstream share this process and its one thread, so the rates shown are what all of
 * them together achieve. The signal, the sockets and the database are real.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { call, operation, Queue, resource, run, scoped, sleep, spawn, type Operation } from "coppice";
import { audit, readStored } from "./audit.js";
import { useBuiltInDownstream } from "./built-in-downstream.js";
import { readConfig } from "./config.js";
import { readDemoOptions, type DemoOptions } from "./demo-options.js";
import { formatReport } from "./demo-report.js";
import { load, type LoadResult } from "./load.js";
import { createLog } from "./log.js";
import { reportFailure } from "./report-failure.js";
import { webhookService } from "./service.js";
import { useStopSignal } from "./stop-signal.js";

const log = createLog({ level: "info", format: "text" });
const PROGRESS_MS = 500;
/** One in so many webhooks is refused by the downstream at first, so that retries have something to do. */
const REFUSE_EVERY = 100;

/** Where webhooks were seen to arrive. */
class Sightings {
  readonly forwarded = new Set<string>();
  readonly published = new Set<string>();
}

const demo = operation(function* (options: DemoOptions) {
  const seen = new Sightings();
  const listening = new Queue<string>({ name: "listening", capacity: 1 });
  const config = readConfig({
    GRACE_MS: "30000",
    ...process.env,
    HOST: "127.0.0.1",
    PORT: "0",
    DATABASE_URL: "",
    AMQP_URL: "",
    NATS_URL: "",
    WEBHOOK_SECRETS: "",
    RATE_LIMIT: "",
    DATA_DIR: yield* useTemporaryDirectory(),
    DOWNSTREAM_URL: yield* useUnsteadyDownstream(seen),
  });
  const service = yield* spawn(
    webhookService(config, {
      stop: yield* useStopSignal(),
      log,
      *consume({ id }) {
        seen.published.add(id);
      },
      listening: (url) => listening.tryPut(url),
    }),
    { name: "service" },
  );
  const sent = yield* sendWithProgress(yield* listening.get(), options, seen);

  log.info("sending SIGTERM to this process");
  const stoppedAt = performance.now();
  process.kill(process.pid, "SIGTERM");
  const statistics = yield* service;
  const shutdownMs = performance.now() - stoppedAt;

  const rows = yield* readStored(config);
  const findings = audit({ accepted: sent.ids, rows, forwarded: seen.forwarded, published: seen.published });
  return { options, sent, findings, statistics, shutdownMs };
});

const sendWithProgress = (url: string, options: DemoOptions, seen: Sightings): Operation<LoadResult> =>
  scoped(function* () {
    let accepted = 0;
    const { webhooks, connections } = options;
    log.info(`sending ${String(webhooks)} webhooks over ${String(connections)} connections`);
    yield* spawn(
      function* () {
        for (;;) {
          yield* sleep(PROGRESS_MS);
          const { forwarded, published } = seen;
          log.info(
            `  accepted ${String(accepted)}, forwarded ${String(forwarded.size)}, published ${String(published.size)}`,
          );
        }
      },
      { name: "progress" },
    );
    return yield* load({ url, webhooks, connections, onAccepted: (count) => (accepted = count) });
  });

const useUnsteadyDownstream = (seen: Sightings): Operation<string> => {
  let firstAttempts = 0;
  return useBuiltInDownstream(({ id, attempt }) => {
    if (attempt === 1 && ++firstAttempts % REFUSE_EVERY === 0) return 503;
    seen.forwarded.add(id);
    return 204;
  });
};

const useTemporaryDirectory = (): Operation<string> =>
  resource<string>(function* (provide) {
    const directory = yield* call(() => mkdtemp(join(tmpdir(), "coppice-webhooks-")));
    try {
      yield* provide(directory);
    } finally {
      yield* call(() => rm(directory, { recursive: true, force: true }));
    }
  });

try {
  const report = await run(demo(readDemoOptions(process.argv.slice(2), process.env)), { name: "demo" });
  console.log(formatReport(report));
  if (report.findings.lost.length > 0) process.exitCode = 1;
} catch (error) {
  reportFailure(error);
}
