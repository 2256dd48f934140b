import { describe, expect, it } from "@jest/globals";
import {
  createContext,
  createScope,
  ensure,
  operation,
  resource,
  scoped,
  sleep,
  spawn,
  taskGroup,
} from "coppice";
import { simulate } from "../support/virtual.js";

const user = createContext<string>("user");
const retries = createContext<number>("retries", 3);

describe("createContext", () => {
  it("gives the value that was set, the default, or undefined", async () => {
    const values = await simulate(function* () {
      const before = [yield* user.get(), yield* retries.get(), yield* retries.expect()];
      const set = [yield* user.set("ada"), yield* retries.set(5)];
      return [before, set, [yield* user.get(), yield* user.expect(), yield* retries.get()]];
    });
    expect(values).toEqual([
      [undefined, 3, 3],
      ["ada", 5],
      ["ada", "ada", 5],
    ]);
  });

  it("takes undefined for a value and for a default like any other", async () => {
    const maybe = createContext<string | undefined>("maybe", undefined);
    const values = await simulate(function* () {
      const fallback = yield* maybe.expect();
      yield* maybe.set("set");
      const inner = yield* maybe.with(undefined, maybe.expect());
      return [fallback, inner, yield* maybe.get()];
    });
    expect(values).toEqual([undefined, undefined, "set"]);
  });

  it("expect throws where there is neither value nor default, naming the context", async () => {
    await expect(simulate(user.expect())).rejects.toThrow(
      new Error('Context "user" has no value here. Set it in a surrounding boundary, or give it a default.'),
    );
  });

  it("set holds for the rest of the boundary and is gone with it (B5)", async () => {
    const inner = operation(function* inner() {
      yield* user.set("inner");
      return yield* user.get();
    });
    const values = await simulate(function* () {
      yield* user.set("outer");
      return [yield* inner(), yield* user.get()];
    });
    expect(values).toEqual(["inner", "outer"]);
  });

  it("set in a helper function* holds in the caller's boundary (B1)", async () => {
    function* helper() {
      yield* user.set("helper");
    }
    const value = await simulate(function* () {
      yield* helper();
      return yield* user.get();
    });
    expect(value).toBe("helper");
  });

  it("with gives an operation the value, and only it", async () => {
    const values = await simulate(function* () {
      const inside = yield* user.with("inside", function* () {
        yield* sleep(1);
        return yield* user.get();
      });
      return [inside, yield* user.get()];
    });
    expect(values).toEqual(["inside", undefined]);
  });

  it("with is a boundary: what its operation starts ends with it", async () => {
    const log: string[] = [];
    await simulate(function* () {
      yield* user.with("inside", function* () {
        yield* ensure(() => {
          log.push("cleanup");
        });
      });
      log.push("after");
    });
    expect(log).toEqual(["cleanup", "after"]);
  });

  it("a child takes the value as it stands when it is spawned, and does not see later changes (B5)", async () => {
    const seen: (string | undefined)[] = [];
    await simulate(function* () {
      yield* user.set("at the spawn");
      const child = yield* spawn(function* () {
        seen.push(yield* user.get());
        yield* sleep(5);
        seen.push(yield* user.get());
      });
      yield* user.set("later");
      yield* child;
      seen.push(yield* user.get());
    });
    expect(seen).toEqual(["at the spawn", "at the spawn", "later"]);
  });

  it("a change in a child is not seen by its parent", async () => {
    const value = await simulate(function* () {
      yield* user.set("parent");
      yield* yield* spawn(user.set("child"));
      return yield* user.get();
    });
    expect(value).toBe("parent");
  });

  it("a child takes the value from whoever spawns it, not from the scope it is spawned into (B5)", async () => {
    const value = await simulate(
      taskGroup(function* (group) {
        yield* user.set("group");
        return yield* user.with("spawner", function* () {
          return yield* group.spawn(user.get());
        });
      }),
    );
    expect(value).toBe("spawner");
  });

  it("a resource's body sees the value of its user", async () => {
    const value = await simulate(function* () {
      yield* user.set("user of the resource");
      return yield* resource<string | undefined>(function* (provide) {
        yield* provide(yield* user.get());
      });
    });
    expect(value).toBe("user of the resource");
  });

  it("two contexts of one name are two contexts", async () => {
    const other = createContext<string>("user");
    await expect(
      simulate(function* () {
        yield* user.set("one");
        return yield* other.get();
      }),
    ).resolves.toBeUndefined();
  });

  it("setting again and again in one boundary keeps one value, not a list", async () => {
    const value = await simulate(function* () {
      for (let i = 0; i < 10_000; i++) {
        yield* user.set(`user ${i}`);
        yield* retries.set(i);
      }
      return [yield* user.get(), yield* retries.get()];
    });
    expect(value).toEqual(["user 9999", 9999]);
  });

  it("10,000 interleaved tasks each keep their own value", async () => {
    const mixed = await simulate(
      taskGroup(function* (group) {
        let wrong = 0;
        for (let i = 0; i < 10_000; i++) {
          group.spawn(function* () {
            yield* user.set(`user ${i}`);
            yield* sleep(i % 7);
            const seen = yield* scoped(user.expect());
            if (seen !== `user ${i}`) wrong++;
          });
        }
        yield* sleep(10);
        return wrong;
      }),
    );
    expect(mixed).toBe(0);
  });

  it("a root task and a scope of its own start without values", async () => {
    await using scope = createScope();
    await expect(scope.run(user.get())).resolves.toBeUndefined();
  });

  it("E5 refuses a name that is no string, and what is no operation in with", () => {
    expect(() => createContext(5 as never)).toThrow(
      new TypeError("createContext() needs a string as `name`, got the number 5."),
    );
    expect(() => createContext(undefined as never)).toThrow(
      new TypeError("createContext() needs a string as `name`, got undefined."),
    );
    expect(() => user.with("x", undefined as never)).toThrow(
      new TypeError("user.with() needs an operation or a function*, got undefined."),
    );
  });
});
