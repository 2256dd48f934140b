import { describe, expect, it } from "@jest/globals";
import { attempt, except, ExceptionGroup, operation, sleep, type Clause } from "coppice";
import { shapeOf, stories } from "../support/story.js";
import { all, blocking, BlockingError, os, OsError, played, raise, range, type } from "./os-errors.js";

const rethrow = (group: unknown): never => {
  throw group;
};
describe("except*: handlers that throw on", () => {
  it.each<[string, unknown, readonly Clause<unknown>[], string]>([
    [
      "all handlers throw their parts on: together with the rest they are the whole again",
      all,
      [
        [TypeError, rethrow],
        [RangeError, rethrow],
      ],
      "! [t r os]",
    ],
    [
      "one throws on, one handles",
      all,
      [
        [TypeError, rethrow],
        [RangeError, () => undefined],
      ],
      "! [t os]",
    ],
    [
      "a part of its part",
      new ExceptionGroup([type, range]),
      [[Error, (g) => rethrow((g as ExceptionGroup).subgroup(RangeError))]],
      "! [r]",
    ],
    [
      "a plain error, thrown on by its handler, stays the group that the handler had",
      type,
      [[TypeError, rethrow]],
      "! [t]",
    ],
  ])("%s", (_, error, clauses, told) => {
    expect(played([], error, ...clauses)).toBe(told);
  });

  it("thrown on in full, it has message and levels of the original", () => {
    const deep = new ExceptionGroup([new ExceptionGroup([type], "inner"), range], "outer");
    const thrown = played([], deep, [TypeError, rethrow]);
    expect(thrown).toBe("! [[t] r]");
  });
});

describe("except*: handlers that throw something new", () => {
  const group = new ExceptionGroup([range, os], "eg");
  it.each<[string, unknown, readonly Clause<unknown>[], string]>([
    [
      "comes first, and what nobody took as a group beside it",
      group,
      [[OsError, raise("new")]],
      "! [new [r]]",
    ],
    ["alone when nothing else is left", group, [[[OsError, RangeError], raise("new")]], "! new"],
    [
      "two of them, in order",
      group,
      [
        [OsError, raise("first")],
        [RangeError, raise("second")],
      ],
      "! [first second]",
    ],
    [
      "beside one that is thrown on",
      all,
      [
        [TypeError, raise("new")],
        [RangeError, rethrow],
      ],
      "! [new [r os]]",
    ],
    ["for a plain error", type, [[TypeError, raise("new")]], "! new"],
    [
      "a new group stays a group of its own",
      group,
      [[OsError, () => rethrow(new ExceptionGroup([type, type]))]],
      "! [[t t] [r]]",
    ],
  ])("%s", (_, error, clauses, told) => {
    expect(played([], error, ...clauses)).toBe(told);
  });

  it("a cause that the handler names is kept", () => {
    const clause: Clause<unknown> = [
      OsError,
      (part) => {
        throw new Error("new", { cause: part });
      },
    ];
    const thrown = (() => {
      try {
        except(new ExceptionGroup([os]), clause as Clause<never>);
      } catch (error) {
        return error as Error;
      }
      return undefined;
    })();
    expect(shapeOf(thrown?.cause)).toBe("[os]");
  });

  it("a handler that throws does not keep the later ones from theirs", () => {
    const log: string[] = [];
    played(log, group, [OsError, raise("new")], [RangeError, () => log.push("second")]);
    expect(log).toEqual(["second", "! new"]);
  });
});

describe("except*: errors that are strange", () => {
  const once = new TypeError("same");
  const frozen = Object.freeze(new TypeError("frozen"));
  const lying = Object.assign(new TypeError("lying"), { equals: () => true, valueOf: () => 0 });
  it.each<[string, readonly unknown[], string]>([
    ["the same error twice is thrown on twice", [once, range, once], "! [same r same]"],
    ["frozen ones", [frozen, range], "! [frozen r]"],
    ["ones that say they equal everything", [lying, new TypeError("other"), range], "! [lying other r]"],
    ["a group that holds the same group twice", [new ExceptionGroup([once]), range], "! [[same] r]"],
  ])("%s", (_, errors, told) => {
    const parts = new ExceptionGroup(errors, "eg");
    expect(played([], parts, [TypeError, rethrow])).toBe(told);
  });

  it("a getter that throws is nobody's trouble", () => {
    const hostile = new Proxy(new Error("hidden"), {
      get: () => {
        throw new Error("hostile");
      },
    });
    const taken: unknown[] = [];
    const parts = new ExceptionGroup([hostile, type], "eg");
    expect(() => except(parts, [TypeError, (group) => taken.push(...group.errors)])).toThrow(ExceptionGroup);
    expect(taken).toEqual([type]);
  });
});

describe("except*: inside operations", () => {
  stories([
    [
      "handlers that wait are run one after the other",
      function* (note) {
        yield* except(
          all,
          [
            TypeError,
            function* () {
              yield* sleep(5);
              note("type");
            },
          ],
          [
            RangeError,
            function* () {
              yield* sleep(5);
              note("range");
            },
          ],
          [OsError, () => note("os")],
        );
      },
      "type@5, range@10, os@10",
    ],
    [
      "one inside the handler of another",
      function* (note) {
        const inner = operation(function* inner(group: unknown) {
          yield* except(new ExceptionGroup([range]), [RangeError, () => note("inner")]);
          note(shapeOf(group));
        });
        yield* except(new ExceptionGroup([blocking]), [BlockingError, inner]);
      },
      "inner, [io]",
    ],
    [
      "in a loop, with continue and break of the loop",
      function* (note) {
        for (let i = 0; i < 5; i++) {
          const ended = yield* attempt(sleep(1));
          if (!ended.ok || i === 1) continue;
          if (i === 3) break;
          except(type, [TypeError, () => note(i)]);
        }
      },
      "0@1, 2@3",
    ],
    [
      "what handlers that wait throw comes with the rest",
      function* () {
        yield* except(all, [
          TypeError,
          function* () {
            yield* sleep(1);
            throw new Error("new");
          },
        ]);
      },
      "! [new [r os]]",
    ],
  ]);
});
