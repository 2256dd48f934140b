/** `npm start`: the webhook service as a program, with its settings in the environment. */
import { operation, run } from "coppice";
import { readConfig } from "./config.js";
import { log } from "./log.js";
import { reportFailure } from "./report-failure.js";
import { webhookService } from "./service.js";
import { describeStatistics } from "./statistics.js";
import { useStopSignal } from "./stop-signal.js";

const main = operation(function* () {
  const config = readConfig(process.env);
  const stop = yield* useStopSignal();
  const statistics = yield* webhookService(config, {
    stop,
    log,
    *consume() {
      // Here a real program does its work with what was published.
    },
    listening: (url) =>
      log(`listening on ${url} (pid ${String(process.pid)}): POST /webhooks/:source, GET /stats`),
  });
  log(`stopped: ${describeStatistics(statistics)}`);
});

// Nothing keeps the process alive after this: whatever was opened has been closed, or the bug shows.
await run(main, { name: "webhooks" }).catch(reportFailure);
