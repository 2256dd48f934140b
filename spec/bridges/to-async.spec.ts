import { describe, expect, it } from "@jest/globals";
import { operation, suspend, toAsync, type Operation } from "coppice";
import { Gate } from "../support/gate.js";

describe("toAsync", () => {
  it("makes a function that runs the operation and returns a promise", async () => {
    const add = toAsync(function* (a: number, b: number): Operation<number> {
      return yield* plus(a, b);
    });
    const promise = add(1, 2);
    expect(promise).toBeInstanceOf(Promise);
    await expect(promise).resolves.toBe(3);
  });

  it("S1 starts inside the call, up to the first wait", async () => {
    const log: string[] = [];
    const gate = new Gate();
    const promise = toAsync(function* () {
      log.push("started");
      yield* gate.pass;
      log.push("went on");
    })();
    log.push("called");
    gate.open();
    await promise;
    expect(log).toEqual(["started", "called", "went on"]);
  });

  it("rejects with the operation's error", async () => {
    const error = new Error("inside");
    const fail = toAsync(function* (): Operation<never> {
      throw error;
    });
    await expect(fail()).rejects.toBe(error);
  });

  it("is cancelled by the signal that is passed after the arguments, and rejects with its reason", async () => {
    const log: unknown[] = [];
    const wait = toAsync(function* (...args: readonly unknown[]) {
      log.push(...args);
      try {
        yield* suspend();
      } finally {
        log.push("cleanup");
      }
    });
    const controller = new AbortController();
    const promise = wait("a", "b", { signal: controller.signal });
    const reason = new Error("gone");
    controller.abort(reason);
    await expect(promise).rejects.toBe(reason);
    expect(log).toEqual(["a", "b", "cleanup"]);
  });

  it("C12 starts nothing with a signal that is aborted already", async () => {
    let isStarted = false;
    const start = toAsync(function* () {
      isStarted = true;
      yield* suspend();
    });
    await expect(start({ signal: AbortSignal.abort("before") })).rejects.toBe("before");
    expect(isStarted).toBe(false);
  });

  it("passes on a last argument that is more than the options", async () => {
    const seen = toAsync(function* (options: object): Operation<unknown> {
      return yield* given(options);
    });
    const options = { signal: AbortSignal.abort(), method: "GET" };
    await expect(seen(options)).resolves.toBe(options);
    const empty = {};
    await expect(seen(empty)).resolves.toBe(empty);
    await expect(seen(empty, { signal: undefined })).resolves.toBe(empty);
  });

  it("keeps the operation's name", () => {
    expect(
      toAsync(
        operation(function* loadUser() {
          yield* suspend();
        }),
      ).name,
    ).toBe("loadUser");
  });

  it("E5 rejects with an explanation when the signal is none", async () => {
    const start = toAsync(function* () {
      yield* suspend();
    });
    // @ts-expect-error -- a signal is wanted
    await expect(start({ signal: { aborted: false } })).rejects.toThrow(/AbortSignal/);
  });

  it("E5 refuses an async function at once", () => {
    // @ts-expect-error -- an operation is wanted
    expect(() => toAsync(async () => await Promise.resolve(1))).toThrow(/async function/);
  });
});

const plus = operation(function* plus(a: number, b: number): Operation<number> {
  return a + b;
});

const given = operation(function* given<T>(value: T): Operation<T> {
  return value;
});
