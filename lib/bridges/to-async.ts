import { checkFunction, run, type Operation } from "../kernel/index.js";

/** What a function made with `toAsync` takes after its own arguments. */
export interface AsyncOptions {
  /** Cancels the operation when it is aborted; the promise then rejects with the signal's `reason`. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes of a function that describes an operation one that runs it and returns a promise, for programs that know only
 * promises. Each call is a root task of its own (as with `run`), and starts at once.
 *
 * Cancel:  by the `{ signal }` that may be passed after the arguments.
 * Throws:  TypeError when `fn` is no function, or an async one.
 * Pitfall: a last argument that is an object with `signal` as its only property is taken for these options, and not
 *          passed on.
 *
 * @param fn - a `function*`, or a function made with `operation`
 * @returns a function of the same parameters, and an optional `{ signal }` after them
 * @example
 * export const loadUser = toAsync(fetchUser);
 * const user = await loadUser("42", { signal: request.signal });
 */
export function toAsync<A extends readonly unknown[], T>(
  fn: (...args: A) => Operation<T>,
): (...args: A | [...A, AsyncOptions?]) => Promise<T> {
  checkFunction("toAsync", fn);
  const name = fn.name === "" ? "operation" : fn.name;
  // Async, so that misuse rejects as well; up to its first wait the operation runs inside the call all the same.
  const call = async (...given: readonly unknown[]): Promise<T> => {
    const { args, signal } = split(given);
    // What is left after the options are the function's own parameters.
    const op = (): Operation<T> => fn(...(args as unknown as A));
    return await run(op, signal === undefined ? { name } : { name, signal });
  };
  Object.defineProperty(call, "name", { value: name, configurable: true });
  return call;
}

function split(given: readonly unknown[]): { args: readonly unknown[]; signal: AbortSignal | undefined } {
  const last = given.at(-1);
  if (!isAsyncOptions(last)) return { args: given, signal: undefined };
  return { args: given.slice(0, -1), signal: last.signal };
}

function isAsyncOptions(value: unknown): value is AsyncOptions {
  if (typeof value !== "object" || value === null || !("signal" in value)) return false;
  const isSignal =
    value.signal === undefined ||
    (typeof value.signal === "object" && value.signal !== null && "aborted" in value.signal);
  return isSignal && Object.keys(value).length === 1;
}
