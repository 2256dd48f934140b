import { describe, expect, it } from "@jest/globals";
import { abandonedWork, call, checkpoint, CleanupError, sleep, spawn } from "coppice";
import { world } from "../support/virtual.js";

/** Work that ignores its signal. */
function stubborn(): {
  work: (signal: AbortSignal) => Promise<string>;
  signal: () => AbortSignal | undefined;
  end: PromiseWithResolvers<string>;
} {
  const end = resolvers<string>();
  let seen: AbortSignal | undefined;
  return {
    work: async function lookUp(signal) {
      seen = signal;
      return await end.promise;
    },
    signal: () => seen,
    end,
  };
}

interface PromiseWithResolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

function resolvers<T>(): PromiseWithResolvers<T> {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((a, b) => {
    resolve = a;
    reject = b;
  });
  return { promise, resolve, reject };
}

/** Lets the reactions of settled promises run. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("call with abandon", () => {
  it("aborts the signal and leaves at once when cancelled", async () => {
    const { run, host } = world();
    const { work, signal } = stubborn();
    const reason = new Error("no longer needed");
    await run(function* () {
      const task = yield* spawn(call(work, { abandon: true }));
      yield* sleep(5);
      yield* task.cancel(reason);
      expect(host.now()).toBe(5);
    });
    expect(signal()?.reason).toBe(reason);
  });

  it("lists what was left behind until it settles", async () => {
    const { run } = world();
    const { work, end } = stubborn();
    await run(function* () {
      const task = yield* spawn(call(work, { abandon: true }), { name: "resolver" });
      yield* sleep(5);
      yield* task.cancel("too late");
      expect(abandonedWork()).toEqual([
        {
          name: "lookUp",
          task: "resolver",
          since: 5,
          cancellation: expect.objectContaining({ kind: "cancel", reason: "too late" }),
        },
      ]);
      end.resolve("late");
      yield* call(settle);
      expect(abandonedWork()).toEqual([]);
    });
  });

  it("reports the late rejection to the host", async () => {
    const { run, host } = world();
    const { work, end } = stubborn();
    await run(function* () {
      const task = yield* spawn(call(work, { abandon: true }));
      yield* checkpoint();
      yield* task.cancel();
      const error = new Error("the resolver broke");
      end.reject(error);
      yield* call(settle);
      expect(host.unobservedErrors).toEqual([error]);
      expect(host.unobservedErrors[0]).toBe(error);
    });
  });

  it("does not report a late rejection that is only the abort's echo", async () => {
    const { run, host } = world();
    const { work, signal, end } = stubborn();
    await run(function* () {
      const task = yield* spawn(call(work, { abandon: true }));
      yield* checkpoint();
      yield* task.cancel();
      end.reject(signal()?.reason);
      yield* call(settle);
      expect(host.unobservedErrors).toEqual([]);
    });
  });

  it("gives the value, or throws the error, of work that is not cancelled", async () => {
    const { run } = world();
    expect(await run(call(async () => await Promise.resolve(1), { abandon: true }))).toBe(1);
    const error = new Error("at once");
    await expect(run(call(() => Promise.reject(error), { abandon: true }))).rejects.toBe(error);
    expect(abandonedWork()).toEqual([]);
  });

  it("takes a name for messages", async () => {
    const { run } = world();
    await run(function* () {
      const task = yield* spawn(
        call(() => new Promise(() => undefined), { abandon: true, name: "look up host" }),
      );
      yield* checkpoint();
      yield* task.cancel();
      expect(abandonedWork().map(({ name }) => name)).toEqual(["look up host"]);
    });
  });
});

describe("call", () => {
  it("C7 is listed as abandoned, and its late rejection reported, when the grace of a cancel ran out", async () => {
    const { run, host } = world();
    const { work, end } = stubborn();
    await run(function* () {
      const task = run(call(work));
      yield* sleep(1);
      let report: unknown;
      try {
        yield* task.cancel("stop", { grace: 100 });
      } catch (error) {
        report = error;
      }
      expect(report).toBeInstanceOf(CleanupError);
      expect(host.now()).toBe(101);
      expect(abandonedWork().map(({ name }) => name)).toEqual(["lookUp"]);
      end.reject(new Error("much later"));
      yield* call(settle);
      expect(abandonedWork()).toEqual([]);
      expect(host.unobservedErrors).toEqual([new Error("much later")]);
    });
  });

  it("ignores a thenable that calls back twice", async () => {
    const { run, host } = world();
    const twice = {
      then(resolve: (value: number) => void, reject: (error: unknown) => void) {
        resolve(1);
        reject(new Error("second"));
        resolve(3);
      },
    };
    // A thenable as foreign code may give it: no more than `then`.
    expect(await run(call(() => twice as unknown as PromiseLike<number>))).toBe(1);
    expect(host.unobservedErrors).toEqual([]);
  });
});

describe("abandonedWork", () => {
  it("knows nothing of another scheduler's work", async () => {
    const first = world();
    await first.run(function* () {
      const task = yield* spawn(call(() => new Promise(() => undefined), { abandon: true }));
      yield* checkpoint();
      yield* task.cancel();
      expect(abandonedWork()).toHaveLength(1);
    });
    expect(abandonedWork()).toEqual([]);
  });
});
