import { describe, expect, it } from "@jest/globals";
import { run as runReally, sleep, spawn, suspend } from "coppice";
import { answersSixQuestions } from "../support/six-questions.js";
import { simulate, world } from "../support/virtual.js";

describe("sleep", () => {
  answersSixQuestions(() => ({ operation: sleep(10), complete: sleep(10), left: () => 0 }), {
    value: undefined,
  });

  it("wakes when its time has passed, and not before", async () => {
    const { run, host } = world();
    const woken: number[] = [];
    await run(function* () {
      yield* sleep(250);
      woken.push(host.now());
      yield* sleep(0.5);
      woken.push(host.now());
    });
    expect(woken).toEqual([250, 250.5]);
  });

  it("with 0 waits until the tasks that are ready have had a turn, and takes no time", async () => {
    const { run, host } = world();
    const log: string[] = [];
    await run(function* () {
      yield* spawn(function* () {
        log.push("other");
      });
      yield* sleep(0);
      log.push(`sleeper at ${host.now()}`);
    });
    expect(log).toEqual(["other", "sleeper at 0"]);
  });

  it("wakes sleepers of one instant in the order in which they fell asleep (S4)", async () => {
    const log: string[] = [];
    await simulate(function* () {
      for (const name of ["a", "b", "c"]) {
        yield* spawn(function* () {
          yield* sleep(20);
          log.push(name);
        });
      }
      yield* sleep(20);
      log.push("parent");
      yield* sleep(1);
    });
    expect(log).toEqual(["parent", "a", "b", "c"]);
  });

  it("removes its timer when it is cancelled", async () => {
    const { run, scheduler } = world();
    const task = run(sleep(1_000));
    const whileAsleep = scheduler.timers.size;
    await task.cancel();
    expect([whileAsleep, scheduler.timers.size]).toEqual([1, 0]);
  });

  it("with Infinity waits until cancelled, without a timer", async () => {
    const { run, scheduler } = world();
    const task = run(sleep(Infinity));
    const state = [task.state, scheduler.timers.size];
    await task.cancel();
    expect([...state, task.state]).toEqual(["waiting", 0, "cancelled"]);
  });

  it("takes lengths beyond what host timers take", async () => {
    const { run, host } = world();
    await run(sleep(2 ** 31 * 10));
    expect(host.now()).toBe(2 ** 31 * 10);
  });

  it("asks a real host for no delay that its timers would cut to nothing", async () => {
    const task = runReally(sleep(2 ** 31 + 5));
    await runReally(sleep(2));
    const { state } = task;
    await task.cancel();
    expect(state).toBe("waiting");
  });

  it("can run again and again from one description", async () => {
    const { run, host } = world();
    const nap = sleep(5);
    await run(function* () {
      yield* nap;
      yield* nap;
    });
    expect(host.now()).toBe(10);
  });

  it.each([
    [-5, RangeError, "sleep() needs a number of milliseconds that is 0 or more, got -5."],
    [NaN, RangeError, "sleep() needs a number of milliseconds that is 0 or more, got NaN."],
    [-Infinity, RangeError, "sleep() needs a number of milliseconds that is 0 or more, got -Infinity."],
    ["5s", TypeError, 'sleep() needs a number of milliseconds that is 0 or more, got the string "5s".'],
    [10n, TypeError, "sleep() needs a number of milliseconds that is 0 or more, got the bigint 10."],
    [undefined, TypeError, "sleep() needs a number of milliseconds that is 0 or more, got undefined."],
    [null, TypeError, "sleep() needs a number of milliseconds that is 0 or more, got null."],
  ])("E5 refuses %p where it is called", (ms, Class, message) => {
    expect(() => sleep(ms as number)).toThrow(new Class(message));
  });
});

describe("suspend", () => {
  it("waits until cancelled, and registers nothing anywhere", async () => {
    const { run, scheduler } = world();
    const log: string[] = [];
    const task = run(function* () {
      try {
        yield* suspend();
        log.push("went on");
      } finally {
        log.push("cleanup");
      }
    });
    const before = [task.state, scheduler.timers.size, scheduler.readyCount];
    await task.cancel();
    expect([...before, task.state, ...log]).toEqual(["waiting", 0, 0, "cancelled", "cleanup"]);
  });

  it("does not begin when its task was cancelled before", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const child = yield* spawn(function* () {
        try {
          yield* suspend();
        } finally {
          log.push("cleanup");
        }
      });
      yield* child.cancel();
      log.push(child.state);
    });
    expect(log).toEqual(["cleanup", "cancelled"]);
  });
});
