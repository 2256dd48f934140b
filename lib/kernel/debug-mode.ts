/** Debug mode: looks for code that is legal and probably wrong, and keeps the lines that errors have passed. */
import { install } from "./debugging.js";
import { whereabouts } from "./grace.js";
import { trailOf, type Trail } from "./probe.js";
import { Timer } from "./timers.js";
import type { Frame, TaskNode } from "./tree.js";

/** How long unwinding may take before it is mentioned, in ms. */
const LONG_MS = 1_000;

/** Makes debug mode available to the hosts that ask for it. */
export function installDebugMode(): void {
  install({ lineOf, delegated, unwinding });
}

function lineOf({ driver }: Frame): string | undefined {
  if (driver === null) return undefined;
  try {
    return trailOf(driver).at.at(-1);
  } catch {
    // A foreign iterator that cannot be probed has no position to tell.
    return undefined;
  }
}

function delegated(task: TaskNode, { at }: Trail): void {
  task.scheduler.host.warn(
    `Task "${task.name}" waits in the finally block of a delegated function* (${at.at(-1) ?? "no position"}) while it is cancelled: ` +
      "what follows in that block will not run. Put several steps of cleanup into one operation(), or use ensure().",
  );
}

/** A generator that escaped its unwinding and cleanup that takes long look the same from outside (C7). */
function unwinding(task: TaskNode): () => void {
  const { scheduler } = task;
  const timer = new Timer(scheduler.host.now() + LONG_MS, true, {
    timeIsUp: () => {
      scheduler.host.warn(
        `Task "${task.name}" has been cleaning up for ${LONG_MS} ms since it was cancelled${whereabouts(task)}. ` +
          "If that is no cleanup, a `finally` or a `catch` around one went on: cancel with a grace to end it.",
      );
    },
  });
  scheduler.addTimer(timer);
  return () => {
    scheduler.removeTimer(timer);
  };
}
