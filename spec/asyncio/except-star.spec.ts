import { describe, expect, it } from "@jest/globals";
import { except, ExceptionGroup, type ErrorFilter } from "coppice";
import { shapeOf } from "../support/story.js";
import { all, blocking, BlockingError, os, OsError, played, raise, range, type } from "./os-errors.js";

/** What the handlers were given, then what was thrown on. */
function handled(error: unknown, ...filters: readonly ErrorFilter[]): string {
  const given: string[] = [];
  return played(
    given,
    error,
    ...filters.map((filter) => [filter, (group: unknown) => given.push(shapeOf(group))] as const),
  );
}

describe("except*: who gets what", () => {
  const group = (...errors: unknown[]) => new ExceptionGroup(errors, "eg");
  it.each<[string, unknown, readonly ErrorFilter[], string]>([
    ["nothing matches: thrown on as it was", group(type, range), [SyntaxError], "! [t r]"],
    ["all of it matches", group(type, type), [TypeError], "[t t]"],
    ["part of it matches, the rest is thrown on", group(type, os, range), [OsError], "[os], ! [t r]"],
    [
      "nested: both halves keep their levels",
      group(type, os, group(os, type, range)),
      [TypeError],
      "[t [t]], ! [os [os r]]",
    ],
    [
      "several classes in one clause",
      group(type, os, group(os, type, range)),
      [[TypeError, RangeError]],
      "[t [t r]], ! [os [os]]",
    ],
    [
      "groups that would be empty are dropped",
      group(group(type), group(type, range), group(range)),
      [RangeError],
      "[[r] [r]], ! [[t] [t]]",
    ],
    ["groups of one are kept", group(group(group(type), group(range))), [RangeError], "[[[r]]], ! [[[t]]]"],
    ["a plain error is given as a group of one", type, [TypeError], "[t]"],
    ["a plain error, by a class above its own", type, [Error], "[t]"],
    ["a group is not wrapped once more", group(type), [Error], "[t]"],
    ["a plain error that nobody takes is thrown plain", type, [RangeError], "! t"],
    ["subclasses are matched by their superclass", group(blocking, type), [OsError], "[io], ! [t]"],
    [
      "the special one first, then the general one",
      group(os, blocking),
      [BlockingError, OsError],
      "[io], [os]",
    ],
    ["the first clause that matches wins", group(blocking), [OsError, BlockingError], "[io]"],
    ["a clause whose errors are taken already is not run", group(type), [TypeError, TypeError], "[t]"],
    [
      "clauses are run in their order, not in that of the errors",
      group(type, range),
      [RangeError, TypeError],
      "[r], [t]",
    ],
    ["without clauses all is thrown on", group(type), [], "! [t]"],
    ["a predicate", group(type, range), [(error) => error === range], "[r], ! [t]"],
    ["an AggregateError from elsewhere", new AggregateError([type, range]), [TypeError], "[t], ! [r]"],
    ["what is no error at all", "text", [TypeError], "! text"],
  ])("%s", (_, error, filters, told) => {
    expect(handled(error, ...filters)).toBe(told);
  });

  it("what nobody took is the very error that was given", () => {
    expect(() => except(all, [SyntaxError, raise("never")])).toThrow(all);
    expect(() => except(type, [SyntaxError, raise("never")])).toThrow(type);
  });
});

describe("except*: misuse", () => {
  it.each<[string, unknown, string]>([
    ["the class of groups", ExceptionGroup, "GROUP_CLAUSE"],
    ["the class of groups among others", [TypeError, ExceptionGroup], "GROUP_CLAUSE"],
    ["AggregateError", AggregateError, "GROUP_CLAUSE"],
    ["a number", 42, "FILTER"],
    ["a number among classes", [TypeError, 42], "FILTER"],
    ["no filter", undefined, "FILTER"],
  ])("%s is refused as a filter", (_, filter, code) => {
    expect(played([], all, [filter as ErrorFilter, () => undefined])).toBe(`! ${code}`);
  });

  it("a clause without a handler is refused", () => {
    expect(played([], all, [TypeError] as never)).toBe("! CLAUSE");
  });

  it("a handler that waits but is no function* is refused", () => {
    expect(played([], type, [TypeError, () => Promise.resolve()])).toBe("! HANDLER");
  });
});
