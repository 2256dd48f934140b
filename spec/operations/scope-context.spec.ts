import { describe, expect, it } from "@jest/globals";
import {
  all,
  createContext,
  createScope,
  ensure,
  run as runReally,
  Scope,
  scoped,
  sleep,
  spawn,
  suspend,
  until,
  useScope,
} from "coppice";
import { simulate } from "../support/virtual.js";

const user = createContext<string>("user");
const tenant = createContext("tenant", "nobody");

describe("Scope.get", () => {
  it("reads a value from outside, as it stands in the scope's boundary", async () => {
    const seen: unknown[] = [];
    await simulate(
      user.with("ada", function* () {
        const scope = yield* useScope();
        seen.push(scope.get(user));
        yield* user.set("bob");
        seen.push(scope.get(user));
        yield* scoped(function* () {
          yield* user.set("carol");
          seen.push(scope.get(user), (yield* useScope()).get(user));
        });
        setImmediate(() => seen.push(`callback: ${String(scope.get(user))}`));
        yield* until(new Promise((resolve) => setImmediate(resolve)));
      }),
    );
    expect(seen).toEqual(["ada", "bob", "bob", "carol", "callback: bob"]);
  });

  it("gives the default, or undefined, where there is no value", async () => {
    await using scope = createScope();
    const name: string | undefined = scope.get(user);
    const other: string = scope.get(tenant);
    expect([name, other]).toEqual([undefined, "nobody"]);
  });

  it("gives them too once the boundary has ended: values are gone with it (B5)", async () => {
    const scopes: Scope[] = [];
    const seen: unknown[] = [];
    await simulate(
      tenant.with("acme", function* () {
        const scope = yield* useScope();
        scopes.push(scope);
        yield* ensure(() => seen.push(scope.get(tenant)));
      }),
    );
    expect(seen).toEqual(["acme"]);
    expect(scopes[0]?.get(tenant)).toBe("nobody");
  });

  it("E5 refuses what is no context", async () => {
    await using scope = createScope();
    for (const given of [null, undefined, "user", {}]) {
      expect(() => scope.get(given as never)).toThrow(
        /^scope\.get\(\) needs a context, got .*createContext\(\)/,
      );
    }
  });
});

describe("context values", () => {
  it("do not mix, in ten thousand tasks that interleave, are cancelled, and wait for promises", async () => {
    const mixedUp: string[] = [];
    function* worker(id: number) {
      const name = `user ${id}`;
      yield* user.with(name, function* () {
        for (let i = 0; i < 3; i++) {
          if (id % 3 === 0) yield* until(Promise.resolve());
          else yield* sleep(id % 7);
          const inner = yield* spawn(user.expect());
          const [mine, child] = [yield* user.get(), yield* inner];
          if (mine !== name || child !== name) mixedUp.push(`${name}: ${String(mine)}, ${child}`);
        }
      });
      if ((yield* user.get()) !== "main") mixedUp.push(`${name} left its value behind`);
    }
    await simulate(
      user.with("main", function* () {
        const doomed = yield* spawn(user.with("doomed", suspend()));
        const work = yield* spawn(all(Array.from({ length: 10_000 }, (_, id) => () => worker(id))));
        yield* sleep(3);
        yield* doomed.cancel();
        yield* work;
      }),
    );
    expect(mixedUp).toEqual([]);
  }, 30_000);

  it("are inherited at the spawn, and not by root tasks", async () => {
    const seen: unknown[] = [];
    await simulate(
      user.with("ada", function* () {
        const child = yield* spawn(user.get());
        yield* user.set("bob");
        seen.push(yield* child, yield* runReally(user.get()));
      }),
    );
    expect(seen).toEqual(["ada", undefined]);
  });
});
