import { describe, expect, it } from "@jest/globals";
import { call, operation, sleep, spawn, timeout, until } from "coppice";
import { deferredPromise } from "../support/deferred.js";
import { answersSixQuestions } from "../support/six-questions.js";
import { simulate, world } from "../support/virtual.js";

const lost = new Error("lost");

/** Work that obeys its signal: rejects with its reason, at once. */
function obedient<T>(work: Promise<T>) {
  return (signal: AbortSignal) =>
    new Promise<T>((resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
      work.then(resolve, reject);
    });
}

describe("call", () => {
  answersSixQuestions(
    () => {
      const { promise, resolve, reject } = deferredPromise<string>();
      const work = obedient(promise);
      let running = 0;
      return {
        operation: call(async (signal) => {
          running++;
          try {
            return await work(signal);
          } finally {
            running--;
          }
        }),
        complete: function* () {
          yield* sleep(1);
          resolve("a");
          yield* sleep(1);
        },
        fail: function* () {
          yield* sleep(1);
          reject(lost);
        },
        left: () => running,
      };
    },
    { value: "a", error: lost },
  );

  it("gives a plain value without waiting, and throws what the function throws", async () => {
    await expect(simulate(call(() => 5))).resolves.toBe(5);
    await expect(
      simulate(
        call(() => {
          throw lost;
        }),
      ),
    ).rejects.toBe(lost);
  });

  it("calls the function afresh each time one description runs", async () => {
    let calls = 0;
    const count = call(() => Promise.resolve(++calls));
    await expect(
      simulate(function* () {
        return [yield* count, yield* count];
      }),
    ).resolves.toEqual([1, 2]);
  });

  it("aborts the signal when cancelled, and goes on only when the promise has settled", async () => {
    const { run, host } = world();
    const log: string[] = [];
    const { promise, resolve } = deferredPromise<string>();
    await run(function* () {
      const task = yield* spawn(
        call((signal) => {
          signal.addEventListener("abort", () => log.push(`aborted: ${String(signal.reason)}`));
          return promise;
        }),
      );
      yield* spawn(function* () {
        yield* sleep(30);
        log.push("work settles");
        resolve("too late");
      });
      yield* sleep(1);
      yield* task.cancel("not needed");
      log.push(`${task.state} at ${host.now()}`);
    });
    expect(log).toEqual(["aborted: not needed", "work settles", "cancelled at 30"]);
  });

  it("takes a rejection with the signal's reason, or with an AbortError, for the abort's echo", async () => {
    for (const echo of ["reason", "AbortError"]) {
      const task = simulate(
        call(
          (signal) =>
            new Promise((_, reject) => {
              signal.addEventListener("abort", () =>
                reject(
                  echo === "reason"
                    ? signal.reason
                    : new DOMException("The operation was aborted", "AbortError"),
                ),
              );
            }),
        ),
      );
      await expect(task.cancel("enough")).resolves.toBeUndefined();
    }
  });

  it("reports any other rejection after a cancel as an error of cleanup (C5)", async () => {
    const task = simulate(
      call(
        (signal) =>
          new Promise((_, reject) => {
            signal.addEventListener("abort", () => reject(lost));
          }),
      ),
    );
    await expect(task.cancel()).rejects.toBe(lost);
  });

  it("does not call the function when it is cancelled before it starts", async () => {
    let calls = 0;
    await simulate(function* () {
      const task = yield* spawn(call(() => Promise.resolve(++calls)));
      yield* task.cancel();
    });
    expect(calls).toBe(0);
  });

  it("does not abort the signal of work that has completed", async () => {
    const aborted = await simulate(function* () {
      let handed: AbortSignal | undefined;
      yield* call((signal) => {
        handed = signal;
        return Promise.resolve();
      });
      return handed?.aborted;
    });
    expect(aborted).toBe(false);
  });

  it("aborts with a TimeoutError when a deadline passed (O4)", async () => {
    let reason: unknown;
    await simulate(
      timeout(
        5,
        call(
          (signal) =>
            new Promise((_, reject) => {
              signal.addEventListener("abort", () => {
                reason = signal.reason;
                reject(signal.reason);
              });
            }),
        ),
        { otherwise: undefined },
      ),
    );
    expect(reason).toMatchObject({ name: "TimeoutError" });
  });

  it("gives the task of another run, which is a promise", async () => {
    const other = simulate(function* () {
      yield* sleep(5);
      return 7;
    });
    await expect(simulate(call(() => other))).resolves.toBe(7);
  });

  it.each([
    [
      "a function*",
      function* load() {
        yield* sleep(1);
      },
      'call() needs a function that returns a promise or a value, "load" returned an operation. Write yield* load().',
    ],
    [
      "an operation()",
      operation(function* load() {
        yield* sleep(1);
      }),
      "An operation was awaited. Use `yield* operation` in an operation, or `await run(operation)`.",
    ],
  ])("E5 says what to write when it is given %s", async (_, fn, message) => {
    await expect(simulate(call(fn as never))).rejects.toThrow(new TypeError(message));
  });

  it.each([
    [undefined, "call() needs a function, got undefined. For a promise use until(promise)."],
    [Promise.resolve(), "call() needs a function, got a Promise. For a promise use until(promise)."],
    [sleep(1), "call() needs a function, got an operation. For a promise use until(promise)."],
  ])("E5 refuses %p where it is called", (given, message) => {
    expect(() => call(given as never)).toThrow(new TypeError(message));
  });

  it("leaves the same error object to the caller that the promise was rejected with", async () => {
    const frozen = Object.freeze({ code: 1 });
    const caught = await simulate(function* () {
      try {
        return yield* call(() => Promise.reject(frozen));
      } catch (error) {
        return error;
      }
    });
    expect(caught).toBe(frozen);
  });

  it("can be mixed with until inside one task", async () => {
    const values = await simulate(function* () {
      return [yield* call(() => Promise.resolve(1)), yield* until(Promise.resolve(2)), yield* call(() => 3)];
    });
    expect(values).toEqual([1, 2, 3]);
  });
});
