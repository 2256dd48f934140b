/** `npm start`: the webhook service as a program, with its settings in the environment. */
import { operation, run, spawn } from "coppice";
import { readConfig } from "./config.js";
import { finish } from "./finish.js";
import { createLog } from "./log.js";
import { reportFailure } from "./report-failure.js";
import { webhookService } from "./service.js";
import { describeStatistics } from "./statistics.js";
import { useStopSignal } from "./stop-signal.js";
import { unlessStoppedWhileStarting } from "./while-starting.js";

/** What closing may take on top of the grace period. */
const CLOSING_MS = 3_000;

const main = operation(function* () {
  const config = readConfig(process.env);
  const log = createLog(config.log);
  if (config.secrets.size === 0) log.warn("anybody may send: nobody has to sign (set WEBHOOK_SECRETS)");
  const stop = yield* useStopSignal();
  yield* spawn(
    function* () {
      yield* stop;
      // Cuts cleanup that does not end, and fails with the names of the tasks that it belongs to. By now the service
      // has used up its grace period, and each farewell the time of its own: what is left hangs, and a grace on top
      // would go to that, and not to what waits behind it. The database loses nothing by being cut.
      setTimeout(
        () => void program.cancel("it did not end in time", { grace: 0 }),
        config.graceMs + CLOSING_MS,
      ).unref();
    },
    { name: "watch over the end" },
  );
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

const program = run(main, { name: "webhooks" });
await program.catch(reportFailure);
finish();
