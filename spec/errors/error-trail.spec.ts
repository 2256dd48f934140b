import { describe, expect, it } from "@jest/globals";
import {
  checkpoint,
  ensure,
  errorTrail,
  ExceptionGroup,
  operation,
  scoped,
  sleep,
  spawn,
  suspend,
  taskGroup,
  timeout,
  type Operation,
} from "coppice";
import { fail } from "../support/fail.js";
import { world } from "../support/virtual.js";
import { errorOf } from "./error-of.js";

function names(error: unknown): string[] {
  return errorTrail(error).map(({ operation: name }) => name);
}

const load = operation(function* load() {
  yield* checkpoint();
  fail(new Error("lost"));
});
const loadAll = operation(function* loadAll() {
  yield* load();
});

const loadLater = operation(function* loadLater() {
  yield* sleep(1);
  fail(new Error("lost"));
});
const loadAllLater = operation(function* loadAllLater() {
  yield* loadLater();
});

describe("errorTrail", () => {
  it("names the operations that an error has passed, innermost first", async () => {
    const error = await errorOf(function* main() {
      yield* loadAll();
    });
    expect(names(error)).toEqual(["load", "loadAll", "main"]);
    expect(error.message).toBe("lost");
  });

  it("passes boundaries of all kinds, by the names of what runs in them, and leaves out nameless ones", async () => {
    const error = await errorOf(function* main() {
      yield* timeout(
        5,
        scoped(function* () {
          yield* ensure(() => undefined);
          yield* loadAll();
        }),
      );
    });
    expect(names(error)).toEqual(["load", "loadAll", "main"]);
  });

  it("names a task by its own name", async () => {
    const error = await errorOf(function* main() {
      yield* spawn(load(), { name: "loader 7" });
      yield* suspend();
    });
    expect(names(error)).toEqual(["loader 7", "main"]);
  });

  it("splits where errors become a group: each error has its own part of the way", async () => {
    const group = await errorOf(function* main() {
      yield* taskGroup(
        function* (tasks) {
          tasks.spawn(loadAllLater(), { name: "a" });
          tasks.spawn(loadAllLater(), { name: "b" });
          yield* suspend();
        },
        { name: "imports" },
      );
    });
    expect(names(group)).toEqual(["imports", "main"]);
    expect((group as ExceptionGroup).errors.map(names)).toEqual([
      ["loadLater", "a"],
      ["loadLater", "b"],
    ]);
  });

  it("goes on where an error is caught and thrown on", async () => {
    const error = await errorOf(function* main() {
      try {
        yield* load();
      } catch (thrown) {
        yield* checkpoint();
        throw thrown;
      }
    });
    expect(names(error)).toEqual(["load", "main"]);
  });

  it("has what came while a cancelled task cleaned up (C5)", async () => {
    const cleaning = operation(function* cleaning() {
      try {
        yield* suspend();
      } finally {
        fail(new Error("left open"));
      }
    });
    const error = await errorOf(function* main() {
      yield* timeout(
        1,
        operation(function* outer() {
          yield* cleaning();
        })(),
      );
    });
    expect(names(error)).toEqual(["cleaning", "outer", "main"]);
  });

  it("changes nothing of the error, and works for a frozen one", async () => {
    const frozen = Object.freeze(new Error("frozen"));
    const before = Object.getOwnPropertyNames(frozen);
    const error = await errorOf(
      operation(function* load() {
        yield* checkpoint();
        throw frozen;
      })(),
    );
    expect(error).toBe(frozen);
    expect(Object.getOwnPropertyNames(frozen)).toEqual(before);
    expect(names(frozen)).toEqual(["load"]);
  });

  it("keeps the innermost operations and the outermost one when there are very many", async () => {
    const dive: (depth: number) => Operation<void> = operation(function* down(
      depth: number,
    ): Operation<void> {
      if (depth === 0) fail(new Error("deep"));
      yield* dive(depth - 1);
    });
    const error = await errorOf(function* main() {
      yield* dive(5_000);
    });
    expect(names(error)).toHaveLength(64);
    expect(names(error).at(-1)).toBe("main");
  });

  it("is empty for what never passed an operation, and for what is no object", () => {
    expect(errorTrail(new Error("a"))).toEqual([]);
    expect(errorTrail("text")).toEqual([]);
    expect(errorTrail(undefined)).toEqual([]);
  });

  it("has no places outside debug mode", async () => {
    const error = await errorOf(loadAll());
    expect(errorTrail(error).every(({ at }) => at === undefined)).toBe(true);
  });

  it("tells in debug mode at which line each operation waited", async () => {
    const { host, run } = world();
    host.isDebugging = true;
    const error: unknown = await run(function* main() {
      yield* loadAll();
    }).catch((thrown: unknown) => thrown);
    const trail = errorTrail(error);
    expect(trail.map(({ operation: name }) => name)).toEqual(["load", "loadAll", "main"]);
    const [first, second, third] = trail.map(({ at }) => at);
    expect(first).toBeUndefined();
    for (const at of [second, third]) expect(at).toMatch(/error-trail\.spec\.ts:\d+:\d+$/);
    expect(second).not.toBe(third);
  });
});
