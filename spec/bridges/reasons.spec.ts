import { describe, expect, it } from "@jest/globals";
import { getEventListeners } from "node:events";
import {
  call,
  CancelledError,
  operation,
  run,
  sleep,
  spawn,
  suspend,
  TimeoutError,
  timeout,
  toAsync,
  useAbortSignal,
} from "coppice";
import { endOf, quiet } from "../support/ways-to-cancel.js";
import { world } from "../support/virtual.js";

/** An operation that calls a promise-returning function that runs an operation that … */
function crossings(
  depth: number,
  innermost: (signal: AbortSignal) => Promise<unknown>,
): (options: { signal: AbortSignal }) => Promise<unknown> {
  if (depth === 0) return ({ signal }) => innermost(signal);
  const inner = crossings(depth - 1, innermost);
  return toAsync(function* cross() {
    return yield* call((signal) => inner({ signal }));
  });
}

function untilAborted(seen: unknown[]): (signal: AbortSignal) => Promise<never> {
  return (signal) =>
    new Promise((_, reject) => {
      signal.addEventListener("abort", () => {
        seen.push(signal.reason);
        reject(signal.reason as Error);
      });
    });
}

const reasons: readonly (readonly [string, unknown])[] = [
  ["an error", new Error("the client has gone")],
  ["a text", "the client has gone"],
  ["a number", 0],
  ["null", null],
  ["a frozen object", Object.freeze({ code: 17 })],
];

describe("the reason of an AbortSignal", () => {
  it.each(reasons)("O4 comes out unchanged after ten crossings: %s", async (_, reason) => {
    const seen: unknown[] = [];
    const controller = new AbortController();
    const promise = crossings(10, untilAborted(seen))({ signal: controller.signal });
    await quiet();
    controller.abort(reason);
    await expect(
      promise.then(
        () => "value",
        (error: unknown) => ({ error }),
      ),
    ).resolves.toEqual({ error: reason });
    expect(seen).toEqual([reason]);
    expect(Object.is(seen[0], reason)).toBe(true);
  });

  it("O4 is the same object for all signals that one request reaches, when no reason was given", async () => {
    const { run } = world();
    const seen: unknown[] = [];
    await run(function* () {
      const task = yield* spawn(function* parent() {
        yield* spawn(call(untilAborted(seen)));
        yield* spawn(call(untilAborted(seen)));
        const signal = yield* useAbortSignal();
        signal.addEventListener("abort", () => seen.push(signal.reason));
        yield* suspend();
      });
      yield* sleep(1);
      yield* task.cancel();
    });
    expect(seen).toHaveLength(3);
    expect(new Set(seen).size).toBe(1);
    expect(seen[0]).toBeInstanceOf(CancelledError);
  });

  it("O4 is a TimeoutError when a deadline passed", async () => {
    const { run } = world();
    const seen: unknown[] = [];
    await endOf(run(timeout(5, call(untilAborted(seen)))));
    expect(seen).toEqual([expect.any(TimeoutError)]);
  });

  it("O4 is the failure when a sibling failed", async () => {
    const { run } = world();
    const seen: unknown[] = [];
    const failure = new Error("sibling");
    await endOf(
      run(function* () {
        yield* spawn(function* () {
          yield* sleep(1);
          throw failure;
        });
        yield* call(untilAborted(seen));
      }),
    );
    expect(seen[0]).toBe(failure);
  });
});

describe("listeners on a long-lived signal", () => {
  const { signal } = new AbortController();
  const listeners = (): number => getEventListeners(signal, "abort").length;

  it("are gone with each run, however it ends", async () => {
    const { run } = world();
    for (let i = 0; i < 20; i++) {
      await run(sleep(1), { signal });
      await endOf(
        run(
          function* () {
            yield* sleep(1);
            throw new Error("failed");
          },
          { signal },
        ),
      );
      const task = run(suspend(), { signal });
      await task.cancel();
    }
    expect(listeners()).toBe(0);
  });

  it("are gone with each call of a function made by toAsync", async () => {
    const load = toAsync(function* (n: number) {
      return yield* call(async () => await Promise.resolve(n));
    });
    await Promise.all(Array.from({ length: 50 }, (_, n) => load(n, { signal })));
    expect(listeners()).toBe(0);
  });

  it("is one for a thousand tasks that follow it, so that no host warns of a leak", async () => {
    const { run } = world();
    const tasks = Array.from({ length: 1000 }, () => run(suspend(), { signal }));
    expect(listeners()).toBe(1);
    await Promise.all(tasks.map((task) => task.cancel()));
    expect(listeners()).toBe(0);
  });

  it("are none where a signal is handed out inside", async () => {
    const work = operation(function* () {
      const inner = yield* useAbortSignal();
      yield* call(async () => await Promise.resolve(inner.aborted));
    });
    const task = run(
      function* () {
        for (let i = 0; i < 20; i++) yield* work();
      },
      { signal },
    );
    await quiet();
    await task;
    expect(listeners()).toBe(0);
  });
});
