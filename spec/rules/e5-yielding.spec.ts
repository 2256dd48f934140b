import { describe, expect, it } from "@jest/globals";
import {
  all,
  ensure,
  operation,
  race,
  scoped,
  sleep,
  spawn,
  suspend,
  taskGroup,
  timeout,
  timeoutAt,
  type Operable,
  type Operation,
} from "coppice";
import { failureOf, textOf } from "../support/failure.js";
import { simulate, world } from "../support/virtual.js";

/** Runs a bare `yield` of a value, as JavaScript allows and the types do not. */
function yieldOf(value: unknown): Operable<unknown> {
  return function* work() {
    return (yield value) as unknown;
  } as () => Operation<unknown>;
}

const fetchUser = operation(function* fetchUser(id: string) {
  yield* sleep(1);
  return `user ${id}`;
});

const rows: [name: string, value: unknown, message: string][] = [
  [
    "a number",
    42,
    "yielded the number 42, which is not an operation. Write yield* and an operation, or use the value as it is.",
  ],
  [
    "a string",
    "abc",
    'yielded the string "abc", which is not an operation. Write yield* and an operation, or use the value as it is.',
  ],
  [
    "a boolean",
    true,
    "yielded the boolean true, which is not an operation. Write yield* and an operation, or use the value as it is.",
  ],
  [
    "a bigint",
    5n,
    "yielded the bigint 5, which is not an operation. Write yield* and an operation, or use the value as it is.",
  ],
  [
    "undefined",
    undefined,
    "yielded undefined, which is not an operation. Write yield* and an operation, or use the value as it is.",
  ],
  [
    "null",
    null,
    "yielded null, which is not an operation. Write yield* and an operation, or use the value as it is.",
  ],
  [
    "a symbol",
    Symbol("s"),
    "yielded the symbol Symbol(s), which is not an operation. Write yield* and an operation, or use the value as it is.",
  ],
  [
    "an object",
    { secret: "hunter2" },
    "yielded an object of class Object, which is not an operation. Write yield* and an operation, or use the value as it is.",
  ],
  [
    "an array",
    ["hunter2"],
    "yielded an array, which is not an operation. Write yield* and an operation, or use the value as it is.",
  ],
  [
    "an error",
    new Error("hunter2"),
    "yielded a Error, which is not an operation. Write yield* and an operation, or use the value as it is.",
  ],
  [
    "a date",
    new Date(0),
    "yielded a Date, which is not an operation. Write yield* and an operation, or use the value as it is.",
  ],
  [
    "a promise",
    Promise.resolve(1),
    "yielded a Promise, which is not an operation. Use yield* until(promise).",
  ],
  [
    "a function",
    function load() {
      return 1;
    },
    'yielded the function "load", which is not an operation. Call it: yield* load(…).',
  ],
  [
    "an arrow function",
    (
      () => () =>
        1
    )(),
    "yielded a function, which is not an operation. Call it: yield* fn(…).",
  ],
  [
    "a function*",
    function* load() {
      yield* sleep(1);
    },
    'yielded the function "load", which is not an operation. Call it: yield* load(…).',
  ],
  ["an operation", sleep(5), "used `yield` on an operation. Write `yield*`."],
  ["a call of an operation()", fetchUser("42"), "used `yield` on an operation. Write `yield*`."],
  [
    "a generator object",
    (function* () {
      yield* sleep(1);
    })(),
    "used `yield` on an operation. Write `yield*`.",
  ],
  ["what scoped() gives", scoped(sleep(1)), "used `yield` on an operation. Write `yield*`."],
];

describe("E5 yield of something that is no instruction", () => {
  it.each(rows)("E5 fails at the place of the mistake for %s", async (_, value, message) => {
    await expect(failureOf(yieldOf(value))).resolves.toBe(
      `TypeError COPPICE_NOT_AN_OPERATION: Task "work" ${message}`,
    );
  });

  it("E5 never shows the content of objects and arrays", () => {
    expect(rows.map(([, , message]) => message).join("\n")).not.toContain("hunter2");
  });

  it("E5 throws it at the yield, where a catch may take it and the task goes on", async () => {
    const log: string[] = [];
    await simulate(function* work() {
      try {
        yield 5 as never;
        log.push("never");
      } catch (error) {
        log.push((error as Error).message);
      }
      yield* sleep(1);
      log.push("goes on");
    });
    expect(log).toEqual([
      'Task "work" yielded the number 5, which is not an operation. Write yield* and an operation, or use the value as it is.',
      "goes on",
    ]);
  });

  it("E5 throws it into the helper that yielded, whatever delegates to it", async () => {
    const log: string[] = [];
    function* helper() {
      try {
        yield 5 as never;
      } catch {
        log.push("caught in the helper");
      }
      return "value";
    }
    const value = await simulate(function* () {
      return yield* helper();
    });
    expect([value, ...log]).toEqual(["value", "caught in the helper"]);
  });

  it("E5 undoes the boundary before the error goes on", async () => {
    const log: string[] = [];
    const task = simulate(function* () {
      yield* ensure(() => {
        log.push("cleanup");
      });
      yield* spawn(function* () {
        try {
          yield* suspend();
        } finally {
          log.push("child gone");
        }
      });
      yield* sleep(1);
      yield 5 as never;
    });
    await expect(task).rejects.toThrow(TypeError);
    expect(log).toEqual(["child gone", "cleanup"]);
  });

  it("E5 says so of a task, by yield instead of yield*", async () => {
    const task = simulate(function* work() {
      const child = yield* spawn(suspend());
      yield child as never;
    });
    await expect(task).rejects.toThrow(
      new TypeError('Task "work" used `yield` on an operation. Write `yield*`.'),
    );
  });

  it("E5 reports it from a cleanup, which goes on being unwound", async () => {
    const { run } = world();
    const task = run(function* work() {
      try {
        yield* suspend();
      } finally {
        yield 5 as never;
      }
    });
    await expect(task.cancel()).rejects.toThrow(
      new TypeError(
        'Task "work" yielded the number 5, which is not an operation. Write yield* and an operation, or use the value as it is.',
      ),
    );
  });

  it("E5 abandons a cleanup that yields such things for ever", async () => {
    const { run } = world();
    const task = run(function* work() {
      try {
        yield* suspend();
      } finally {
        for (;;) {
          try {
            yield 5 as never;
          } finally {
            // eslint-disable-next-line no-unsafe-finally -- the escape is the point
            continue;
          }
        }
      }
    });
    const reported = await task.cancel().then(() => "cancelled", textOf);
    expect(reported.split("\n").at(-1)).toBe(
      'CleanupError COPPICE_CLEANUP: Task "work" kept yielding what is no operation, and was abandoned.',
    );
  });

  it("E5 names a task whose name is a book, in a text that is none", async () => {
    const name = `n\u0000${"n".repeat(1_000_000)}`;
    const message = await simulate(yieldOf("x".repeat(1_000_000)), { name }).then(() => "", textOf);
    // eslint-disable-next-line no-control-regex -- there must be none
    expect([message.length > 100 && message.length < 500, /[\u0000-\u001f]/.test(message)]).toEqual([
      true,
      false,
    ]);
  });
});

describe("E5 a generator object", () => {
  const used =
    "A generator object can run only once, and this one was run before. Pass the function*, or call it again.";
  const make = () =>
    (function* () {
      yield* sleep(1);
      return 1;
    })();

  it("E5 can be run once, and not a second time, while it runs or after it", async () => {
    const { run } = world();
    const generator = make();
    const task = run(generator);
    expect(() => run(generator)).toThrow(new TypeError(used));
    await task;
    expect(() => run(generator)).toThrow(new TypeError(used));
  });

  it.each<[string, (generator: Operation<number>) => Operable<unknown>]>([
    ["spawned", (generator) => spawn(generator)],
    ["used in scoped()", (generator) => scoped(generator)],
    ["used in timeout()", (generator) => timeout(1_000, generator)],
    ["nested in scoped()", (generator) => scoped(scoped(generator))],
    ["used in all()", (generator) => all([generator])],
    ["used in race()", (generator) => race([generator])],
    [
      "spawned into a group",
      (generator) =>
        taskGroup(function* (group) {
          yield* group.spawn(generator);
        }),
    ],
  ])("E5 cannot be %s twice", async (_, use) => {
    const generator = make();
    const task = simulate(function* () {
      yield* use(generator) as Operation<unknown>;
      yield* use(generator) as Operation<unknown>;
    });
    await expect(task.then(() => "ran twice", textOf)).resolves.toBe(`TypeError COPPICE_USED: ${used}`);
  });

  it.each<[string, (generator: Operation<number>) => Operation<unknown>]>([
    ["scoped()", scoped],
    ["timeout()", (generator) => timeout(1_000, generator)],
    ["timeoutAt()", (generator) => timeoutAt(1_000, generator)],
  ])("S4 a loop that goes on after a refusal of %s does not starve the others", async (_, use) => {
    let isOver = false;
    let refusals = 0;
    const generator = make();
    await simulate(function* () {
      yield* use(generator);
      yield* spawn(function* () {
        yield* sleep(0);
        isOver = true;
      });
      while (!isOver && refusals < 10_000) {
        try {
          yield* use(generator);
        } catch (error) {
          refusals++;
          expect(textOf(error)).toBe(`TypeError COPPICE_USED: ${used}`);
        }
      }
    });
    expect(isOver).toBe(true);
  });

  it("E5 cannot be run by itself while it runs", async () => {
    const { run } = world();
    const holder: { generator?: Operation<void> } = {};
    const messages: string[] = [];
    holder.generator = (function* () {
      try {
        run(holder.generator ?? sleep(1));
      } catch (error) {
        messages.push((error as Error).message);
      }
      yield* sleep(1);
    })();
    await run(holder.generator);
    expect(messages).toEqual([used]);
  });

  it("E5 a description may run as often as it likes", async () => {
    const values = await simulate(function* () {
      const call = fetchUser("42");
      return [yield* call, ...(yield* all([call, call]))];
    });
    expect(values).toEqual(["user 42", "user 42", "user 42"]);
  });
});
