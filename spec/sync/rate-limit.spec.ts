import { describe, expect, it } from "@jest/globals";
import { all, operation, RateLimit, sleep, spawn, timeout } from "coppice";
import { answersSixQuestions } from "../support/six-questions.js";
import { simulate, world } from "../support/virtual.js";

/** When so many tasks that start at once are let through, in ms. */
async function turns(limit: RateLimit, count: number): Promise<number[]> {
  const { host, run } = world();
  const times: number[] = [];
  await run(
    all(
      Array.from({ length: count }, () =>
        operation(function* () {
          yield* limit.acquire();
          times.push(host.now());
        })(),
      ),
    ),
  );
  return times;
}

describe("RateLimit.acquire", () => {
  answersSixQuestions(
    () => {
      const limit = new RateLimit(1, 10);
      // Takes its turn within the call, at the time 0 of a world of its own.
      void simulate(limit.acquire());
      return {
        operation: limit.acquire(),
        complete: sleep(11),
        left: () => limit.statistics().waiting.length,
      };
    },
    { value: undefined },
  );

  it("lets as many through at once as the limit allows, and never more in any interval", async () => {
    expect(await turns(new RateLimit(3, 100), 8)).toEqual([0, 0, 0, 100, 100, 100, 200, 200]);
  });

  it("measures each interval from the turn that was taken", async () => {
    const limit = new RateLimit(2, 100);
    const { host, run } = world();
    const times: number[] = [];
    await run(function* () {
      for (const ms of [0, 30, 0, 0, 0]) {
        yield* sleep(ms);
        yield* limit.acquire();
        times.push(host.now());
      }
    });
    expect(times).toEqual([0, 30, 100, 130, 200]);
  });

  it("spreads its turns evenly when told to be smooth", async () => {
    expect(await turns(new RateLimit(4, 100, { pace: "smooth" }), 6)).toEqual([0, 25, 50, 75, 100, 125]);
  });

  it("saves up nothing while nobody comes, when told to be smooth", async () => {
    const limit = new RateLimit(10, 100, { pace: "smooth" });
    const { host, run } = world();
    const times: number[] = [];
    await run(function* () {
      yield* limit.acquire();
      yield* sleep(1_000);
      for (let i = 0; i < 3; i++) {
        yield* limit.acquire();
        times.push(host.now());
      }
    });
    expect(times).toEqual([1_000, 1_010, 1_020]);
  });

  it("counts no turn for those that are cancelled: it goes to the next", async () => {
    const limit = new RateLimit(1, 100);
    const { host, run } = world();
    const log: unknown[] = [];
    await run(function* () {
      yield* limit.acquire();
      for (const name of ["a", "b"]) {
        yield* spawn(timeout(name === "a" ? 50 : Infinity, limit.acquire(), { otherwise: undefined }));
      }
      yield* sleep(60);
      yield* limit.acquire();
      log.push(host.now());
    });
    expect(log).toEqual([200]);
  });

  it("takes its timer back when nobody waits any more", async () => {
    const limit = new RateLimit(1, 100);
    const { host, run, scheduler } = world();
    await run(function* () {
      yield* limit.acquire();
      const waiter = yield* spawn(limit.acquire());
      yield* sleep(1);
      expect(limit.statistics().next).toBe(100);
      yield* waiter.cancel();
      expect([limit.statistics().next, scheduler.timers.size]).toEqual([undefined, 0]);
    });
    expect(host.now()).toBe(1);
  });

  it.each([
    ["no limit", Infinity, 1_000, [0, 0, 0]],
    ["no interval", 1, 0, [0, 0, 0]],
  ])("waits for nothing with %s", async (_, limit, interval, times) => {
    expect(await turns(new RateLimit(limit, interval), 3)).toEqual(times);
    expect(await turns(new RateLimit(limit, interval, { pace: "smooth" }), 3)).toEqual(times);
  });

  it("never lets more through than the limit when the interval has no end", async () => {
    const limit = new RateLimit(2, Infinity);
    const outcome = await simulate(function* () {
      yield* limit.acquire();
      yield* limit.acquire();
      return yield* timeout(1e12, limit.acquire(), { otherwise: "waits" });
    });
    expect(outcome).toBe("waits");
  });
});

describe("RateLimit.tryAcquire", () => {
  it("takes a turn, or says that it did not, and does not barge past a waiter", async () => {
    const limit = new RateLimit(2, 100);
    const log: boolean[] = [];
    await simulate(function* () {
      log.push(limit.tryAcquire(), limit.tryAcquire(), limit.tryAcquire());
      yield* spawn(limit.acquire());
      yield* spawn(limit.acquire());
      yield* spawn(limit.acquire());
      yield* sleep(100);
      log.push(limit.tryAcquire());
      yield* sleep(100);
      log.push(limit.tryAcquire(), limit.tryAcquire());
    });
    expect(log).toEqual([true, true, false, false, true, false]);
  });
});

describe("new RateLimit", () => {
  it.each([
    [0, 100],
    [1.5, 100],
    [NaN, 100],
    [1, -1],
    [1, NaN],
  ])("E5 refuses %d in %d ms", (limit, interval) => {
    expect(() => new RateLimit(limit, interval)).toThrow(RangeError);
  });

  it("E5 refuses a pace it does not know, and misspelt options", () => {
    // @ts-expect-error no such pace
    expect(() => new RateLimit(1, 1, { pace: "fast" })).toThrow(
      'new RateLimit() needs "burst" or "smooth" as `pace`, got the string "fast".',
    );
    // @ts-expect-error no such option
    expect(() => new RateLimit(1, 1, { peace: "burst" })).toThrow('Did you mean "pace"?');
  });
});
