/** `npm start`: the webhook service as a program, with its settings in the environment. */
import { operation, run } from "coppice";
import { readConfig } from "./config.js";
import { createLog } from "./log.js";
import { reportFailure } from "./report-failure.js";
import { webhookService } from "./service.js";
import { describeStatistics } from "./statistics.js";
import { useStopSignal } from "./stop-signal.js";

const main = operation(function* () {
  const config = readConfig(process.env);
  const log = createLog(config.log);
  const stop = yield* useStopSignal();
  const statistics = yield* webhookService(config, {
    stop,
    log,
    *consume() {
      // Without a broker there is nobody else: here a real program does its work with what was published.
    },
    listening: (url) =>
      log.info(`listening on ${url} (pid ${String(process.pid)}): POST /webhooks/:source, GET /stats`),
  });
  log.info(`stopped: ${describeStatistics(statistics)}`, { ...statistics });
});

// Nothing keeps the process alive after this: whatever was opened has been closed, or the bug shows.
await run(main, { name: "webhooks" }).catch(reportFailure);
