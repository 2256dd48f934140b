/**
 * The consumer as a program: takes what the service published from the broker, a limited number at a time, and
 * acknowledges each message when its work is done. It can be started any number of times; the broker divides the
 * messages among all that run.
 */
import { operation, run, type Task } from "coppice";
import { readConfig } from "../config.js";
import { finish } from "../finish.js";
import { createLog } from "../log.js";
import { reportFailure } from "../report-failure.js";
import { useStopSignal } from "../stop-signal.js";
import { useSubscription } from "../use-broker.js";
import { unlessStoppedWhileStarting } from "../while-starting.js";
import { watchOverEnd } from "../watch-over-end.js";
import { consume } from "./consume.js";
import { createConsumed, describeConsumed } from "./consumed.js";
import { useFront } from "./front.js";
import { useInbox } from "./inbox.js";

/** How many messages wait here while others are worked on. */
const AHEAD = 2;
/** So that a message that cannot be worked on keeps nobody busy. */
const PAUSE_MS = 1_000;

const main = operation(function* () {
  const config = readConfig(process.env);
  const log = createLog(config.log);
  const stop = yield* useStopSignal();
  yield* watchOverEnd(stop, config.graceMs, () => program);
  const consumed = createConsumed();
  const hasStarted = yield* unlessStoppedWhileStarting(stop, function* (started) {
    const front = yield* useFront(config, consumed, log);
    const inbox = yield* useInbox(config, log);
    const subscription = yield* useSubscription(config, log, config.concurrency * AHEAD);
    front.watch({ subscription, inbox });
    started();
    log.info(`consuming from ${subscription.description} (pid ${String(process.pid)})`);
    yield* consume(
      { subscription, inbox, log, consumed, work },
      {
        concurrency: config.concurrency,
        timeoutMs: config.consumeTimeoutMs,
        pauseMs: PAUSE_MS,
        graceMs: config.graceMs,
        stop,
      },
    );
    return true;
  });
  if (hasStarted === undefined) log.info("stopped while starting");
  else log.info(`stopped: ${describeConsumed(consumed)}`, { ...consumed });
});

/** Here a real program does its work. */
function* work() {
  // It has a deadline: `deadline()` tells it, and every operation in it is cancelled when it has passed.
}

const program: Task<void> = run(main, { name: "consumer" });
await program.catch(reportFailure);
finish();
