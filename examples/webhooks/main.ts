/** `npm start`: the webhook service as a program, with its settings in the environment. */
import { operation, run, type Task } from "coppice";
import { readConfig } from "./config.js";
import { finish } from "./finish.js";
import { createLog } from "./log.js";
import { reportFailure } from "./report-failure.js";
import { webhookService } from "./service.js";
import { describeStatistics } from "./statistics.js";
import { useStopSignal } from "./stop-signal.js";
import { watchOverEnd } from "./watch-over-end.js";
import { unlessStoppedWhileStarting } from "./while-starting.js";

const main = operation(function* () {
  const config = readConfig(process.env);
  const log = createLog(config.log);
  if (config.secrets.size === 0) log.warn("anybody may send: nobody has to sign (set WEBHOOK_SECRETS)");
  const stop = yield* useStopSignal();
  yield* watchOverEnd(stop, config.graceMs, () => program);
  const statistics = yield* unlessStoppedWhileStarting(stop, (started) =>
    webhookService(config, {
      stop,
      log,
      *consume() {
        // Without a broker there is nobody else: here a real program does its work with what was published.
      },
      listening: (url) => {
        started();
        log.info(`listening on ${url} (pid ${String(process.pid)}): POST /webhooks/:source, GET /stats`);
      },
    }),
  );
  if (statistics === undefined) log.info("stopped while starting");
  else log.info(`stopped: ${describeStatistics(statistics)}`, { ...statistics });
});

const program: Task<void> = run(main, { name: "webhooks" });
await program.catch(reportFailure);
finish();
