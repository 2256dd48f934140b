/**
 * Several errors as one (E2, E3): PEP 654's exception group over JavaScript's AggregateError.
 * A group is never empty, and may hold groups. Splitting keeps the nesting, the message and the cause.
 */
import { misuse, show } from "./errors.js";

/** What a part of a group is chosen by: a class of errors, or a predicate. */
export type ErrorFilter = (abstract new (...args: never[]) => unknown) | ((error: unknown) => boolean);

/** Several errors that belong together. */
export class ExceptionGroup extends AggregateError {
  override readonly name: string = "ExceptionGroup";
  readonly code = "COPPICE_GROUP";
  declare errors: unknown[];

  /**
   * @param errors - one or more, in the order in which they occurred; groups among them stay groups
   * @throws RangeError when there are none: an empty group would be an error about nothing
   */
  constructor(errors: Iterable<unknown>, message?: string, options?: ErrorOptions) {
    const list = [...errors];
    if (list.length === 0) {
      throw misuse("EMPTY_GROUP", "new ExceptionGroup() needs at least one error, got none.", RangeError);
    }
    super(list, message ?? `${list.length} error${list.length === 1 ? "" : "s"}`, options);
  }

  /**
   * Makes a group like this one for other errors. Subclasses override it to keep their own class.
   *
   * @param errors - one or more
   */
  derive(errors: Iterable<unknown>): ExceptionGroup {
    return new ExceptionGroup(errors, this.message, "cause" in this ? { cause: this.cause } : undefined);
  }

  /**
   * Divides the group into what matches and the rest, both with this group's nesting, message and cause.
   * An empty half is `undefined`. A predicate is asked about groups as well as about single errors.
   *
   * @param filter - a class of errors or a predicate
   */
  split(filter: ErrorFilter): [matching: ExceptionGroup | undefined, rest: ExceptionGroup | undefined] {
    const matches = predicateOf(filter);
    if (matches(this)) return [this, undefined];
    const matching: unknown[] = [];
    const rest: unknown[] = [];
    for (const error of this.errors) {
      if (error instanceof ExceptionGroup) {
        const [inside, outside] = error.split(filter);
        if (inside) matching.push(inside);
        if (outside) rest.push(outside);
      } else {
        (matches(error) ? matching : rest).push(error);
      }
    }
    return [
      matching.length === 0 ? undefined : this.derive(matching),
      rest.length === 0
        ? undefined
        : rest.length === this.errors.length && matching.length === 0
          ? this
          : this.derive(rest),
    ];
  }
}

function predicateOf(filter: ErrorFilter): (error: unknown) => boolean {
  if (typeof filter !== "function") {
    throw misuse("FILTER", `split() needs a class of errors or a predicate, got ${show(filter)}.`);
  }
  // A class has a prototype object that is an error's, Object's or its own; an arrow predicate has none.
  return isErrorClass(filter) ? (error) => error instanceof filter : filter;
}

function isErrorClass(filter: ErrorFilter): filter is abstract new (...args: never[]) => unknown {
  const prototype: unknown = filter.prototype;
  if (typeof prototype !== "object" || prototype === null) return false;
  return prototype instanceof Error || prototype === Error.prototype || /^class\b/.test(String(filter));
}

/** What several errors become (E2): one stays as it is, several make a group. */
export function combine(errors: readonly unknown[]): unknown {
  return errors.length === 1 ? errors[0] : new ExceptionGroup(errors);
}
