import {
  CONTAINED,
  boundaryOf,
  checkOptions,
  instantly,
  nodeOf,
  runOn,
  currentScheduler,
  Scope,
  type Cancellation,
  type Frame,
  type Operation,
} from "../kernel/index.js";
import { suspend } from "./suspend.js";

const scope = instantly((task) => new Scope(boundaryOf(task).needScope()));

/**
 * Gives the scope of the current boundary, to spawn into from callbacks or to cancel.
 *
 * Waits:   never.
 * Model:   Effection useScope.
 *
 * @example const scope = yield* useScope(); emitter.on("job", (job) => void scope.run(handle(job)));
 */
export function useScope(): Operation<Scope> {
  return scope;
}

/**
 * Makes a scope outside of any operation, for frameworks: run operations in it from callbacks, and cancel them all
 * with it. A child's failure cancels it (E1).
 *
 * @returns the scope; end it with `await scope.cancel()` or `await using`
 * @example await using scope = createScope(); await scope.run(handle(request));
 */
export function createScope(options: { readonly name?: string } = {}): Scope {
  checkOptions("createScope()", ["name"], options);
  const name = options.name ?? "scope";
  const root = nodeOf(runOn(currentScheduler(), suspend(), { name }));
  // Nobody gets what this boundary throws: each child reports a failure that nobody has seen (E4).
  root.mark(CONTAINED);
  return new Scope(root.root.needScope(), false);
}

const why = instantly((task) => cancellationOf(boundaryOf(task)));

/**
 * Tells why the current boundary is being cancelled, or gives `undefined`: for cleanup that depends on it.
 *
 * Waits:   never.
 *
 * @example try { yield* work(); } finally { const why = yield* cancellation(); if (why) yield* rollback(why.reason); }
 */
export function cancellation(): Operation<Cancellation | undefined> {
  return why;
}

function cancellationOf(frame: Frame): Cancellation | undefined {
  for (let f: Frame | null = frame; f !== null; f = f.parent) {
    if (f.cancellation !== null) return f.cancellation;
    if (f.kind?.shields === true) return undefined;
  }
  return undefined;
}
