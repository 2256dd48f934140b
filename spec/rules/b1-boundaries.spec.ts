import { describe, expect, it } from "@jest/globals";
import {
  createContext,
  ensure,
  operation,
  run,
  sleep,
  spawn,
  suspend,
  useScope,
  type Operation,
} from "coppice";
import { simulate } from "../support/virtual.js";

const greeting = createContext<string>("greeting", "none");

function* register(log: string[], name: string): Operation<void> {
  yield* ensure(() => log.push(`end of ${name}`));
  log.push(name);
}

describe("operation", () => {
  it("B1 makes every call a boundary: what it started is gone when it returns", async () => {
    const log: string[] = [];
    const first = operation(function* (name: string) {
      yield* register(log, name);
      yield* spawn(function* () {
        try {
          yield* suspend();
        } finally {
          log.push(`child of ${name} gone`);
        }
      });
      yield* sleep(1);
    });
    await simulate(function* () {
      yield* first("a");
      log.push("after a");
      yield* first("b");
      log.push("after b");
    });
    expect(log).toEqual(
      ["a", "b"].flatMap((name) => [name, `child of ${name} gone`, `end of ${name}`, `after ${name}`]),
    );
  });

  it("B1 can be run again and again, and several times at once", async () => {
    const log: string[] = [];
    const once = operation(function* (name: string) {
      yield* sleep(1);
      log.push(name);
    })("described once");
    await simulate(function* () {
      yield* once;
      yield* once;
      const both = [yield* spawn(once), yield* spawn(once)];
      for (const task of both) yield* task;
    });
    expect(log).toHaveLength(4);
  });

  it("B1 does nothing until it is run", () => {
    const log: string[] = [];
    const described = operation(function* () {
      log.push("ran");
    })();
    expect(log).toEqual([]);
    expect(run(described).state).toBe("completed");
    expect(log).toEqual(["ran"]);
  });

  it("B1 keeps the function's name, its parameters and its result", async () => {
    const add = operation(function* add(a: number, b: number) {
      return a + b;
    });
    expect(add.name).toBe("add");
    const sum: number = await simulate(add(1, 2));
    expect(sum).toBe(3);
    expect(simulate(add(1, 2)).name).toBe("add");
  });

  it("B1 gives its caller the scope of its own call", async () => {
    const scopes: unknown[] = [];
    const inner = operation(function* () {
      return (yield* useScope()).name;
    });
    await simulate(function* outer() {
      scopes.push((yield* useScope()).name, yield* inner(), (yield* useScope()).name);
    });
    expect(scopes).toEqual(["outer", "anonymous", "outer"]);
  });
});

describe("a plain function*", () => {
  it("B1 is part of the boundary that delegates to it", async () => {
    const log: string[] = [];
    await simulate(function* () {
      yield* register(log, "a");
      log.push("after a");
      yield* register(log, "b");
      log.push("after b");
    });
    expect(log).toEqual(["a", "after a", "b", "after b", "end of b", "end of a"]);
  });

  it("B1 sets context values for the boundary that delegates to it", async () => {
    const log: string[] = [];
    function* set(): Operation<void> {
      yield* greeting.set("hello");
    }
    await simulate(function* () {
      yield* set();
      log.push(yield* greeting.get());
      yield* operation(function* () {
        yield* greeting.set("good-bye");
      })();
      log.push(yield* greeting.get());
    });
    expect(log).toEqual(["hello", "hello"]);
  });

  it("B1 shares its boundary through several levels, up to the next operation()", async () => {
    const log: string[] = [];
    function* deep(level: number): Operation<void> {
      if (level > 0) yield* deep(level - 1);
      yield* register(log, `level ${level}`);
    }
    const enclosing = operation(function* () {
      yield* deep(2);
      log.push("body ends");
    });
    await simulate(function* () {
      yield* enclosing();
      log.push("caller goes on");
    });
    expect(log).toEqual([
      ...["level 0", "level 1", "level 2", "body ends"],
      ...["end of level 2", "end of level 1", "end of level 0", "caller goes on"],
    ]);
  });
});
