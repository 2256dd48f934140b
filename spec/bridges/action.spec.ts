import { describe, expect, it } from "@jest/globals";
import { action, select, sleep, spawn, type Operation } from "coppice";
import { fail } from "../support/fail.js";
import { answersSixQuestions, atOnce } from "../support/six-questions.js";
import { simulate } from "../support/virtual.js";

const lost = new Error("lost");

describe("action", () => {
  answersSixQuestions(
    () => {
      const listeners = new Set<{ resolve: (value: string) => void; reject: (error: unknown) => void }>();
      return {
        operation: action<string>((resolve, reject) => {
          const listener = { resolve, reject };
          listeners.add(listener);
          return () => listeners.delete(listener);
        }),
        complete: atOnce(() => listeners.forEach(({ resolve }) => resolve("a"))),
        fail: atOnce(() => listeners.forEach(({ reject }) => reject(lost))),
        left: () => listeners.size,
      };
    },
    { value: "a", error: lost },
  );

  it("may resolve inside its start, and runs the cleanup then", async () => {
    const log: string[] = [];
    const value = await simulate(
      action<string>((resolve) => {
        resolve("at once");
        return () => {
          log.push("cleanup");
        };
      }),
    );
    expect([value, ...log]).toEqual(["at once", "cleanup"]);
  });

  it("counts the first call only, and runs the cleanup once", async () => {
    const log: string[] = [];
    const value = await simulate(function* () {
      const first = yield* action<string>((resolve, reject) => {
        setImmediate(() => {
          resolve("first");
          resolve("second");
          reject(lost);
        });
        return () => {
          log.push("cleanup");
        };
      });
      yield* sleep(1);
      return first;
    });
    expect([value, ...log]).toEqual(["first", "cleanup"]);
  });

  it("ignores calls that come after a cancel, also from the cleanup itself", async () => {
    const log: string[] = [];
    let late: ((value: string) => void) | undefined;
    await simulate(function* () {
      const task = yield* spawn(function* () {
        log.push(
          yield* action<string>((resolve) => {
            late = resolve;
            return () => {
              log.push("cleanup");
              resolve("from the cleanup");
            };
          }),
        );
      });
      yield* sleep(1);
      yield* task.cancel();
      late?.("late");
      yield* sleep(1);
      log.push(task.state);
    });
    expect(log).toEqual(["cleanup", "cancelled"]);
  });

  it("needs no cleanup", async () => {
    await expect(
      simulate(
        action<number>((resolve) => {
          setImmediate(resolve, 3);
        }),
      ),
    ).resolves.toBe(3);
  });

  it("throws what its start throws", async () => {
    await expect(simulate(action(() => fail(lost)))).rejects.toBe(lost);
  });

  it("throws what its cleanup throws when it has settled", async () => {
    await expect(
      simulate(
        action<number>((resolve) => {
          setImmediate(resolve, 3);
          return () => fail(lost);
        }),
      ),
    ).rejects.toBe(lost);
  });

  it.each<[string, (action: Operation<number>) => Operation<unknown>]>([
    ["by itself", (given) => given],
    ["in a select", (given) => select({ given, late: sleep(1) })],
    ["behind others, in a select", (given) => select({ late: sleep(1), given })],
  ])("throws what its cleanup throws when it has settled inside its start, %s (E2)", async (_, use) => {
    const task = simulate(
      use(
        action<number>((resolve) => {
          resolve(3);
          return () => fail(lost);
        }),
      ),
    );
    await expect(task).rejects.toBe(lost);
  });

  it("reports what its cleanup throws on a cancel as an error of cleanup (C5)", async () => {
    const task = simulate(action<number>(() => () => fail(lost)));
    await expect(task.cancel()).rejects.toBe(lost);
  });

  it("starts afresh each time one description runs", async () => {
    let started = 0;
    const count = action<number>((resolve) => resolve(++started));
    await expect(
      simulate(function* () {
        return [yield* count, yield* count];
      }),
    ).resolves.toEqual([1, 2]);
  });

  it.each([
    [undefined, "action() needs a function, got undefined."],
    [Promise.resolve(), "action() needs a function, got a Promise."],
  ])("E5 refuses %p where it is called", (given, message) => {
    expect(() => action(given as never)).toThrow(new TypeError(message));
  });

  it.each([
    ["a promise", () => Promise.resolve(), "a Promise"],
    ["a number", () => 5, "the number 5"],
    ["an array", () => [], "an array"],
  ])("E5 refuses a start that returns %s", async (_, start, shown) => {
    await expect(simulate(action(start as never))).rejects.toThrow(
      new TypeError(
        `action() needs a function that returns its cleanup or nothing, got ${shown}. For promises use call().`,
      ),
    );
  });
});
