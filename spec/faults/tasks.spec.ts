/** Faults of programs, tried one by one: cancels and failures at bad moments, and sizes that nobody plans for. */
import { describe, expect, it } from "@jest/globals";
import {
  attempt,
  CleanupError,
  ensure,
  ExceptionGroup,
  operation,
  run,
  scoped,
  sleep,
  spawn,
  suspend,
  taskGroup,
  useScope,
  type Operation,
  type Task,
} from "coppice";
import { leftIn, NOTHING } from "../support/ways-to-cancel.js";
import { simulate, world } from "../support/virtual.js";
import { steppedWorld } from "../support/step-host.js";

function* cleaning(log: string[], name = "cleaned"): Operation<void> {
  try {
    yield* suspend();
  } finally {
    yield* sleep(1);
    log.push(name);
  }
}

describe("a cancel", () => {
  it("before the task has started lands at its first yield point", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const task = yield* spawn(cleaning(log));
      yield* task.cancel();
    });
    expect(log).toEqual(["cleaned"]);
  });

  it("of a finished task does nothing", async () => {
    const task = simulate(sleep(1));
    await task;
    await task.cancel();
    expect(task.state).toBe("completed");
  });

  it("twice is one, with the first reason", async () => {
    const log: string[] = [];
    const task = simulate(cleaning(log));
    void task.cancel("first");
    await task.cancel("second");
    await expect(task).rejects.toMatchObject({ cause: "first" });
    expect(log).toEqual(["cleaned"]);
  });

  it("of oneself lands at that very place, and waits for nobody", async () => {
    const log: string[] = [];
    const self: Task<void>[] = [];
    const { run: start } = world();
    self.push(
      start(function* () {
        yield* sleep(1);
        yield* self[0]?.cancel() ?? sleep(0);
        log.push("NEVER");
      }),
    );
    await self[0]?.then(undefined, () => undefined);
    expect([log, self[0]?.state]).toEqual([[], "cancelled"]);
  });

  it("from inside the cleanup that it started changes nothing", async () => {
    const log: string[] = [];
    const { run: start } = world();
    const tasks: Task<void>[] = [];
    tasks.push(
      start(function* () {
        try {
          yield* suspend();
        } finally {
          void tasks[0]?.cancel("again");
          yield* sleep(1);
          log.push("cleaned");
        }
      }),
    );
    await tasks[0]?.cancel("first");
    expect(log).toEqual(["cleaned"]);
  });
});

describe("a cleanup", () => {
  it("that throws fails the cancel, and the others run", async () => {
    const log: string[] = [];
    const task = simulate(function* () {
      yield* ensure(() => log.push("outer"));
      yield* ensure(() => {
        throw new Error("disk full");
      });
      yield* suspend();
    });
    await expect(Promise.resolve(task.cancel())).rejects.toThrow("disk full");
    expect(log).toEqual(["outer"]);
  });

  it("that waits for ever is ended by grace, and named", async () => {
    const task = simulate(function* stuck() {
      yield* ensure(suspend);
      yield* suspend();
    });
    const failure: unknown = await Promise.resolve(task.cancel("", { grace: 5 })).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(CleanupError);
    expect(String(failure)).toMatch(/"stuck"/);
  });

  it("that spawns leaves nothing of it", async () => {
    const log: string[] = [];
    const { run: start, scheduler } = world();
    const task = start(function* () {
      yield* ensure(function* () {
        yield* spawn(cleaning(log, "spawned by a cleanup"));
        yield* sleep(1);
      });
      yield* suspend();
    });
    await task.cancel();
    expect([log, leftIn(scheduler)]).toEqual([["spawned by a cleanup"], NOTHING]);
  });
});

describe("a failure", () => {
  it("of the parent while its child cleans up waits for the child", async () => {
    const log: string[] = [];
    const failed = simulate(function* () {
      const child = yield* spawn(cleaning(log));
      yield* sleep(1);
      void child.cancel();
      throw new Error("of the parent");
    });
    await expect(failed).rejects.toThrow("of the parent");
    expect(log).toEqual(["cleaned"]);
  });

  it("of a child in the very step in which the parent ends is not lost", async () => {
    const failed = simulate(function* () {
      yield* spawn(function* () {
        yield* sleep(1);
        throw new Error("of the child");
      });
      yield* sleep(1);
    });
    await expect(failed).rejects.toThrow("of the child");
  });

  it("of a hundred thousand children at once is one flat group", async () => {
    const result = await simulate(
      attempt(
        taskGroup(function* (group) {
          for (let i = 0; i < 100_000; i++) {
            group.spawn(function* () {
              throw new Error(String(i));
            });
          }
        }),
      ),
    );
    const error = result.ok ? undefined : result.error;
    expect(error instanceof ExceptionGroup && error.errors.length).toBe(100_000);
    expect(error instanceof ExceptionGroup && error.errors.every((one) => one instanceof Error)).toBe(true);
  });

  it("of making a task, as when memory runs out, leaves the scope as it was", async () => {
    const { run: start, scheduler } = world();
    await start(function* () {
      const scope = yield* useScope();
      const task = scope.spawn(() => {
        throw new RangeError("Array buffer allocation failed");
      });
      yield* attempt(task);
    }).then(undefined, (error: unknown) => {
      expect(error).toBeInstanceOf(RangeError);
    });
    expect(leftIn(scheduler)).toEqual(NOTHING);
  });
});

describe("depth", () => {
  it("of a hundred thousand scopes works, also when it is cancelled", async () => {
    let cleaned = 0;
    const nested = operation(function* nested(depth: number): Operation<void> {
      yield* ensure(() => cleaned++);
      if (depth === 0) yield* suspend();
      else yield* scoped(nested(depth - 1));
    });
    const task = simulate(nested(50_000));
    await task.cancel();
    expect(cleaned).toBe(50_001);
  });

  it("of too many native delegations is an error of the engine's, and never a hang", async () => {
    function* deep(level: number): Operation<number> {
      if (level === 0) yield* sleep(1);
      else yield* deep(level - 1);
      return level;
    }
    expect(await simulate(deep(1_000))).toBe(1_000);
    const result = await simulate(attempt(() => deep(1_000_000)));
    expect(result).toMatchObject({ ok: false, error: { name: "RangeError" } });
  });
});

describe("time", () => {
  it.each([2 ** 31 - 1, 2 ** 31, 2 ** 40])("of %s ms and beyond does not fire early", (ms) => {
    const { run: start, host } = steppedWorld();
    let fired = false;
    start(function* () {
      yield* sleep(ms);
      fired = true;
    });
    while (host.timer !== null && host.timer.at < ms) host.fireTimer();
    expect(fired).toBe(false);
    host.fireTimer();
    expect([fired, host.time]).toEqual([true, ms]);
  });

  it("that jumps by eight hours, as after a night's sleep, fires everything once and in order", () => {
    const { run: start, host } = steppedWorld();
    const log: number[] = [];
    for (const ms of [30, 10, 20]) {
      start(function* () {
        yield* sleep(ms);
        log.push(ms);
      });
    }
    host.work(8 * 3_600_000);
    host.fireTimer();
    expect(log).toEqual([10, 20, 30]);
  });

  it("brings a million timers of one instant", async () => {
    let fired = 0;
    await simulate(
      taskGroup(function* (group) {
        for (let i = 0; i < 1_000_000; i++) {
          group.spawn(function* () {
            yield* sleep(1);
            fired++;
          });
        }
      }),
    );
    expect(fired).toBe(1_000_000);
  }, 180_000);

  it("is not kept from others by a task that never waits", async () => {
    const log: string[] = [];
    const busy = run(function* () {
      for (;;) yield* attempt(() => [][Symbol.iterator]() as never);
    });
    const other = run(function* () {
      yield* sleep(1);
      log.push("had its turn");
    });
    await other;
    await busy.cancel();
    expect(log).toEqual(["had its turn"]);
  });
});
