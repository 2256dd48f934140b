/** Where debug mode looks on. It is installed by what only unbundled programs load, and is null elsewhere. */
import type { Trail } from "./probe.js";
import type { Frame, TaskNode } from "./tree.js";

/** Debug mode, as the kernel sees it. */
export interface Onlooker {
  /** Gives the line at which a frame's generator waits, when that is known. */
  lineOf(frame: Frame): string | undefined;
  /** Told of cleanup that waits in a delegated generator's `finally` block. */
  delegated(task: TaskNode, at: Trail): void;
  /** Told when a task first waits while it unwinds; what it gives is called when that is over. */
  unwinding(task: TaskNode): () => void;
}

let onlooker: Onlooker | null = null;

/** Installs debug mode, for hosts that ask for it. */
export function install(given: Onlooker): void {
  onlooker = given;
}

/** What looks on, in debug mode. */
export function onlookerOf({ scheduler }: TaskNode): Onlooker | null {
  return scheduler.host.isDebugging ? onlooker : null;
}
