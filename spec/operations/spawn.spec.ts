import { describe, expect, it } from "@jest/globals";
import {
  createScope,
  operation,
  scoped,
  sleep,
  spawn,
  suspend,
  taskGroup,
  useScope,
  type Task,
} from "coppice";
import { simulate, world } from "../support/virtual.js";

describe("spawn", () => {
  it("gives the child's task and goes on; the child starts when the parent suspends (S2)", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const child = yield* spawn(function* child() {
        log.push("child");
        return 1;
      });
      log.push(`parent goes on, ${child.name} is ${child.state}`);
      log.push(`value ${yield* child}`);
    });
    expect(log).toEqual(["parent goes on, child is ready", "child", "value 1"]);
  });

  it("takes a function*, an operation and a generator object", async () => {
    const three = operation(function* three() {
      yield* sleep(1);
      return 3;
    });
    const values = await simulate(function* () {
      const tasks: Task<number>[] = [];
      tasks.push(
        yield* spawn(function* () {
          return 1;
        }),
      );
      tasks.push(
        yield* spawn(
          (function* () {
            yield* sleep(1);
            return 2;
          })(),
        ),
      );
      tasks.push(yield* spawn(three()));
      const results: number[] = [];
      for (const task of tasks) results.push(yield* task);
      return results;
    });
    expect(values).toEqual([1, 2, 3]);
  });

  it("names the task after its operation, or as told", async () => {
    const names = await simulate(function* () {
      const fetchUser = operation(function* fetchUser() {
        yield* sleep(1);
      });
      const own = yield* spawn(fetchUser());
      const given = yield* spawn(fetchUser(), { name: "user 42" });
      const none = yield* spawn(sleep(1));
      return [own.name, given.name, none.name];
    });
    expect(names).toEqual(["fetchUser", "user 42", "anonymous"]);
  });

  it("cancels the child when its boundary ends, and waits for its cleanup (B2)", async () => {
    const log: string[] = [];
    await simulate(function* () {
      yield* scoped(function* () {
        yield* spawn(function* () {
          try {
            yield* suspend();
          } finally {
            yield* sleep(5);
            log.push("child cleaned up");
          }
        });
        yield* sleep(1);
        log.push("body returns");
      });
      log.push("boundary is over");
    });
    expect(log).toEqual(["body returns", "child cleaned up", "boundary is over"]);
  });

  it("spawns before it is a cancellation point, and the child runs to its first yield point (C12)", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const parent: Task<void> = yield* spawn(function* () {
        void parent.cancel();
        yield* spawn(function* () {
          try {
            log.push("child has begun");
            yield* suspend();
          } finally {
            log.push("child cleaned up");
          }
        });
        log.push("never");
      });
      yield* sleep(1);
    });
    expect(log).toEqual(["child has begun", "child cleaned up"]);
  });

  it("E5 refuses what is no operation where it is called", async () => {
    await simulate(function* () {
      expect(() => spawn((async () => Promise.resolve(1)) as never)).toThrow(
        new TypeError(
          "spawn() needs an operation or a function*, got an async function. Write a function*, or use call(fn).",
        ),
      );
      expect(() => spawn(sleep(1), { nmae: "x" } as never)).toThrow(
        new TypeError('spawn() has no option "nmae". Did you mean "name"?'),
      );
      yield* sleep(0);
    });
  });
});

describe("Scope.spawn and Scope.run", () => {
  it("starts at once with run, behind the ready tasks with spawn", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const scope = yield* useScope();
      scope.spawn(function* () {
        log.push("spawned");
      });
      scope.run(function* () {
        log.push("run from inside is made ready too");
      });
      log.push("body");
      yield* sleep(1);
    });
    expect(log).toEqual(["body", "spawned", "run from inside is made ready too"]);
  });

  it("runs inside the call when called from a callback", async () => {
    const scope = createScope();
    const log: string[] = [];
    const task = scope.run(function* () {
      log.push("inside the call");
      yield* sleep(0);
      return 1;
    });
    log.push("after the call");
    expect([await task, log]).toEqual([1, ["inside the call", "after the call"]]);
    await scope.cancel();
  });

  it("E5 refuses to run in a scope that is closing or has ended, naming both", async () => {
    const { run } = world();
    const messages: string[] = [];
    const noteRefusal = (act: () => unknown): void => {
      try {
        act();
      } catch (error) {
        messages.push((error as Error).message);
      }
    };
    await run(
      scoped(function* request() {
        const scope = yield* useScope();
        yield* taskGroup(function* (group) {
          yield* sleep(1);
          scope.spawn(function* watch() {
            try {
              yield* suspend();
            } finally {
              yield* sleep(1);
              noteRefusal(() => scope.spawn(sleep(1), { name: "poll" }));
            }
          });
          group.spawn(sleep(1));
        });
        void Promise.resolve().then(() => setImmediate(() => noteRefusal(() => scope.run(sleep(1)))));
      }),
    );
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(messages).toEqual([
      'Cannot spawn "poll" in scope "request": it is closing. Spawn before its body returns, or use a longer-lived scope.',
      'Cannot run "anonymous" in scope "request": it has ended. Spawn before its body returns, or use a longer-lived scope.',
    ]);
  });
});
