/** An iterable that is no operation, for its iterator gives something other than results. */
import { describe, expect, it } from "@jest/globals";
import { ensure, operation, run, scoped, sleep, spawn, suspend, type Operation } from "coppice";
import { textOf } from "../support/failure.js";
import { endOf } from "../support/ways-to-cancel.js";
import { simulate, world } from "../support/virtual.js";

const never = new Promise<never>(() => undefined);

/** @param next - what its iterator does */
const byHand = (next: () => unknown): Operation<void> =>
  ({ [Symbol.iterator]: () => ({ next }) }) as unknown as Operation<void>;

const asynchronous = {
  async *[Symbol.iterator]() {
    await never;
    yield 1;
  },
} as unknown as Operation<void>;

const mistakes: [string, Operation<void>, string][] = [
  ["an async generator", asynchronous, "a Promise"],
  ["one whose next() is async", byHand(async () => await never), "a Promise"],
  ["one whose next() gives a function", byHand(() => () => 1), "a function"],
  ["one whose next() gives no `done`", byHand(() => ({ value: 1 })), "an object of class Object"],
];
const said = (given: string, task = "main"): string =>
  `Task "${task}" ran an iterator that gave ${given}. Write a function*.`;

describe.each(mistakes)("E5 an iterable with %s for its iterator", (_, op, given) => {
  const forms: [string, () => Operation<void>][] = [
    ["performed", () => op],
    ["in a scope", () => scoped(op)],
    ["called", () => operation(() => op)()],
  ];

  it.each(forms)("E5 fails its task at once: %s", async (_form, form) => {
    const task = simulate(
      function* () {
        yield* form();
      },
      { name: "main" },
    );
    expect(await task.then(() => "", textOf)).toContain(said(given));
  });

  it("C3 runs what there is to clean up in the boundary, and its children's", async () => {
    const log: string[] = [];
    const task = simulate(
      function* () {
        yield* ensure(() => sleep(1));
        yield* ensure(() => log.push("undone"));
        yield* spawn(function* () {
          try {
            yield* suspend();
          } finally {
            log.push("child gone");
          }
        });
        yield* sleep(1);
        yield* op;
      },
      { name: "main" },
    );
    expect(await task.then(() => "", textOf)).toContain(said(given));
    expect(log).toEqual(["child gone", "undone"]);
  });

  it("C5 is told of a cleanup as well, and the cancel ends", async () => {
    const { run } = world();
    const task = run(
      function* () {
        try {
          yield* suspend();
        } finally {
          yield* op;
        }
      },
      { name: "main" },
    );
    const { error } = await endOf(task.cancel());
    expect(textOf(error)).toContain(said(given));
  });
});

it("E5 an iterator that gives a number and no result is refused where it is run itself", async () => {
  const text = await run(
    byHand(() => 5),
    { name: "main" },
  ).then(() => "", textOf);
  expect(text).toBe(`TypeError COPPICE_NOT_AN_OPERATION: ${said("the number 5")}`);
});

it("C3 finally blocks run where the iterator lets them, and may wait", async () => {
  const log: string[] = [];
  const task = simulate(
    function* () {
      try {
        yield* byHand(async () => await never);
      } catch {
        log.push("CAUGHT");
      } finally {
        yield* sleep(1);
        log.push("cleaned up");
      }
    },
    { name: "main" },
  );
  expect(await task.then(() => "", textOf)).toBe(`TypeError COPPICE_NOT_AN_OPERATION: ${said("a Promise")}`);
  expect(log).toEqual(["cleaned up"]);
});
