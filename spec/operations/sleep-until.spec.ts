import { describe, expect, it } from "@jest/globals";
import { now, race, sleep, sleepUntil, spawn } from "coppice";
import { simulate, world } from "../support/virtual.js";

describe("sleepUntil", () => {
  it("waits until the given time", async () => {
    const { run, host } = world();
    await run(function* () {
      yield* sleep(10);
      yield* sleepUntil(25);
    });
    expect(host.now()).toBe(25);
  });

  it("keeps steps from drifting", async () => {
    const log: number[] = [];
    await simulate(function* () {
      for (let next = 100; next <= 400; next += 100) {
        yield* sleepUntil(next);
        log.push(now());
        yield* sleep(30);
      }
    });
    expect(log).toEqual([100, 200, 300, 400]);
  });

  it.each([-Infinity, -1, 0, 5])("gives way at %p, which has passed, and lets no time pass", async (at) => {
    const log: string[] = [];
    await simulate(function* () {
      yield* sleep(5);
      yield* spawn(function* () {
        log.push("other");
        yield* sleep(0);
      });
      yield* sleepUntil(at);
      log.push(`at ${now()}`);
    });
    expect(log).toEqual(["other", "at 5"]);
  });

  it("waits until cancelled at Infinity, and sets no timer", async () => {
    const { run, scheduler } = world();
    const task = run(sleepUntil(Infinity));
    expect(scheduler.timers.size).toBe(0);
    await task.cancel();
    expect(task.state).toBe("cancelled");
  });

  it("wakes at once when cancelled and removes its timer", async () => {
    const { run, scheduler, host } = world();
    await run(race([sleepUntil(1_000), sleep(5)]));
    expect(scheduler.timers.size).toBe(0);
    expect(host.now()).toBe(5);
  });

  it("tells by when it is due, to those who look", () => {
    const { run } = world();
    const task = run(sleepUntil(70));
    expect(task).toMatchObject({ state: "waiting" });
    void task.cancel();
  });

  it.each([
    [Number.NaN, "NaN"],
    [new Date(0), "a Date"],
    [undefined, "undefined"],
  ])("E5 refuses %p as a time", (at, shown) => {
    expect(() => sleepUntil(at as never)).toThrow(
      `sleepUntil() needs a time of the runtime's clock in ms, such as now() + 500, got ${shown}.`,
    );
  });
});

describe("now", () => {
  it("is the clock of the running task: virtual time, where that is virtual", async () => {
    const times: number[] = [];
    await simulate(function* () {
      times.push(now());
      yield* sleep(3_600_000);
      times.push(now());
    });
    expect(times).toEqual([0, 3_600_000]);
  });

  it("works outside all tasks, and never goes back", () => {
    const first = now();
    expect(now()).toBeGreaterThanOrEqual(first);
  });
});
