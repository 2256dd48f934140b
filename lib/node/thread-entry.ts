/** The thread's side of `toThread`: imports the user's module, calls the function, and passes a cancellation on. */
import { threadId } from "node:worker_threads";
import { misuse, show } from "../errors/index.js";
import { isOperationFunction, run, type Operation } from "../kernel/index.js";
import { FAILURE, type Cancelled, type Failed, type ThreadCall } from "./thread-call.js";
import { recordError, reviveError } from "./thread-errors.js";

/** Called by the pool, by the name of the export. */
export async function callInThread({ module, name, args, port }: ThreadCall): Promise<unknown> {
  const controller = new AbortController();
  port.on("message", ({ reason }: Cancelled) => {
    controller.abort(reviveError(reason));
  });
  port.postMessage({ threadId });
  try {
    return await perform(await functionOf(module, name), args, controller.signal);
  } catch (error) {
    const isEcho = controller.signal.aborted && error === controller.signal.reason;
    return { [FAILURE]: recordError(error), isEcho } satisfies Failed;
  } finally {
    port.close();
  }
}

type AnyFunction = (...args: readonly unknown[]) => unknown;

async function functionOf(module: string, name: string): Promise<AnyFunction> {
  const exports = (await import(module)) as Record<string, unknown>;
  const fn = exports[name];
  if (typeof fn === "function") return fn as AnyFunction;
  throw misuse(
    "THREAD_FUNCTION",
    `toThread() found no function "${name}" in ${module}, but ${show(fn)}. Export a function of that name.`,
  );
}

async function perform(fn: AnyFunction, args: readonly unknown[], signal: AbortSignal): Promise<unknown> {
  if (!isOperationFunction(fn)) return await fn(...args, { signal });
  // What makes operations, as far as can be told, makes one.
  return await run(() => fn(...args) as Operation<unknown>, { signal, name: fn.name });
}
