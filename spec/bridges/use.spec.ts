import { describe, expect, it } from "@jest/globals";
import { ensure, operation, run, sleep, spawn, suspend, use } from "coppice";
import { endOf, quiet } from "../support/ways-to-cancel.js";
import { simulate, world } from "../support/virtual.js";

const noting = (log: string[], name: string): Disposable => ({
  [Symbol.dispose]() {
    log.push(name);
  },
});

describe("use", () => {
  it("gives back what it is given, and disposes of it at the end of the boundary, newest first", async () => {
    const log: string[] = [];
    const first = noting(log, "first");
    await simulate(function* () {
      yield* operation(function* () {
        expect(yield* use(first)).toBe(first);
        yield* use(noting(log, "second"));
        log.push("body");
      })();
      log.push("after");
    });
    expect(log).toEqual(["body", "second", "first", "after"]);
  });

  it("waits for an asynchronous disposal, which is preferred", async () => {
    const log: string[] = [];
    await simulate(function* () {
      yield* operation(function* () {
        yield* use({
          async [Symbol.asyncDispose]() {
            await quiet();
            log.push("disposed");
          },
          [Symbol.dispose]() {
            log.push("never");
          },
        });
      })();
      log.push("after");
    });
    expect(log).toEqual(["disposed", "after"]);
  });

  it("S5 registers first: a cancel that lands there disposes of it", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const task = yield* spawn(function* () {
        yield* use(noting(log, "disposed"));
        log.push("never");
      });
      yield* task.cancel();
    });
    expect(log).toEqual(["disposed"]);
  });

  it("looks the method up when it registers", async () => {
    const log: string[] = [];
    const changing = noting(log, "then");
    await simulate(function* () {
      yield* use(changing);
      changing[Symbol.dispose] = () => {
        log.push("later");
      };
    });
    expect(log).toEqual(["then"]);
  });

  it("E2 reports what disposal throws or rejects with, and disposes of the rest", async () => {
    const log: string[] = [];
    const sync = new Error("sync");
    const later = new Error("later");
    const { error } = await endOf(
      simulate(function* () {
        yield* use(noting(log, "rest"));
        yield* use({ [Symbol.asyncDispose]: () => Promise.reject(later) });
        yield* use({
          [Symbol.dispose]() {
            throw sync;
          },
        });
      }),
    );
    expect(error).toMatchObject({ errors: [sync, later] });
    expect(log).toEqual(["rest"]);
  });

  it("passes null and undefined", async () => {
    expect(await simulate(use(null))).toBeNull();
    await expect(simulate(use(undefined))).resolves.toBeUndefined();
  });

  it("E5 refuses what cannot be disposed of", () => {
    // @ts-expect-error -- not disposable
    const refused = (): unknown => use({ close: () => undefined });
    expect(refused).toThrow(
      "use() needs an object with Symbol.dispose or Symbol.asyncDispose, got an object of class Object. Use ensure(() => …) for other cleanup.",
    );
  });

  it("takes a task: the boundary ends when it is gone", async () => {
    const { run } = world();
    const log: string[] = [];
    await run(function* () {
      yield* use(
        run(function* () {
          yield* ensure(function* () {
            yield* sleep(10);
            log.push("task is gone");
          });
          yield* suspend();
        }),
      );
      yield* sleep(1);
      log.push("body");
    });
    expect(log).toEqual(["body", "task is gone"]);
  });
});

describe("await using", () => {
  it("cancels a task and waits for its cleanup", async () => {
    const log: string[] = [];
    {
      await using task = run(function* () {
        yield* ensure(() => log.push("cleanup"));
        yield* suspend();
      });
      log.push(task.state);
    }
    expect(log).toEqual(["waiting", "cleanup"]);
  });
});
