/**
 * Debug mode's eye on unwinding that lasts (C7): a generator that escaped its unwinding and cleanup that takes long
 * look the same from outside.
 */
import { whereabouts } from "./grace.js";
import { Timer } from "./timers.js";
import type { TaskNode } from "./tree.js";

/** How long unwinding may take before debug mode mentions it, in ms. */
const LONG_MS = 1_000;

/** Warns when a task still unwinds after a while; gives what takes that back. */
export function watchUnwinding(task: TaskNode): () => void {
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
