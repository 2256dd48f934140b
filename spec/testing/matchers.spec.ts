import { beforeAll, describe, expect, it } from "@jest/globals";
import { run, sleep, spawn, suspend, taskGroup } from "coppice";
import { matchers, testOperation } from "coppice/testing";
import { simulate } from "../support/virtual.js";

beforeAll(() => {
  expect.extend(matchers);
});

const failing = function* (error: unknown): Generator<never, void> {
  yield* sleep(1) as Iterable<never>;
  throw error;
};

describe("toHaveBeenCancelled", () => {
  it("passes for a task that was cancelled, and for its error", async () => {
    const task = run(suspend());
    await task.cancel("enough");
    expect(task).toHaveBeenCancelled();
    expect(task).toHaveBeenCancelled("enough");
    await expect(task).rejects.toHaveBeenCancelled();
  });

  it("fails for one that runs, has completed or has failed, and says which", async () => {
    const running = run(suspend());
    expect(() => expect(running).toHaveBeenCancelled()).toThrow("has not ended");
    await running.cancel();
    const done = run(sleep(0), { name: "done" });
    await done;
    expect(done).not.toHaveBeenCancelled();
    expect(() => expect(done).toHaveBeenCancelled()).toThrow(
      'Expected task "done" to have been cancelled, but it completed.',
    );
    const failed = run(() => failing(new Error("boom")));
    await failed.catch(() => undefined);
    expect(() => expect(failed).toHaveBeenCancelled()).toThrow("but it failed");
    expect(() => expect(7).toHaveBeenCancelled()).toThrow("is no task");
  });

  it("tells reasons apart", async () => {
    const task = run(suspend());
    await task.cancel("one");
    expect(() => expect(task).toHaveBeenCancelled("other")).toThrow('its reason was the string "one"');
  });
});

describe("toFailWithGroup", () => {
  const group = taskGroup(function* (tasks) {
    tasks.spawn(() => failing(new RangeError("far")));
    tasks.spawn(() => failing(new TypeError("odd")));
    yield* sleep(0);
  });

  it("passes for a group of exactly these errors, in any order", async () => {
    await expect(simulate(group)).toFailWithGroup([TypeError, RangeError]);
    await expect(simulate(group)).rejects.toFailWithGroup([RangeError, /od/]);
    await expect(simulate(group)).rejects.toFailWithGroup(["far", expect.any(TypeError)]);
  });

  it("takes nested lists for nested groups", async () => {
    const nested = taskGroup(function* (tasks) {
      tasks.spawn(group);
      yield* sleep(0);
    });
    await expect(simulate(nested)).toFailWithGroup([[TypeError, RangeError]]);
    await expect(simulate(nested)).rejects.not.toFailWithGroup([TypeError, RangeError]);
  });

  it("takes functions that throw", () => {
    expect(() => {
      throw new AggregateError([new TypeError("odd")]);
    }).toFailWithGroup([TypeError]);
  });

  it("fails for fewer, more or other errors, and says what there was", async () => {
    const rejects = (expected: readonly (new () => Error)[]): Promise<unknown> =>
      expect(simulate(group))
        .toFailWithGroup(expected)
        .then(
          () => "passed",
          (error: unknown) => (error as Error).message,
        );
    expect(await rejects([TypeError])).toBe(
      'Expected a failure with a group of [TypeError], got [RangeError "far", TypeError "odd"].',
    );
    expect(await rejects([TypeError, TypeError])).toContain("got");
    expect(await rejects([TypeError, RangeError, Error])).toContain("got");
    await expect(simulate(sleep(1))).not.toFailWithGroup([Error]);
    expect(() => expect(new Error("plain")).toFailWithGroup([Error])).toThrow('got Error "plain"');
  });
});

describe("testOperation", () => {
  it(
    "runs an operation in virtual time",
    testOperation(function* (clock) {
      const task = yield* spawn(sleep(10_000));
      yield* task;
      expect(clock.now).toBe(10_000);
    }),
  );

  it("makes a function without parameters that returns a promise of nothing", async () => {
    const test = testOperation(sleep(5));
    expect(test).toHaveLength(0);
    await expect(test()).resolves.toBeUndefined();
  });

  it("makes a test that fails as the operation does", async () => {
    await expect(testOperation(() => failing(new RangeError("far")))()).rejects.toThrow("far");
  });

  it("refuses what is no operation where the test is written", () => {
    expect(() => testOperation(Promise.resolve() as never)).toThrow("testOperation() needs an operation");
  });
});
