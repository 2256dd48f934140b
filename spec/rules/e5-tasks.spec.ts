import { describe, expect, it } from "@jest/globals";
import {
  CancelledError,
  createScope,
  ensure,
  operation,
  scoped,
  sleep,
  spawn,
  suspend,
  taskGroup,
  timeout,
  useScope,
  type Task,
} from "coppice";
import { fail } from "../support/fail.js";
import { failureOf, textOf, thrownBy } from "../support/failure.js";
import { simulate, world } from "../support/virtual.js";

const lost = new Error("lost");

describe("E5 task.result()", () => {
  const unfinished =
    'Error COPPICE_NOT_ENDED: Task "load" has not ended, so it has no result yet. Wait for it with `yield* task`.';

  it("E5 of a task that is ready, parked or cleaning up says that it has not ended", async () => {
    const seen: string[] = [];
    await simulate(function* () {
      const task = yield* spawn(
        function* load() {
          try {
            yield* suspend();
          } finally {
            yield* sleep(5);
          }
        },
        { name: "load" },
      );
      seen.push(thrownBy(() => task.result()));
      yield* sleep(1);
      seen.push(thrownBy(() => task.result()));
      void task.cancel();
      seen.push(thrownBy(() => task.result()));
    });
    expect(seen).toEqual([unfinished, unfinished, unfinished]);
  });

  it("E5 of an ended task gives its value, its very error, or CancelledError", async () => {
    const { run } = world();
    const completed = run(function* () {
      yield* sleep(1);
      return 7;
    });
    const failed = run(function* () {
      yield* sleep(1);
      fail(lost);
    });
    const cancelled = run(suspend(), { name: "load" });
    await Promise.allSettled([completed, failed, cancelled.cancel("not needed")]);
    expect(completed.result()).toBe(7);
    expect(() => failed.result()).toThrow(lost);
    expect(thrownBy(() => cancelled.result())).toBe(
      'CancelledError COPPICE_CANCELLED: Task "load" was cancelled: not needed.',
    );
    expect(() => cancelled.result()).toThrow(CancelledError);
  });
});

describe("E5 a task that waits for itself", () => {
  it("E5 fails at once instead of never ending", async () => {
    const task = simulate(function* () {
      const holder: { self?: Task<void> } = {};
      holder.self = yield* spawn(
        function* () {
          yield* sleep(1);
          yield* holder.self ?? sleep(1);
        },
        { name: "ouroboros" },
      );
      yield* suspend();
    });
    await expect(task.then(String, textOf)).resolves.toBe(
      'Error COPPICE_SELF_JOIN: Task "ouroboros" waits for itself and would never end. Return the value instead.',
    );
  });
});

describe("E5 a task returned from the boundary that is about to cancel it", () => {
  const doomed = (boundary: string) =>
    `Error COPPICE_DOOMED_TASK: "${boundary}" returned the task "load", which is cancelled when "${boundary}" ends. ` +
    "Return its result (yield* task), or spawn it into a scope that lives longer.";

  function* startLoad() {
    return yield* spawn(sleep(10), { name: "load" });
  }

  it("E5 is refused by run", async () => {
    await expect(
      failureOf(function* main() {
        return yield* startLoad();
      }),
    ).resolves.toBe(doomed("main"));
  });

  it("E5 is refused by operation(), scoped() and timeout()", async () => {
    const load = operation(function* load() {
      return yield* startLoad();
    });
    await expect(failureOf(load())).resolves.toBe(doomed("load"));
    await expect(failureOf(scoped(startLoad))).resolves.toBe(doomed("startLoad"));
    await expect(failureOf(timeout(1_000, startLoad))).resolves.toBe(doomed("startLoad"));
  });

  it("E5 is reported when everything of the boundary is undone, the task with it", async () => {
    const log: string[] = [];
    const task = simulate(function* main() {
      yield* ensure(() => {
        log.push("cleanup");
      });
      return yield* spawn(
        function* () {
          try {
            yield* suspend();
          } finally {
            log.push("task unwound");
          }
        },
        { name: "load" },
      );
    });
    await expect(task.then(String, textOf)).resolves.toBe(doomed("main"));
    expect(log).toEqual(["task unwound", "cleanup"]);
  });

  it("E5 is fine from a task group, which waits for it", async () => {
    const value = await simulate(function* () {
      const task = yield* taskGroup(function* (group) {
        return group.spawn(function* () {
          yield* sleep(5);
          return 7;
        });
      });
      return task.result();
    });
    expect(value).toBe(7);
  });

  it("E5 is fine from a helper function*, and from a boundary that does not own it", async () => {
    const value = await simulate(function* () {
      const mine = yield* startLoad();
      const scope = yield* useScope();
      const same = yield* scoped(function* () {
        yield* sleep(1);
        return scope.spawn(function* () {
          yield* sleep(1);
          return 7;
        });
      });
      yield* mine;
      return yield* same;
    });
    expect(value).toBe(7);
  });
});

describe("E5 running in a closed scope", () => {
  const refusal = (what: string, state: string) =>
    `Error COPPICE_CLOSED_SCOPE: Cannot ${what} "late" in scope "request": it ${state}. ` +
    "Spawn before its body returns, or use a longer-lived scope.";

  it("E5 is refused while the scope undoes its entries, and when it has ended", async () => {
    const seen: string[] = [];
    const scope = await simulate(function* request() {
      const own = yield* useScope();
      yield* ensure(() => {
        seen.push(thrownBy(() => own.spawn(sleep(1), { name: "late" })));
      });
      return own;
    });
    seen.push(thrownBy(() => scope.run(sleep(1), { name: "late" })));
    expect(seen).toEqual([refusal("spawn", "is closing"), refusal("run", "has ended")]);
  });

  it("E5 is refused by a scope that a failure has ended", async () => {
    const scope = createScope({ name: "request" });
    await expect(
      scope.run(function* () {
        yield* sleep(1);
        fail(lost);
      }),
    ).rejects.toBe(lost);
    await scope.cancel();
    expect(thrownBy(() => scope.run(sleep(1), { name: "late" }))).toBe(refusal("run", "has ended"));
  });

  it("E5 does not start what it refuses", async () => {
    const scope = createScope({ name: "request" });
    await scope.cancel();
    const log: string[] = [];
    const start = () =>
      scope.run(function* late() {
        log.push("never");
      });
    expect(thrownBy(start)).toBe(refusal("run", "has ended"));
    expect(log).toEqual([]);
  });
});

describe("E5 cancel()", () => {
  it.each([
    [
      { grace: -1 },
      "RangeError COPPICE_DURATION: cancel() needs a number of milliseconds as `grace` that is 0 or more, got -1.",
    ],
    [
      { grace: NaN },
      "RangeError COPPICE_DURATION: cancel() needs a number of milliseconds as `grace` that is 0 or more, got NaN.",
    ],
    [
      { grace: "5s" },
      'TypeError COPPICE_DURATION: cancel() needs a number of milliseconds as `grace` that is 0 or more, got the string "5s".',
    ],
    [{ garce: 5 }, 'TypeError COPPICE_OPTIONS: cancel() has no option "garce". Did you mean "grace"?'],
    [
      5,
      "TypeError COPPICE_OPTIONS: cancel() needs an object of options, got the number 5. Write { grace: … }.",
    ],
  ])("E5 refuses %p and cancels nothing", async (options, message) => {
    const { run } = world();
    const scope = createScope();
    const task = run(suspend());
    expect(thrownBy(() => task.cancel("reason", options as never))).toBe(message);
    expect(thrownBy(() => scope.cancel("reason", options as never))).toBe(message);
    expect([task.state, scope.cancellation]).toEqual(["waiting", undefined]);
    await task.cancel();
    await scope.cancel();
  });
});
