import { describe, expect, it } from "@jest/globals";
import { all, checkpoint, operation, scoped, sleep, spawn, suspend, timeout, type Operation } from "coppice";
import { endOf, leftIn, NOTHING } from "../support/ways-to-cancel.js";
import { simulate, world } from "../support/virtual.js";

const MILLION = 1_000_000;

/** Calls itself until the depth is reached, and counts how often it cleans up on the way back. */
const descend = operation(function* (
  depth: number,
  count: { cleaned: number },
  bottom: () => Operation<number>,
): Operation<number> {
  try {
    if (depth === 0) return yield* bottom();
    return (yield* descend(depth - 1, count, bottom)) + 1;
  } finally {
    count.cleaned++;
  }
});

describe("a million calls of operation()", () => {
  it("S7 run to completion", async () => {
    const count = { cleaned: 0 };
    const value = await simulate(
      descend(MILLION, count, function* () {
        yield* sleep(1);
        return 0;
      }),
    );
    expect(value).toBe(MILLION);
    expect(count.cleaned).toBe(MILLION + 1);
  }, 30_000);

  it("S7 are all unwound when cancelled at the bottom", async () => {
    const { scheduler, run } = world();
    const count = { cleaned: 0 };
    const task = run(descend(MILLION, count, suspend));
    await task.cancel();
    expect(count.cleaned).toBe(MILLION + 1);
    expect(task.state).toBe("cancelled");
    expect(leftIn(scheduler)).toEqual(NOTHING);
  }, 120_000);

  it("S7 pass an error on to the top", async () => {
    const count = { cleaned: 0 };
    const error = new Error("at the bottom");
    const task = simulate(
      descend(MILLION, count, function* () {
        yield* sleep(1);
        throw error;
      }),
    );
    await expect(task).rejects.toBe(error);
    expect(count.cleaned).toBe(MILLION + 1);
  }, 30_000);
});

describe("resuming", () => {
  it("S7 costs the same at any depth", async () => {
    // Were each resumption in proportion to the depth, these would be ten thousand million steps.
    const value = await simulate(
      descend(100_000, { cleaned: 0 }, function* () {
        for (let i = 0; i < 100_000; i++) yield* checkpoint();
        return 0;
      }),
    );
    expect(value).toBe(100_000);
  });
});

describe("boundaries of other kinds", () => {
  it("S7 nest by the ten thousand", async () => {
    const nest = (depth: number): Operation<number> =>
      operation(function* (): Operation<number> {
        if (depth === 0) return yield* suspend();
        return yield* depth % 2 === 0 ? scoped(nest(depth - 1)) : timeout(1_000_000 + depth, nest(depth - 1));
      })();
    const task = simulate(nest(10_000));
    await task.cancel();
    expect(task.state).toBe("cancelled");
  });

  it("S7 nest as tasks, a hundred thousand deep, and are cancelled from the top", async () => {
    const { scheduler, run } = world();
    const depth = 100_000;
    let cleaned = 0;
    const parent = (left: number): Operation<void> =>
      operation(function* () {
        try {
          if (left > 0) yield* spawn(parent(left - 1));
          yield* suspend();
        } finally {
          cleaned++;
        }
      })();
    const task = run(parent(depth));
    await sleepOn(run);
    await task.cancel();
    expect(cleaned).toBe(depth + 1);
    expect(leftIn(scheduler)).toEqual(NOTHING);
  }, 30_000);

  it("S7 pass a failure up through a hundred thousand tasks", async () => {
    const parent = (left: number): Operation<void> =>
      operation(function* () {
        if (left === 0) throw new Error("in the last one");
        yield* all([parent(left - 1)]);
      })();
    expect((await endOf(simulate(parent(30_000)))).ended).toBe("in the last one");
  }, 30_000);
});

/** Waits until all of a large tree has come to wait. */
function sleepOn(run: (op: Operation<void>) => PromiseLike<void>): PromiseLike<void> {
  return run(sleep(1));
}
