import { describe, expect, it } from "@jest/globals";
import { all, attempt, run, sleep, spawn, withResolvers } from "coppice";
import { answersSixQuestions, atOnce } from "../support/six-questions.js";
import { simulate, world } from "../support/virtual.js";

const lost = new Error("lost");

describe("withResolvers", () => {
  answersSixQuestions(
    () => {
      const { operation, resolve, reject } = withResolvers<string>();
      return {
        operation,
        complete: atOnce(() => resolve("value")),
        fail: atOnce(() => reject(lost)),
        left: () => 0,
      };
    },
    { value: "value", error: lost },
  );

  it("gives one value to all that wait, before and after it was settled", async () => {
    const { operation, resolve } = withResolvers<object>();
    const value = {};
    const values = await simulate(function* () {
      const early = yield* spawn(operation);
      yield* sleep(1);
      resolve(value);
      return [yield* early, yield* operation, yield* operation];
    });
    expect(values.every((given) => given === value)).toBe(true);
  });

  it("throws one error to all that wait, before and after it was settled", async () => {
    const { operation, reject } = withResolvers<string>();
    const outcomes = await simulate(function* () {
      const early = yield* spawn(attempt(operation));
      yield* sleep(1);
      reject(lost);
      return yield* all([early, attempt(operation)]);
    });
    expect(outcomes).toEqual([
      { ok: false, error: lost },
      { ok: false, error: lost },
    ]);
  });

  it.each([
    ["resolve, then resolve", ["resolve 1", "resolve 2"], { ok: true, value: 1 }],
    ["resolve, then reject", ["resolve 1", "reject"], { ok: true, value: 1 }],
    ["reject, then resolve", ["reject", "resolve 1"], { ok: false, error: lost }],
  ])("counts the first call only: %s", async (_, calls, outcome) => {
    const { operation, resolve, reject } = withResolvers<number>();
    for (const call of calls) {
      if (call === "reject") reject(lost);
      else resolve(Number(call.at(-1)));
    }
    expect(await simulate(attempt(operation))).toEqual(outcome);
  });

  it("wakes the waiting tasks within the call of a callback (S3), all of them before the first goes on", () => {
    const { run: start } = world();
    const { operation, resolve } = withResolvers<number>();
    const log: unknown[] = [];
    for (const name of ["a", "b"]) {
      void start(function* () {
        log.push([name, yield* operation]);
        resolve(99);
      });
    }
    resolve(1);
    log.push("resolved");
    expect(log).toEqual([["a", 1], ["b", 1], "resolved"]);
  });

  it("keeps no count of errors that nobody waits for", async () => {
    withResolvers().reject(lost);
    const value = await run(function* () {
      yield* sleep(0);
      return "nothing was reported";
    });
    expect(value).toBe("nothing was reported");
  });

  it("E5 refuses await, and misspelt options", async () => {
    const { operation } = withResolvers();
    await expect((async () => await (operation as unknown as PromiseLike<void>))()).rejects.toMatchObject({
      code: "COPPICE_AWAITED",
    });
    // @ts-expect-error no such option
    expect(() => withResolvers({ title: "x" })).toThrow('withResolvers() has no option "title".');
  });
});
