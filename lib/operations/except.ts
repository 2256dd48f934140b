/**
 * PEP 654's `except*` as a function.
 *
 * P1 Each handler is run at most once, with all that is left of the error and matches, as one group.
 * P2 Each single error goes to the first handler that matches it, and to no other.
 * P3 What handlers throw comes together with what nobody took. A handler that throws its own group, or a part of it,
 *    has not taken that: it goes back to where it stood in the original error.
 * P4 A plain error is matched too; when nobody takes it, it is thrown plain.
 */
import { isErrorClass, matcherOf, misuse, show, type ErrorClass, type ErrorFilter } from "../errors/index.js";
import {
  instantly,
  isOperationFunction,
  operation,
  perform,
  TaskNode,
  type Operation,
} from "../kernel/index.js";
import type { GroupOf } from "../errors/index.js";
import { Handling, type Case } from "./except-parts.js";

/** What is done with the part of an error that matches: a plain function, or a `function*`. */
export type Handler<E> = (group: GroupOf<E>) => unknown;

/** What matches, and what is done with it. */
export type Clause<E> = readonly [
  filter: ErrorClass<E> | readonly ErrorClass<E>[] | ((error: unknown) => boolean),
  handle: Handler<E>,
];

/**
 * Handles the kinds of errors in a group each on its own: every handler is given its part as one group, and what nobody
 * took is thrown again with its structure kept. A plain error is handled like a group of one, and thrown plain when
 * nobody takes it. With plain functions it acts in the call; with a `function*` or an `operation()` among the handlers
 * nothing happens until it is performed with `yield*`, and they run one after the other.
 *
 * Throws:  what nobody took; what handlers throw, in a group when that is more than one error; TypeError for a handler
 *          that waits but is no `function*`, for a filter that is none, and for groups as a filter.
 * Model:   Python's except*.
 *
 * @param clauses - `[filter, handler]`: a class of errors, a list of classes or a predicate, and what to do
 * @returns an operation that performs the handlers, where they are operations; otherwise there is nothing left to do
 * @example
 * catch (error) {
 *   yield* except(
 *     error,
 *     [HttpError, function* (group) { yield* report(group); }],
 *     [TimeoutError, () => metrics.timeouts++],
 *   );
 * }
 */
export function except<const Es extends readonly unknown[]>(
  error: unknown,
  ...clauses: { readonly [I in keyof Es]: Clause<Es[I]> }
): Operation<void>;
export function except(error: unknown, ...clauses: readonly Clause<unknown>[]): Operation<void> {
  const cases = clauses.map(toCase);
  if (cases.some(({ handle }) => isOperationFunction(handle))) return exceptWaiting(error, cases);
  const handling = new Handling(error);
  for (const { handle, group } of handling.parts(cases)) {
    let made: unknown;
    try {
      made = handle(group);
    } catch (thrown) {
      handling.threw(thrown, group);
    }
    refuseUnperformed(made, error);
  }
  handling.finish();
  return nothingLeft;
}

const nothingLeft: Operation<void> = instantly(() => undefined);

const exceptWaiting = operation(function* except(error: unknown, cases: readonly Case[]) {
  const handling = new Handling(error);
  for (const { handle, group } of handling.parts(cases)) {
    try {
      const made = handle(group);
      if (isOperation(made)) yield* perform(made);
      else refuseUnperformed(made, error);
    } catch (thrown) {
      handling.threw(thrown, group);
    }
  }
  handling.finish();
});

function toCase(clause: Clause<unknown>): Case {
  // Typed loosely for callers without types.
  if (!Array.isArray(clause) || typeof (clause[1] as unknown) !== "function") {
    throw misuse(
      "CLAUSE",
      `except() needs pairs of a filter and a handler, got ${show(clause)}. Write [HttpError, (group) => …].`,
    );
  }
  const [filter, handle] = clause as Clause<unknown>;
  for (const one of Array.isArray(filter) ? (filter as readonly ErrorFilter[]) : [filter]) refuseGroups(one);
  return { matches: matcherOf("except", filter), handle: handle };
}

/** Which part of a group would be a group? As in Python, that question is refused. */
function refuseGroups(filter: ErrorFilter): void {
  if (!isErrorClass(filter)) return;
  if (filter !== AggregateError && !(filter.prototype instanceof AggregateError)) return;
  throw misuse(
    "GROUP_CLAUSE",
    `except() looks for single errors in groups, so ${filter.name} cannot be what matches. Name the classes of single errors.`,
  );
}

/** Other iterables, such as a Set, and tasks, which run by themselves, are results like any other. */
function isOperation(made: unknown): made is Operation<unknown> {
  if (typeof made !== "object" || made === null || made instanceof TaskNode) return false;
  if (Object.prototype.toString.call(made) === "[object Generator]") return true;
  return Symbol.iterator in made && "then" in made;
}

/** A plain handler whose result waits to be performed would do nothing, in silence. */
function refuseUnperformed(made: unknown, cause: unknown): void {
  const isPromise = made instanceof Promise;
  if (!isPromise && !isOperation(made)) return;
  const hint = isPromise ? "Write a function* and until(promise)." : "Write function* (group) { yield* … }.";
  const error = misuse(
    "HANDLER",
    `A handler of except() returned ${show(made)}, which nobody would perform. ${hint}`,
  );
  throw Object.assign(error, { cause });
}
