/** How parts of a group are chosen: by classes of errors, or by a predicate. */
import { misuse } from "./misuse.js";
import { show } from "./show.js";

/** A class of errors. */
export type ErrorClass<E = unknown> = abstract new (...args: never[]) => E;

/** What a part of a group is chosen by: a class of errors, several of them, or a predicate. */
export type ErrorFilter<E = unknown> =
  ErrorClass<E> | readonly ErrorClass<E>[] | ((error: unknown) => boolean);

/** Whether an error is chosen. */
export type Matches = (error: unknown) => boolean;

/**
 * Makes the test of a filter.
 *
 * @param caller - the public function, for messages
 * @throws TypeError when the filter is none
 */
export function matcherOf(caller: string, filter: ErrorFilter): Matches {
  if (typeof filter === "function") return isErrorClass(filter) ? instanceOf(filter) : predicate(filter);
  // Typed loosely for callers without types.
  if (!Array.isArray(filter) || filter.length === 0) refuse(caller, filter);
  const tests = filter.map((one: ErrorClass) => {
    if (typeof one !== "function") refuse(caller, one);
    return matcherOf(caller, one);
  });
  return (error) => tests.some((test) => test(error));
}

function refuse(caller: string, given: unknown): never {
  throw misuse(
    "FILTER",
    `${caller}() needs a class of errors, a list of classes or a predicate, got ${show(given)}.`,
  );
}

function instanceOf(Class: ErrorClass): Matches {
  return (error) => error instanceof Class;
}

function predicate(filter: Matches): Matches {
  return (error) => filter(error);
}

/** A class has an error's prototype, of whatever realm, or says that it is one; an arrow predicate has no prototype. */
export function isErrorClass(filter: ErrorFilter): filter is ErrorClass {
  if (typeof filter !== "function") return false;
  const prototype: unknown = filter.prototype;
  if (typeof prototype !== "object" || prototype === null) return false;
  return "message" in prototype || /^class\b/.test(Function.prototype.toString.call(filter));
}
