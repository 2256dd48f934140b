import { describe, expect, it } from "@jest/globals";
import { checkpoint, sleep, suspend, useScope, type Scope } from "coppice";
import { world } from "../support/virtual.js";

describe("run", () => {
  it("S1 starts its operation inside the call, up to its first suspension", async () => {
    const log: string[] = [];
    const task = world().run(function* () {
      log.push("started");
      yield* sleep(1);
      log.push("resumed");
    });
    log.push("run returned");
    await task;
    expect(log).toEqual(["started", "run returned", "resumed"]);
  });

  it("S1 completes inside the call what never suspends", () => {
    const task = world().run(function* () {
      yield* useScope();
      return 1;
    });
    expect(task.state).toBe("completed");
    expect(task.result()).toBe(1);
  });

  it("S1 fails inside the call what throws before its first suspension, and does not throw itself", async () => {
    const { run } = world();
    const task = run(function* () {
      throw new Error("at once");
    });
    expect(task.state).toBe("failed");
    await expect(task).rejects.toThrow("at once");
  });

  it("S1 only makes the task ready while the scheduler is stepping", async () => {
    const log: string[] = [];
    const { run } = world();
    await run(function* outer() {
      const inner = run(function* inner() {
        log.push("inner");
      });
      log.push(`inner is ${inner.state}`);
      yield* inner;
      log.push("joined");
    });
    expect(log).toEqual(["inner is ready", "inner", "joined"]);
  });

  it("S1 makes it ready behind the others", async () => {
    const log: string[] = [];
    const { run } = world();
    await run(function* outer() {
      for (const name of ["a", "b", "c"]) {
        run(function* () {
          log.push(name);
        });
      }
      yield* checkpoint();
      log.push("outer");
    });
    expect(log).toEqual(["a", "b", "c", "outer"]);
  });

  it("S1 starts what is run from a callback between two steps at once", async () => {
    const log: string[] = [];
    const { run } = world();
    const first = run(sleep(10));
    await first.then(() => {
      run(function* () {
        log.push("inside the call");
      });
      log.push("after the call");
    });
    expect(log).toEqual(["inside the call", "after the call"]);
  });

  it("S1 outlives the operation that ran it", async () => {
    const log: string[] = [];
    const { run } = world();
    const detached = await run(function* () {
      return {
        task: run(function* () {
          yield* sleep(10);
          log.push("detached");
        }),
      };
    });
    expect(log).toEqual([]);
    await detached.task;
    expect(log).toEqual(["detached"]);
  });
});

describe("Scope.run", () => {
  it("S1 starts its operation inside the call when it comes from a callback", async () => {
    const log: string[] = [];
    const { run } = world();
    let scope: Scope | undefined;
    const task = run(function* () {
      scope = yield* useScope();
      yield* suspend();
    });
    scope?.run(function* child() {
      log.push("child");
      yield* suspend();
    });
    log.push("after");
    expect(log).toEqual(["child", "after"]);
    await task.cancel();
  });
});
