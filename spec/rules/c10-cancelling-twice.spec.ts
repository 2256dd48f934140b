import { describe, expect, it } from "@jest/globals";
import {
  cancellation,
  ensure,
  operation,
  scoped,
  sleep,
  spawn,
  suspend,
  taskGroup,
  useScope,
  type Operation,
} from "coppice";
import { endOf, everyWay, leftIn, NOTHING } from "../support/ways-to-cancel.js";
import { world } from "../support/virtual.js";

/** Cleans up for a while, and says what it was cancelled for. */
const victim = operation(function* (log: unknown[]): Operation<void> {
  try {
    yield* suspend();
  } finally {
    yield* sleep(5);
    log.push((yield* cancellation())?.reason);
  }
});

describe("cancelling twice", () => {
  it("C10 is the same as cancelling once, and the first reason stays", async () => {
    const log: unknown[] = [];
    const { host, run } = world();
    const task = run(() => victim(log));
    const results = [task.cancel("first"), task.cancel("second")];
    await run(sleep(1));
    results.push(task.cancel("third"));
    await Promise.all(results);
    expect(log).toEqual(["first"]);
    expect(host.now()).toBe(5);
    await expect(task).rejects.toMatchObject({ cause: "first" });
  });

  it.each(everyWay)("C10 adds nothing to a cancellation by %s", async (_, way) => {
    const log: unknown[] = [];
    const { run, scheduler } = world();
    const outer = way.start(run, () => victim(log), 10);
    await run(sleep(12));
    void outer.cancel("too late");
    await endOf(outer);
    expect(log).toHaveLength(1);
    expect(log).not.toContain("too late");
    expect(leftIn(scheduler)).toEqual(NOTHING);
  });

  it("C10 holds for a scope and the task around it: each keeps its own first reason", async () => {
    const { run } = world();
    const reasons: unknown[] = [];
    const task = run(function* () {
      yield* ensure(function* () {
        reasons.push((yield* cancellation())?.reason);
      });
      yield* scoped(function* () {
        const scope = yield* useScope();
        yield* spawn(function* () {
          yield* sleep(1);
          void scope.cancel("inner");
          void scope.cancel("inner again");
          reasons.push(scope.cancellation?.reason);
        });
        yield* victim(reasons);
      });
    });
    await run(sleep(2));
    void task.cancel("outer");
    await endOf(task);
    expect(reasons).toEqual(["inner", "inner", "outer"]);
    await expect(task).rejects.toMatchObject({ cause: "outer" });
  });

  it("C10 of a child and then of its parent leaves the child its reason", async () => {
    const log: unknown[] = [];
    const { run } = world();
    const parent = run(function* () {
      const child = yield* spawn(() => victim(log));
      yield* sleep(1);
      void child.cancel("child");
      yield* suspend();
    });
    await run(sleep(2));
    await parent.cancel("parent");
    expect(log).toEqual(["child"]);
  });
});

describe("cancelling a finished task", () => {
  it("C10 does nothing to one that completed", async () => {
    const { run } = world();
    const task = run(function* () {
      return 1;
    });
    await task.cancel("too late");
    expect([task.state, task.result()]).toEqual(["completed", 1]);
    await expect(task).resolves.toBe(1);
  });

  it("C10 does nothing to one that failed", async () => {
    const { run } = world();
    const task = run(function* () {
      throw new Error("failed");
    });
    await task.cancel("too late");
    await expect(task).rejects.toThrow("failed");
  });

  it("C10 does nothing to one that was cancelled", async () => {
    const { run } = world();
    const task = run(suspend());
    await task.cancel("in time");
    await task.cancel("too late", { grace: 0 });
    await expect(task).rejects.toMatchObject({ cause: "in time" });
  });

  it("C10 does nothing to scopes and groups that have ended", async () => {
    const { run, scheduler } = world();
    const log: unknown[] = [];
    await run(function* () {
      let cancel = (): unknown => undefined;
      yield* taskGroup(function* (group) {
        cancel = () => group.cancel("too late", { grace: 10 });
      });
      const scope = yield* scoped(useScope());
      cancel();
      yield* scope.cancel("too late");
      yield* sleep(1);
      log.push("goes on", yield* cancellation());
    });
    expect(log).toEqual(["goes on", undefined]);
    expect(leftIn(scheduler)).toEqual(NOTHING);
  });
});
