import { availableParallelism } from "node:os";
import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import type { Transferable } from "node:worker_threads";
import { misuse, show } from "../errors/index.js";
import {
  checkCount,
  checkDuration,
  checkName,
  checkOptions,
  operation,
  waiting,
  type Operation,
} from "../kernel/index.js";
import type { ErrorClasses } from "./thread-errors.js";
import { poolOf } from "./thread-pool.js";
import { Threaded } from "./threaded.js";

/** How to call into another thread. */
export interface ThreadOptions {
  /** What of the arguments is moved to the thread instead of being copied. */
  readonly transfer?: readonly Transferable[];
  /** How many threads the pool has; as many as the machine has cores when left out. Equal numbers share a pool. */
  readonly concurrency?: number;
  /** How long a cancelled function may take to end before its thread is terminated, in ms; 1 s when left out. */
  readonly grace?: number;
  /** Classes of errors that the function throws, to be thrown here as such; built-in ones and ours are known. */
  readonly errors?: ErrorClasses;
}

const GRACE_MS = 1_000;

/**
 * Calls an exported function of a module in a thread of a pool: for work that keeps the processor busy. Arguments and
 * result are copied (structured clone), or moved with `transfer`.
 *
 * The function is called with the arguments and then `{ signal }`, as functions made by `toAsync` take it; a
 * `function*`, or one made by `operation`, is run in the thread and cancelled there. The package piscina makes the pool.
 *
 * Waits:   for a free thread, first come, first served; until the function has ended.
 * Cancel:  tells the thread, which aborts the signal; when the function has not ended after its grace, the thread is
 *          terminated. Returns when nothing of it runs any more.
 * Throws:  what the function throws, with its class, message, stack, cause and properties.
 * Model:   asyncio.to_thread, and a process pool's initialiser by name.
 * Pitfall: a function that computes without pause cannot hear of the cancellation: it is terminated.
 *
 * @param module - a URL, such as `new URL("./resize.js", import.meta.url)`, or an absolute path
 * @param name - the name of the export
 * @param args - what it is called with
 * @example const small = yield* toThread<Uint8Array>(new URL("./resize.js", import.meta.url), "resize", [image, 200]);
 */
export function toThread<T>(
  module: URL | string,
  name: string,
  args: readonly unknown[] = [],
  options: ThreadOptions = {},
): Operation<T> {
  checkOptions("toThread()", ["transfer", "concurrency", "grace", "errors"], options);
  const { concurrency = availableParallelism(), grace = GRACE_MS } = options;
  checkCount("toThread()", "concurrency", 1, concurrency);
  checkDuration("toThread", "grace", grace);
  if (!Array.isArray(args)) {
    throw misuse(
      "THREAD_ARGUMENTS",
      `toThread() needs a list of arguments, got ${show(args)}. Write [a, b].`,
    );
  }
  const pool = poolOf(concurrency);
  checkName("toThread()", "name", name);
  const { transfer = [], errors = [] } = options;
  const plan = { module: addressOf(module), name, args, transfer, graceMs: grace, errors };
  const perform = (): Operation<unknown> => pool.threads.with(waiting(() => new Threaded(pool, plan)));
  Object.defineProperty(perform, "name", { value: name });
  // What the thread gives back is what the caller says it is: its types are another module's.
  return operation(perform)() as Operation<T>;
}

function addressOf(module: unknown): string {
  if (module instanceof URL) return module.href;
  if (typeof module === "string") {
    if (module.startsWith("file:")) return module;
    if (isAbsolute(module)) return pathToFileURL(module).href;
  }
  const text = `toThread() needs the module's URL or absolute path, got ${show(module)}. Write new URL("./work.js", import.meta.url).`;
  throw misuse("THREAD_MODULE", text);
}
