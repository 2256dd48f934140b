import { describe, expect, it } from "@jest/globals";
import {
  all,
  attempt,
  run as runReally,
  scoped,
  sleep,
  spawn,
  timeout,
  until,
  useScope,
  type Operation,
} from "coppice";
import { deferredPromise } from "../support/deferred.js";
import { answersSixQuestions } from "../support/six-questions.js";
import { simulate } from "../support/virtual.js";

const lost = new Error("lost");

describe("until", () => {
  answersSixQuestions(
    () => {
      const { promise, resolve, reject } = deferredPromise<string>();
      return {
        operation: until(promise),
        complete: function* () {
          yield* sleep(1);
          resolve("a");
          yield* until(promise);
        },
        fail: function* () {
          yield* sleep(1);
          reject(lost);
        },
        left: () => 0,
      };
    },
    { value: "a", error: lost },
  );

  it("gives the value of a promise that has settled already", async () => {
    await expect(simulate(until(Promise.resolve(1)))).resolves.toBe(1);
    await expect(simulate(until(Promise.reject(lost)))).rejects.toBe(lost);
  });

  it("processes a completion in the promise's own callback (S3)", async () => {
    const { promise, resolve } = deferredPromise<string>();
    const log: string[] = [];
    const task = runReally(function* () {
      log.push(yield* until(promise));
    });
    void promise.then(() => log.push("a reaction that was registered later"));
    resolve("resumed");
    await task;
    expect(log).toEqual(["resumed", "a reaction that was registered later"]);
  });

  it("waits for one promise in many tasks, and again and again", async () => {
    const { promise, resolve } = deferredPromise<number>();
    const sums = await simulate(function* () {
      yield* spawn(function* () {
        yield* sleep(1);
        resolve(2);
      });
      const first = yield* all([until(promise), until(promise), until(promise)]);
      return [...first, yield* until(promise)];
    });
    expect(sums).toEqual([2, 2, 2, 2]);
  });

  it("gives the value to a wait that begins after one was cancelled, whenever the promise settles", async () => {
    for (const settlesAt of [3, 7, 12]) {
      const { promise, resolve } = deferredPromise<string>();
      const result = await simulate(function* () {
        yield* spawn(function* () {
          yield* sleep(settlesAt);
          resolve("value");
        });
        yield* timeout(5, until(promise), { otherwise: "late" });
        yield* sleep(5);
        return yield* until(promise);
      });
      expect(result).toBe("value");
    }
  });

  it("gives each of several waits its value when others were cancelled in between", async () => {
    const { promise, resolve } = deferredPromise<string>();
    const results = await simulate(function* () {
      const kept = yield* spawn(until(promise));
      const dropped = yield* spawn(until(promise));
      yield* sleep(1);
      yield* dropped.cancel();
      const again = yield* spawn(until(promise));
      const last = yield* spawn(until(promise));
      yield* sleep(1);
      resolve("a");
      return [yield* kept, yield* again, yield* last];
    });
    expect(results).toEqual(["a", "a", "a"]);
  });

  it("keeps no more reactions on a promise than ever waited at the same time", async () => {
    let reactions = 0;
    const { promise } = deferredPromise<string>();
    const counting: PromiseLike<string> = {
      then: (onValue, onError) => {
        reactions++;
        return promise.then(onValue, onError);
      },
    };
    await simulate(function* () {
      for (let i = 0; i < 1_000; i++) yield* timeout(1, until(counting), { otherwise: "late" });
    });
    expect(reactions).toBe(1);
  });

  it("stops waiting when it is cancelled; a rejection that comes later is handled", async () => {
    const handlers: unknown[] = [];
    const parked: PromiseLike<string> = {
      then: (_onValue, onError) => {
        handlers.push(onError);
        return new Promise(() => undefined);
      },
    };
    const result = await simulate(timeout(1, until(parked), { otherwise: "late" }));
    expect([result, handlers]).toEqual(["late", [expect.any(Function)]]);
  });

  it.each<[string, (promise: Promise<never>) => Operation<unknown>]>([
    ["by itself", (promise) => until(promise)],
    ["inside timeout()", (promise) => timeout(5, until(promise))],
    ["inside attempt() inside scoped()", (promise) => scoped(attempt(until(promise)))],
  ])("handles a rejection when it is cancelled before it begins, %s", async (_, use) => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.on("unhandledRejection", note);
    try {
      const task = simulate(function* () {
        void (yield* useScope()).cancel();
        yield* use(Promise.reject(lost));
      });
      await task.then(undefined, () => undefined);
      await new Promise(setImmediate);
    } finally {
      process.off("unhandledRejection", note);
    }
    expect(unhandled).toEqual([]);
  });

  it("takes a thenable that calls back at once, twice, or both ways: the first counts", async () => {
    const hostile: PromiseLike<string> = {
      then(onValue, onError) {
        onValue?.("first");
        onValue?.("second");
        onError?.(lost);
        return Promise.resolve() as never;
      },
    };
    await expect(
      simulate(function* () {
        return [yield* until(hostile), yield* until(hostile)];
      }),
    ).resolves.toEqual(["first", "first"]);
  });

  it("is not ended by another promise, whose wait was cancelled and which settles late", async () => {
    const left = deferredPromise<string>();
    const awaited = deferredPromise<string>();
    const values = await simulate(function* () {
      yield* timeout(1, until(left.promise), { otherwise: "late" });
      // Reactions that have fired serve again; the one on the promise that was left has not.
      for (const value of ["a", "b"]) yield* until(Promise.resolve(value));
      yield* spawn(function* () {
        yield* sleep(1);
        left.resolve("of the one that was left");
        yield* sleep(1);
        awaited.resolve("of the one that is awaited");
      });
      return [yield* until(awaited.promise), yield* until(left.promise)];
    });
    expect(values).toEqual(["of the one that is awaited", "of the one that was left"]);
  });

  it("is not ended by another thenable that calls back once more, late", async () => {
    let callAgain: (() => void) | undefined;
    const hostile: PromiseLike<string> = {
      then(onValue) {
        callAgain = () => void onValue?.("again");
        onValue?.("first");
        return Promise.resolve() as never;
      },
    };
    const awaited = deferredPromise<string>();
    const values = await simulate(function* () {
      const first = yield* until(hostile);
      yield* spawn(function* () {
        yield* sleep(1);
        callAgain?.();
        yield* sleep(1);
        awaited.resolve("second");
      });
      return [first, yield* until(awaited.promise)];
    });
    expect(values).toEqual(["first", "second"]);
  });

  it("throws what a thenable's then throws", async () => {
    const broken: PromiseLike<string> = {
      then() {
        throw lost;
      },
    };
    await expect(simulate(until(broken))).rejects.toBe(lost);
  });

  it.each([
    [5, "until() needs a promise, got the number 5. Use the value as it is, or yield* an operation."],
    [undefined, "until() needs a promise, got undefined. Use the value as it is, or yield* an operation."],
    [
      () => Promise.resolve(),
      "until() needs a promise, got a function. Use the value as it is, or yield* an operation.",
    ],
    [
      { then: 1 },
      "until() needs a promise, got an object of class Object. Use the value as it is, or yield* an operation.",
    ],
  ])("E5 refuses %p where it is called", (given, message) => {
    expect(() => until(given as never)).toThrow(new TypeError(message));
  });

  it("E5 refuses an operation in place of a promise", async () => {
    await expect(simulate(until(sleep(1) as never))).rejects.toThrow("An operation was awaited.");
  });
});
