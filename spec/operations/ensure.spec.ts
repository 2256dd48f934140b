import { describe, expect, it } from "@jest/globals";
import { ensure, ExceptionGroup, operation, scoped, sleep, spawn, suspend, until, type Task } from "coppice";
import { fail } from "../support/fail.js";
import { simulate, world } from "../support/virtual.js";

const lost = new Error("lost");

describe("ensure", () => {
  it.each(["return", "throw", "cancel"])(
    "runs the cleanup once when its boundary ends by %s",
    async (how) => {
      const log: string[] = [];
      const task = simulate(function* () {
        yield* ensure(() => {
          log.push("cleanup");
        });
        if (how === "throw") fail(lost);
        if (how === "cancel") yield* suspend();
      });
      if (how === "cancel") await task.cancel();
      else await task.catch(() => undefined);
      expect(log).toEqual(["cleanup"]);
    },
  );

  it("runs cleanups newest first, each after everything that was created later is gone (B2)", async () => {
    const { run, host } = world();
    const log: string[] = [];
    await run(function* () {
      yield* ensure(function* () {
        yield* sleep(5);
        log.push(`first at ${host.now()}`);
      });
      yield* spawn(function* () {
        try {
          yield* suspend();
        } finally {
          yield* sleep(10);
          log.push(`child at ${host.now()}`);
        }
      });
      yield* ensure(() => {
        log.push(`last at ${host.now()}`);
      });
      yield* sleep(0);
    });
    expect(log).toEqual(["last at 0", "child at 10", "first at 15"]);
  });

  it("belongs to the boundary it runs in, and a helper function* is part of its caller's (B1)", async () => {
    const log: string[] = [];
    function* helper() {
      yield* ensure(() => {
        log.push("helper's cleanup");
      });
    }
    const named = operation(function* named() {
      yield* ensure(() => {
        log.push("operation's cleanup");
      });
    });
    await simulate(function* () {
      yield* helper();
      log.push("after the helper");
      yield* named();
      log.push("after the operation");
    });
    expect(log).toEqual([
      "after the helper",
      "operation's cleanup",
      "after the operation",
      "helper's cleanup",
    ]);
  });

  it("registers before it is a cancellation point (S5)", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const task: Task<void> = yield* spawn(function* () {
        void task.cancel();
        yield* ensure(() => {
          log.push("given back");
        });
        log.push("never");
      });
      yield* sleep(1);
    });
    expect(log).toEqual(["given back"]);
  });

  it("waits for a cleanup that waits, which a further cancel does not interrupt (C3)", async () => {
    const { run, host } = world();
    const log: string[] = [];
    const task = run(function* () {
      yield* ensure(function* () {
        log.push("begins");
        yield* sleep(20);
        log.push(`done at ${host.now()}`);
      });
      yield* suspend();
    });
    const first = task.cancel("once");
    const second = task.cancel("again");
    await first;
    await second;
    expect(log).toEqual(["begins", "done at 20"]);
  });

  it("takes an arrow function that returns an operation", async () => {
    const { run, host } = world();
    await run(function* () {
      yield* ensure(() => sleep(7));
      yield* ensure(() => until(Promise.resolve()));
    });
    expect(host.now()).toBe(7);
  });

  it.each([
    true,
    3,
    "text",
    undefined,
    null,
    [1],
    new Set([1]),
    new Map([[1, 2]]),
    { closed: true },
    Symbol("done"),
    5n,
  ])("takes %p that a cleanup returns by the way for nothing", async (returned) => {
    const result = await simulate(function* () {
      yield* ensure(() => returned);
      return "value";
    });
    expect(result).toBe("value");
  });

  it("E5 refuses a promise that a cleanup returns: nothing would wait for it", async () => {
    const request = operation(function* request() {
      yield* ensure(() => Promise.resolve());
      yield* sleep(0);
    });
    await expect(simulate(request())).rejects.toThrow(
      new TypeError(
        'A cleanup of "request" returned a Promise, for which nothing waits. Return until(promise), or write ensure(function* () { … }).',
      ),
    );
  });

  it("runs the others when one throws, and reports all that went wrong, causes first (B3, E2)", async () => {
    const log: string[] = [];
    const [first, second] = [new Error("first"), new Error("second")];
    const error: unknown = await simulate(
      scoped(function* () {
        yield* ensure(() => {
          log.push("registered first");
          fail(first);
        });
        yield* ensure(function* () {
          yield* sleep(1);
          log.push("registered second");
          fail(second);
        });
        fail(lost);
      }),
    ).catch((thrown: unknown) => thrown);
    expect(log).toEqual(["registered second", "registered first"]);
    expect(error).toBeInstanceOf(ExceptionGroup);
    expect((error as ExceptionGroup).errors).toEqual([lost, second, first]);
  });

  it("may be used in a cleanup, and spawn there", async () => {
    const log: string[] = [];
    await simulate(function* () {
      yield* ensure(function* () {
        yield* ensure(() => {
          log.push("inner");
        });
        const child = yield* spawn(function* () {
          yield* sleep(1);
          return "child";
        });
        log.push(yield* child);
      });
    });
    expect(log).toEqual(["child", "inner"]);
  });

  it.each([
    [undefined, "ensure() needs a function or a function*, got undefined. Write ensure(() => …)."],
    [sleep(1), "ensure() needs a function or a function*, got an operation. Write ensure(() => …)."],
    [Promise.resolve(), "ensure() needs a function or a function*, got a Promise. Write ensure(() => …)."],
  ])("E5 refuses %p where it is called", (given, message) => {
    expect(() => ensure(given as never)).toThrow(new TypeError(message));
  });
});
