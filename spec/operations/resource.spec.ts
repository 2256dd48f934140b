import { describe, expect, it } from "@jest/globals";
import {
  attempt,
  ensure,
  operation,
  resource,
  scoped,
  shield,
  sleep,
  spawn,
  suspend,
  timeout,
  type Operation,
  type Provide,
} from "coppice";
import { fail } from "../support/fail.js";
import { Gate } from "../support/gate.js";
import { answersSixQuestions, atOnce, partByPart } from "../support/six-questions.js";
import { simulate, world } from "../support/virtual.js";

const lost = new Error("lost");

describe("resource", () => {
  answersSixQuestions(
    () => {
      const gate = new Gate<string>();
      let open = 0;
      return {
        operation: scoped(function* () {
          return yield* resource<string>(function* usePool(provide) {
            open++;
            try {
              yield* provide(yield* gate.pass);
            } finally {
              open--;
            }
          });
        }),
        complete: partByPart(() => gate.open("pool")),
        fail: atOnce(() => gate.fail(lost)),
        left: () => gate.waiting + open,
      };
    },
    { value: "pool", error: lost },
  );

  it("is given back when the boundary that uses it ends, after everything that was created later (B2)", async () => {
    const log: string[] = [];
    const usePool = () =>
      resource<string>(function* usePool(provide) {
        log.push("open");
        try {
          yield* provide("pool");
        } finally {
          yield* sleep(5);
          log.push("closed");
        }
      });
    await simulate(function* () {
      yield* scoped(function* () {
        log.push(`using the ${yield* usePool()}`);
        yield* ensure(() => {
          log.push("later cleanup");
        });
        yield* spawn(function* () {
          try {
            yield* suspend();
          } finally {
            log.push("later child");
          }
        });
        yield* sleep(1);
      });
      log.push("over");
    });
    expect(log).toEqual(["open", "using the pool", "later child", "later cleanup", "closed", "over"]);
  });

  it.each(["throw", "cancel"])("is given back when its user ends by %s", async (how) => {
    const log: string[] = [];
    const task = simulate(function* () {
      yield* resource<undefined>(function* (provide) {
        try {
          yield* provide(undefined);
        } finally {
          yield* sleep(1);
          log.push("closed");
        }
      });
      if (how === "throw") fail(lost);
      yield* suspend();
    });
    if (how === "cancel") await sleepThenCancel(task);
    await task.catch(() => undefined);
    expect(log).toEqual(["closed"]);
  });

  it("keeps what its body spawned until it is given back itself", async () => {
    const { run, host } = world();
    const log: string[] = [];
    await run(
      scoped(function* () {
        yield* resource<undefined>(function* (provide) {
          yield* spawn(function* heartbeat() {
            for (;;) {
              yield* sleep(10);
              log.push(`beat at ${host.now()}`);
            }
          });
          yield* provide(undefined);
        });
        yield* sleep(25);
        log.push("body returns");
      }),
    );
    expect(log).toEqual(["beat at 10", "beat at 20", "body returns"]);
  });

  it("throws what its body throws before it provides, as an error that can be caught", async () => {
    const caught = await simulate(function* () {
      const result = yield* attempt(
        resource<string>(function* () {
          yield* sleep(1);
          throw lost;
        }),
      );
      yield* sleep(1);
      return result;
    });
    expect(caught).toEqual({ ok: false, error: lost });
  });

  it("fails the boundary that uses it when its body fails after it provided (E1)", async () => {
    const log: string[] = [];
    const task = simulate(function* () {
      try {
        yield* resource<string>(function* (provide) {
          yield* spawn(function* () {
            yield* sleep(10);
            throw lost;
          });
          yield* provide("connection");
        });
        yield* suspend();
      } catch {
        log.push("never: a failing part unwinds the body, it is not thrown into it");
      } finally {
        log.push("user unwound");
      }
    });
    await expect(task).rejects.toBe(lost);
    expect(log).toEqual(["user unwound"]);
  });

  it("cancels a body that has not provided yet, and waits for its cleanup", async () => {
    const { run, host } = world();
    const result = await run(
      timeout(
        5,
        function* () {
          return yield* resource<string>(function* () {
            try {
              yield* suspend();
            } finally {
              yield* sleep(30);
            }
          });
        },
        { otherwise: "too late" },
      ),
    );
    expect([result, host.now()]).toEqual(["too late", 35]);
  });

  it("gives resources back in reverse order, each after the one that was built on it", async () => {
    const log: string[] = [];
    const use = (name: string) =>
      resource<string>(function* (provide) {
        try {
          yield* provide(name);
        } finally {
          yield* sleep(1);
          log.push(`${name} closed`);
        }
      });
    await simulate(
      operation(function* service() {
        yield* use("database");
        yield* use("cache");
        yield* use("server");
      })(),
    );
    expect(log).toEqual(["server closed", "cache closed", "database closed"]);
  });

  it("is acquired anew each time one description is used", async () => {
    let opened = 0;
    const useId = resource<number>(function* (provide) {
      yield* provide(++opened);
    });
    await expect(
      simulate(function* () {
        return [yield* useId, yield* useId];
      }),
    ).resolves.toEqual([1, 2]);
  });

  it("E5 says so when its body ends without providing", async () => {
    const task = simulate(
      resource<string>(function* usePool() {
        yield* sleep(1);
      }),
    );
    await expect(task).rejects.toThrow(
      new Error('Resource "usePool" ended without calling provide(). Write yield* provide(value).'),
    );
  });

  it("E5 says so when its body provides twice", async () => {
    const task = simulate(function* () {
      yield* resource<string>(function* usePool(provide) {
        yield* spawn(provide("second"));
        yield* provide("first");
      });
      yield* suspend();
    });
    await expect(task).rejects.toThrow(
      new Error('Resource "usePool" called provide() twice. Provide one value; it may be an object.'),
    );
  });

  it.each<[string, (provide: Provide<string>) => Operation<void>]>([
    ["a shield", (provide) => shield(provide("pool"))],
    ["a shield with a limit", (provide) => shield(provide("pool"), { timeout: 5 })],
    ["a boundary in a shield", (provide) => shield(scoped(provide("pool")))],
    ["an ensure()", (provide) => ensure(() => provide("pool"))],
  ])("E5 refuses to provide in %s, from which it would never come back", async (_, form) => {
    const task = simulate(
      resource<string>(function* usePool(provide) {
        yield* form(provide);
      }),
    );
    await expect(task).rejects.toThrow(
      new Error(
        'Resource "usePool" called provide() in a shield or in cleanup: it could never be given back. Call it outside.',
      ),
    );
  });

  it("E5 refuses to provide when it is cancelled already, and the cancel ends", async () => {
    const task = world().run(
      resource<string>(function* usePool(provide) {
        try {
          yield* suspend();
        } finally {
          yield* provide("pool");
        }
      }),
    );
    await expect(task.cancel()).rejects.toThrow("called provide() in a shield or in cleanup");
  });

  it("C6 may be acquired within a shield, and provides within other boundaries", async () => {
    const value = await simulate(
      shield(function* () {
        return yield* resource<string>(function* usePool(provide) {
          yield* timeout(1_000, scoped(provide("pool")));
        });
      }),
    );
    expect(value).toBe("pool");
  });

  it.each([
    [undefined, "resource() needs a function*, got undefined."],
    [sleep(1), "resource() needs a function*, got an operation."],
    [
      async function openPool() {
        await Promise.resolve();
      },
      'resource() needs an operation or a function*, got the async function "openPool". Write a function*, or use call(openPool).',
    ],
  ])("E5 refuses %p where it is called", (given, message) => {
    expect(() => resource(given as never)).toThrow(new TypeError(message));
  });
});

async function sleepThenCancel(task: { cancel(): PromiseLike<void> }): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  await task.cancel();
}
