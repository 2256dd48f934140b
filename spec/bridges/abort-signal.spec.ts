import { describe, expect, it } from "@jest/globals";
import {
  ensure,
  operation,
  scoped,
  sleep,
  spawn,
  suspend,
  timeout,
  useAbortSignal,
  type Task,
} from "coppice";
import { simulate } from "../support/virtual.js";

describe("useAbortSignal", () => {
  it("is aborted at once when its boundary is cancelled, before any cleanup runs", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const task = yield* spawn(function* () {
        const signal = yield* useAbortSignal();
        signal.addEventListener("abort", () => log.push(`aborted: ${String(signal.reason)}`));
        try {
          yield* suspend();
        } finally {
          log.push("cleanup");
        }
      });
      yield* sleep(1);
      const gone = task.cancel("not needed");
      log.push("cancel has returned");
      yield* gone;
    });
    expect(log).toEqual(["aborted: not needed", "cancel has returned", "cleanup"]);
  });

  it("is aborted when its boundary ends, in its turn among the cleanups (B2)", async () => {
    const log: string[] = [];
    const signal = await simulate(
      operation(function* work() {
        yield* ensure(() => {
          log.push("registered before");
        });
        const given = yield* useAbortSignal();
        given.addEventListener("abort", () => log.push("aborted"));
        yield* ensure(() => {
          log.push(`registered after, aborted: ${given.aborted}`);
        });
        return given;
      })(),
    );
    expect(log).toEqual(["registered after, aborted: false", "aborted", "registered before"]);
    expect(signal.reason).toMatchObject({
      name: "CancelledError",
      cancellation: { kind: "scope-ended", scope: "work" },
    });
  });

  it("belongs to the boundary, not to the task", async () => {
    const aborted = await simulate(function* () {
      const inner = yield* scoped(useAbortSignal());
      const outer = yield* useAbortSignal();
      return [inner.aborted, outer.aborted];
    });
    expect(aborted).toEqual([true, false]);
  });

  it("is aborted once, with the first reason", async () => {
    const reasons: unknown[] = [];
    await simulate(function* () {
      const task = yield* spawn(function* () {
        const signal = yield* useAbortSignal();
        signal.addEventListener("abort", () => reasons.push(signal.reason));
        yield* suspend();
      });
      yield* sleep(1);
      void task.cancel("first");
      yield* task.cancel("second");
    });
    expect(reasons).toEqual(["first"]);
  });

  it("carries a TimeoutError when a deadline passed", async () => {
    const reasons: unknown[] = [];
    await simulate(
      timeout(
        5,
        function* () {
          const signal = yield* useAbortSignal();
          signal.addEventListener("abort", () => reasons.push(signal.reason));
          yield* suspend();
        },
        { otherwise: undefined },
      ),
    );
    expect(reasons).toMatchObject([{ name: "TimeoutError" }]);
  });

  it("is a cancellation point after it has registered (S5)", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const task: Task<void> = yield* spawn(function* () {
        try {
          yield* useAbortSignal();
          log.push("never");
        } finally {
          log.push("cleanup");
        }
      });
      yield* task.cancel();
    });
    expect(log).toEqual(["cleanup"]);
  });
});
