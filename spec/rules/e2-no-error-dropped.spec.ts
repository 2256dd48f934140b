import { describe, expect, it } from "@jest/globals";
import {
  attempt,
  ensure,
  ExceptionGroup,
  operation,
  resource,
  scoped,
  sleep,
  spawn,
  suspend,
  taskGroup,
  timeout,
} from "coppice";
import { fail } from "../support/fail.js";
import { simulate, world } from "../support/virtual.js";

const errors = (...names: string[]) => names.map((name) => new Error(name));

/** Cleanup that fails, some time after it was asked for. */
const cleanupFails = operation(function* cleanupFails(error: unknown, ms: number) {
  try {
    yield* suspend();
  } finally {
    yield* sleep(ms);
    fail(error);
  }
});

/** What an operation fails with, as names: a group is a list. */
async function failure(op: Parameters<typeof attempt>[0]): Promise<unknown> {
  const result = await simulate(attempt(op));
  return result.ok ? "no failure" : named(result.error);
}

function named(error: unknown): unknown {
  if (error instanceof ExceptionGroup) return error.errors.map(named);
  return error instanceof Error ? error.message : error;
}

describe("E2 no error is dropped", () => {
  it("E2 one error is thrown as it is", async () => {
    const [lost] = errors("lost");
    const result = await simulate(
      attempt(
        scoped(function* () {
          yield* sleep(1);
          fail(lost);
        }),
      ),
    );
    expect(result.ok ? undefined : result.error).toBe(lost);
  });

  it("E2 causes come first, what cleanup added comes after, in the order of occurrence", async () => {
    const [body, first, second, third] = errors("body", "first", "second", "third");
    await expect(
      failure(function* () {
        yield* ensure(() => fail(third));
        yield* spawn(cleanupFails(second, 20));
        yield* spawn(cleanupFails(first, 10));
        yield* sleep(1);
        fail(body);
      }),
    ).resolves.toEqual(["body", "first", "second", "third"]);
  });

  it("E2 the error that a body throws while its children fail is one of the group", async () => {
    const [child, body] = errors("child", "body");
    await expect(
      failure(function* () {
        yield* spawn(function* () {
          yield* sleep(1);
          fail(child);
        });
        try {
          yield* suspend();
        } finally {
          fail(body);
        }
      }),
    ).resolves.toEqual(["child", "body"]);
  });

  it("E2 errors of several frames of one task make one flat group", async () => {
    const [first, second, third] = errors("first", "second", "third");
    const inner = operation(function* inner() {
      yield* ensure(() => fail(second));
      yield* spawn(function* () {
        yield* sleep(1);
        fail(first);
      });
      yield* suspend();
    });
    await expect(
      failure(function* () {
        yield* ensure(() => fail(third));
        yield* inner();
      }),
    ).resolves.toEqual([["first", "second"], "third"]);
  });

  it("E2 one error object that arrives by several ways is one error", async () => {
    const [lost] = errors("lost");
    await expect(
      failure(function* () {
        yield* ensure(() => fail(lost));
        const child = yield* spawn(function* () {
          yield* sleep(1);
          fail(lost);
        });
        try {
          yield* child;
        } finally {
          fail(lost);
        }
      }),
    ).resolves.toBe("lost");
  });

  it("E2 a body that returns does not hide what its cleanup throws", async () => {
    const [cleanup] = errors("cleanup");
    await expect(
      failure(function* () {
        yield* ensure(() => fail(cleanup));
        return "value";
      }),
    ).resolves.toBe("cleanup");
  });

  it("E2 taskGroup alone always throws a group, and a group inside stays one error of it", async () => {
    const [one] = errors("one");
    await expect(
      failure(
        taskGroup(function* (outer) {
          outer.spawn(
            taskGroup(function* (inner) {
              inner.spawn(function* () {
                yield* sleep(1);
                fail(one);
              });
            }),
          );
          yield* suspend();
        }),
      ),
    ).resolves.toEqual([["one"]]);
  });

  it("E2 a resource that fails to be given back is reported after what ended its use", async () => {
    const [use, close] = errors("use", "close");
    await expect(
      failure(function* () {
        yield* resource<string>(function* (provide) {
          try {
            yield* provide("pool");
          } finally {
            yield* sleep(1);
            fail(close);
          }
        });
        yield* sleep(1);
        fail(use);
      }),
    ).resolves.toEqual(["use", "close"]);
  });

  it("E2 what fails behind a deadline is not replaced by its TimeoutError", async () => {
    const [first, second] = errors("first", "second");
    await expect(
      failure(
        timeout(5, function* () {
          yield* spawn(cleanupFails(second, 5));
          yield* cleanupFails(first, 1);
        }),
      ),
    ).resolves.toEqual(["first", "second"]);
  });

  it("E2 what cleanup throws after a cancel is reported by the cancel", async () => {
    const [first, second] = errors("first", "second");
    const task = simulate(function* () {
      yield* spawn(cleanupFails(second, 10));
      yield* cleanupFails(first, 1);
    });
    const error: unknown = await task.cancel().then(undefined, (thrown: unknown) => thrown);
    expect(named(error)).toEqual(["first", "second"]);
  });

  it.each([
    undefined,
    null,
    0,
    "",
    "text",
    Symbol("thrown"),
    Object.freeze({ code: 1 }),
    Object.create(null) as object,
  ])("E2 %p is thrown as it is, though it is no Error", async (thrown) => {
    const results = await simulate(function* () {
      const alone = yield* attempt(
        scoped(function* () {
          yield* spawn(function* () {
            yield* sleep(1);
            fail(thrown);
          });
          yield* suspend();
        }),
      );
      const grouped = yield* attempt(
        taskGroup(function* (group) {
          group.spawn(function* () {
            fail(thrown);
          });
        }),
      );
      return [alone, grouped];
    });
    const [alone, grouped] = results.map((result) => (result.ok ? "no failure" : result.error));
    expect(alone).toBe(thrown);
    expect((grouped as ExceptionGroup).errors).toEqual([thrown]);
  });

  it("E2 an error with a getter that throws is passed through untouched", async () => {
    const hostile = Object.defineProperty(new Error("hostile"), "cause", {
      get() {
        throw new Error("touched");
      },
    });
    const result = await simulate(
      attempt(
        taskGroup(function* (group) {
          group.spawn(function* () {
            fail(hostile);
          });
        }),
      ),
    );
    expect(result.ok ? [] : (result.error as ExceptionGroup).errors[0]).toBe(hostile);
  });

  it.each<[string, () => object]>([
    ["a proxy whose traps throw", () => new Proxy(new Error("hostile"), { getPrototypeOf: trap, get: trap })],
    ["a proxy that was revoked", revoked],
  ])("E2 %s leaves a task as it is, and the others go on", async (_, make) => {
    const thrown = make();
    const { run } = world();
    const other = run(sleep(2));
    const task = run(function* () {
      yield* scoped(function* () {
        yield* sleep(1);
        fail(thrown);
      });
    });
    const isSame = await task.then(
      () => false,
      (error: unknown) => error === thrown,
    );
    await other;
    expect(isSame).toBe(true);
  });
});

function trap(): never {
  throw new Error("touched");
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
