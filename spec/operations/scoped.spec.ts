import { describe, expect, it } from "@jest/globals";
import { ensure, operation, scoped, sleep, spawn, suspend } from "coppice";
import { Gate } from "../support/gate.js";
import { answersSixQuestions, atOnce } from "../support/six-questions.js";
import { simulate, world } from "../support/virtual.js";

const lost = new Error("lost");

describe("scoped", () => {
  answersSixQuestions(
    () => {
      const gate = new Gate<string>();
      return {
        operation: scoped(gate.pass),
        complete: atOnce(() => gate.open("a")),
        fail: atOnce(() => gate.fail(lost)),
        left: () => gate.waiting,
      };
    },
    { value: "a", error: lost },
  );

  it("undoes what was started inside before it gives its value, newest first (B2)", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const value = yield* scoped(function* () {
        yield* ensure(() => log.push("first registered"));
        yield* spawn(function* () {
          try {
            yield* suspend();
          } finally {
            yield* sleep(1);
            log.push("child");
          }
        });
        yield* ensure(() => log.push("last registered"));
        yield* sleep(1);
        return "value";
      });
      log.push(value);
    });
    expect(log).toEqual(["last registered", "child", "first registered", "value"]);
  });

  it("throws a child's failure in its caller", async () => {
    const caught = await simulate(function* () {
      try {
        return yield* scoped(function* () {
          yield* spawn(function* () {
            yield* sleep(1);
            throw lost;
          });
          yield* suspend();
        });
      } catch (error) {
        return error;
      }
    });
    expect(caught).toBe(lost);
  });

  it("can run again from one description of a function*", async () => {
    const { run, host } = world();
    const nap = scoped(function* () {
      yield* sleep(5);
    });
    await run(function* () {
      yield* nap;
      yield* nap;
    });
    expect(host.now()).toBe(10);
  });

  it("E5 refuses what is no operation where it is called, and names itself", () => {
    expect(() => scoped(undefined as never)).toThrow(
      new TypeError("scoped() needs an operation or a function*, got undefined."),
    );
    expect(() => scoped(Promise.resolve(1) as never)).toThrow(
      new TypeError("scoped() needs an operation or a function*, got a Promise. Use until(promise)."),
    );
  });
});

describe("operation", () => {
  it("makes a named, re-runnable operation whose every call is a boundary (B1)", async () => {
    const log: string[] = [];
    const greet = operation(function* greet(name: string) {
      yield* ensure(() => log.push(`bye ${name}`));
      yield* sleep(1);
      return `hello ${name}`;
    });
    const call = greet("Ada");
    const values = await simulate(function* () {
      return [yield* call, yield* call, yield* greet("Bob")];
    });
    expect([greet.name, values, log]).toEqual([
      "greet",
      ["hello Ada", "hello Ada", "hello Bob"],
      ["bye Ada", "bye Ada", "bye Bob"],
    ]);
  });

  it.each([
    [undefined, "operation() needs a function*, got undefined."],
    [null, "operation() needs a function*, got null."],
    [{}, "operation() needs a function*, got an object of class Object."],
    [
      async function load() {
        await Promise.resolve();
      },
      'operation() needs an operation or a function*, got the async function "load". Write a function*, or use call(load).',
    ],
    [
      async function* pages() {
        yield await Promise.resolve(1);
      },
      'operation() needs an operation or a function*, got the async function "pages". Write a function*, or use call(pages).',
    ],
  ])("E5 refuses %p where it is called", (fn, message) => {
    expect(() => operation(fn as never)).toThrow(new TypeError(message));
  });

  it.each([null, undefined, 5, {}])("E5 refuses what has an iterator that is none: %p", async (none) => {
    const odd = operation(function odd() {
      return { [Symbol.iterator]: () => none };
    } as never) as () => never;
    await expect(simulate(odd())).rejects.toThrow(/^"odd" returned .*, which is not an operation\./);
  });

  it("E5 refuses a function that returns no operation, when it is run, naming it", async () => {
    const five = operation(function five() {
      return 5;
    } as never) as () => never;
    await expect(simulate(five())).rejects.toThrow(
      new TypeError('"five" returned the number 5, which is not an operation. Write a function*.'),
    );
  });
});
