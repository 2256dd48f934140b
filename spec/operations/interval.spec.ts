import { describe, expect, it } from "@jest/globals";
import { each, forEach, interval, now, sleep, spawn, timeout } from "coppice";
import { simulate, world } from "../support/virtual.js";

describe("interval", () => {
  it("ticks at fixed times, which do not drift while the work takes its time", async () => {
    const log: string[] = [];
    await simulate(function* () {
      yield* sleep(5);
      const ticks = each(interval(100));
      while (yield* ticks.next()) {
        log.push(`${ticks.value} at ${now()}`);
        if (ticks.value === 4) break;
        yield* sleep(30);
      }
    });
    expect(log).toEqual(["1 at 105", "2 at 205", "3 at 305", "4 at 405"]);
  });

  it("begins with the first wait, not when it is made", async () => {
    const ticks = interval(100);
    await simulate(function* () {
      yield* sleep(1_000);
      expect(yield* ticks.get()).toBe(1);
      expect(now()).toBe(1_100);
    });
  });

  it("folds what was missed into one tick, and stays in step", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const ticks = interval(100);
      for (const work of [10, 350, 10, 0]) {
        log.push(`${yield* ticks.get()} at ${now()}`);
        yield* sleep(work);
      }
    });
    expect(log).toEqual(["1 at 100", "2 at 200", "5 at 550", "6 at 600"]);
  });

  it("is a source for forEach", async () => {
    const log: number[] = [];
    await simulate(
      timeout(
        350,
        forEach(interval(100), function* () {
          log.push(now());
          yield* sleep(0);
        }),
        { otherwise: undefined },
      ),
    );
    expect(log).toEqual([100, 200, 300]);
  });

  it("takes no tick when cancelled, and leaves no timer", async () => {
    const { run, scheduler } = world();
    await run(function* () {
      const ticks = interval(100);
      const waiter = yield* spawn(ticks.get());
      yield* sleep(50);
      yield* waiter.cancel();
      expect(scheduler.timers.size).toBe(0);
      expect(yield* ticks.get()).toBe(1);
      expect(now()).toBe(100);
    });
  });

  it("never ticks at Infinity", async () => {
    await expect(
      simulate(timeout(1_000_000, interval(Infinity).get(), { otherwise: "never" })),
    ).resolves.toBe("never");
  });

  it.each([
    [-1, "interval() needs a number of milliseconds that is 0 or more, got -1."],
    [Number.NaN, "interval() needs a number of milliseconds that is 0 or more, got NaN."],
    [
      0,
      "interval() needs a number of milliseconds above 0, got 0. For a loop without a pause use checkpoint().",
    ],
  ])("E5 refuses %p", (ms, message) => {
    expect(() => interval(ms)).toThrow(new RangeError(message));
  });
});
