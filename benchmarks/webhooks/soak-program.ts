/** The service in a process that counts itself: heap after a collection, tasks, timers, listeners, every few seconds. */
import { operation, run, sleep, spawn } from "coppice";
import { readConfig } from "../../examples/webhooks/config.js";
import { createLog } from "../../examples/webhooks/log.js";
import { webhookService } from "../../examples/webhooks/service.js";
import { useStopSignal } from "../../examples/webhooks/stop-signal.js";
import { runningTask, type TaskNode } from "../../lib/kernel/index.js";
import { tasksBelow } from "../../lib/kernel/index.js";

export interface Count {
  readonly heapMiB: number;
  readonly tasks: number;
  readonly timers: number;
  readonly sockets: number;
  readonly listeners: number;
}

const EVERY_MS = 2_000;

const counting = operation(function* (root: TaskNode) {
  for (;;) {
    yield* sleep(EVERY_MS);
    globalThis.gc?.();
    process.send?.(count(tasksBelow([root]).length));
  }
});

function count(tasks: number): Count {
  const resources = process.getActiveResourcesInfo();
  const of = (name: string): number => resources.filter((resource) => resource === name).length;
  return {
    heapMiB: process.memoryUsage().heapUsed / 2 ** 20,
    tasks,
    timers: of("Timeout"),
    sockets: of("TCPSocketWrap"),
    listeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
  };
}

await run(function* () {
  const config = readConfig(process.env);
  const root = runningTask();
  if (root !== null) yield* spawn(counting(root), { name: "counting" });
  yield* webhookService(config, {
    stop: yield* useStopSignal(),
    log: createLog({ level: "warn", format: "text" }),
    *consume() {
      // There is a broker.
    },
    listening: (url) => process.send?.(url),
  });
});
process.disconnect();
