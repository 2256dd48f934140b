import { describe, expect, it } from "@jest/globals";
import {
  attempt,
  CancelledError,
  checkpoint,
  createScope,
  sleep,
  spawn,
  suspend,
  taskGroup,
  type Task,
} from "coppice";
import { endOf, everyWay, leftIn, NOTHING } from "../support/ways-to-cancel.js";
import { simulate, world } from "../support/virtual.js";

describe("waiting for a task that someone else cancelled", () => {
  it("C9 throws CancelledError with the reason as cause, an ordinary error that can be caught", async () => {
    const reason = new Error("no longer needed");
    const log: unknown[] = [];
    await simulate(function* () {
      const task = yield* spawn(suspend(), { name: "worker" });
      yield* spawn(function* () {
        yield* sleep(1);
        void task.cancel(reason);
      });
      try {
        yield* task;
      } catch (error) {
        log.push(error);
      }
      // The waiter itself was not cancelled.
      yield* sleep(1);
      log.push("goes on");
    });
    const [error, rest] = log;
    expect(error).toBeInstanceOf(CancelledError);
    expect(error).toMatchObject({ cause: reason, message: 'Task "worker" was cancelled: no longer needed.' });
    expect(rest).toBe("goes on");
  });

  it("C9 throws it also when the task is gone already", async () => {
    await simulate(function* () {
      const task = yield* spawn(suspend());
      yield* task.cancel("reason");
      const attempted = yield* attempt(task);
      expect(attempted.ok ? undefined : attempted.error).toMatchObject({
        code: "COPPICE_CANCELLED",
        cause: "reason",
      });
      expect(() => task.result()).toThrow(CancelledError);
    });
  });

  it("C9 has no cause when no reason was given", async () => {
    const { run } = world();
    const task = run(suspend());
    void task.cancel();
    const { error } = await endOf(task);
    expect(error).toBeInstanceOf(CancelledError);
    expect(error).not.toHaveProperty("cause");
  });

  it("C9 comes after the cleanup", async () => {
    const { host, run } = world();
    const task = run(function* () {
      try {
        yield* suspend();
      } finally {
        yield* sleep(10);
      }
    });
    void task.cancel();
    expect((await endOf(task)).ended).toBe("CancelledError");
    expect(host.now()).toBe(10);
  });

  it("C9 gives every waiter an error of its own", async () => {
    const { run } = world();
    const task = run(suspend());
    void task.cancel("reason");
    const [first, second] = await Promise.all([endOf(run(() => task)), endOf(run(() => task))]);
    expect([first.ended, second.ended]).toEqual(["CancelledError", "CancelledError"]);
  });

  it("C9 tells the kind of the cancellation, and who asked", async () => {
    const errors: unknown[] = [];
    const { run } = world();
    await run(function* outer() {
      const tasks: Task<unknown>[] = [];
      yield* taskGroup(function* (group) {
        tasks.push(group.spawn(suspend(), { name: "by hand" }));
        yield* checkpoint();
        yield* tasks[0]?.cancel("reason") ?? suspend();
      });
      try {
        yield* taskGroup(function* (group) {
          tasks.push(group.spawn(suspend(), { name: "sibling" }));
          group.spawn(
            function* () {
              throw new Error("failed");
            },
            { name: "culprit" },
          );
        });
      } catch {
        // the group's own report is of no interest here
      }
      for (const task of tasks) {
        try {
          yield* task;
        } catch (error) {
          errors.push(error);
        }
      }
    });
    expect(errors).toMatchObject([
      { cancellation: { kind: "cancel", reason: "reason" }, cause: "reason" },
      { cancellation: { kind: "failure", task: "culprit" }, cause: new Error("failed") },
    ]);
  });

  it.each(everyWay)("C9 does not cancel who waits for the victim from elsewhere: %s", async (_, way) => {
    const { run, scheduler } = world();
    const log: string[] = [];
    const given: { task?: Task<unknown> } = {};
    const victim = way.start(
      run,
      taskGroup(function* (group) {
        given.task = group.spawn(suspend());
        yield* suspend();
      }),
      10,
    );
    const waiter = run(function* () {
      try {
        yield* given.task ?? sleep(0);
        yield* given.task ?? suspend();
      } catch (error) {
        log.push(error instanceof CancelledError ? "CancelledError" : String(error));
      }
      yield* sleep(1);
      return "goes on";
    });
    await endOf(victim);
    expect(await waiter).toBe("goes on");
    expect(log).toEqual(["CancelledError"]);
    expect(leftIn(scheduler)).toEqual(NOTHING);
  });
});

describe("a promise of a cancelled task", () => {
  it("C9 rejects with a CancelledError", async () => {
    const { run } = world();
    const task = run(suspend());
    const seen = task.then(
      () => "value",
      (error: unknown) => error,
    );
    void task.cancel("reason");
    expect(await seen).toMatchObject({ name: "CancelledError", cause: "reason" });
  });

  it("C9 is no unhandled rejection when nobody asked for it", async () => {
    const { host, run } = world();
    const task = run(suspend());
    await task.cancel();
    expect(host.unobservedErrors).toEqual([]);
  });
});

describe("a task run with an AbortSignal", () => {
  it("C9 rejects with the signal's reason, the very object", async () => {
    const { run } = world();
    const controller = new AbortController();
    const task = run(suspend(), { signal: controller.signal });
    const reason = new Error("client went away");
    controller.abort(reason);
    await expect(task).rejects.toBe(reason);
    expect(task.state).toBe("cancelled");
  });

  it("C9 rejects with the platform's own AbortError when there is no other", async () => {
    const { run } = world();
    const controller = new AbortController();
    const task = run(suspend(), { signal: controller.signal });
    controller.abort();
    await expect(task).rejects.toMatchObject({ name: "AbortError" });
  });

  it("C9 rejects with the reason that came first", async () => {
    const { run } = world();
    const controller = new AbortController();
    const task = run(
      function* () {
        try {
          yield* suspend();
        } finally {
          yield* sleep(1);
        }
      },
      { signal: controller.signal },
    );
    void task.cancel("by hand");
    controller.abort("by signal");
    await expect(task).rejects.toMatchObject({ name: "CancelledError", cause: "by hand" });
  });

  it("C9 gives the signal's reason to its children as a cause", async () => {
    const { run } = world();
    const controller = new AbortController();
    const given: { child?: Task<unknown> } = {};
    const task = run(
      function* () {
        given.child = yield* spawn(suspend());
        yield* suspend();
      },
      { signal: controller.signal },
    );
    await Promise.resolve();
    controller.abort("gone");
    await Promise.allSettled([task]);
    await expect(given.child).rejects.toMatchObject({ name: "CancelledError", cause: "gone" });
  });

  it("C9 takes its listener off when it ends", async () => {
    const { run } = world();
    const listeners = new Set<unknown>();
    const { signal } = new AbortController();
    const watched = Object.create(signal, {
      aborted: { value: false },
      addEventListener: { value: (_: string, listener: unknown) => listeners.add(listener) },
      removeEventListener: { value: (_: string, listener: unknown) => listeners.delete(listener) },
    }) as AbortSignal;
    const task = run(sleep(1), { signal: watched });
    expect(listeners.size).toBe(1);
    await task;
    expect(listeners.size).toBe(0);
  });
});

describe("createScope", () => {
  it("C9 gives CancelledError to who waits for its tasks when it is cancelled", async () => {
    const scope = createScope();
    const task = scope.run(suspend());
    const gone = scope.cancel("shutting down");
    await expect(task).rejects.toMatchObject({ name: "CancelledError", cause: "shutting down" });
    await gone;
  });
});
