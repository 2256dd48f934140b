import { describe, expect, it } from "@jest/globals";
import {
  cancellation,
  createScope,
  ensure,
  operation,
  scoped,
  shield,
  sleep,
  spawn,
  suspend,
  useScope,
  type Cancellation,
} from "coppice";
import { fail } from "../support/fail.js";
import { simulate, world } from "../support/virtual.js";

const lost = new Error("lost");

describe("useScope", () => {
  it("gives the scope of the current boundary, under its name", async () => {
    const inner = operation(function* inner() {
      return (yield* useScope()).name;
    });
    const names = await simulate(function* outer() {
      return [(yield* useScope()).name, yield* inner()];
    });
    expect(names).toEqual(["outer", "inner"]);
  });

  it("tells whether anything lives in it: a child that runs, a cleanup that is to be done (B4)", async () => {
    const seen = await simulate(
      scoped(function* () {
        const scope = yield* useScope();
        const empty = [scope.isEmpty];
        yield* spawn(sleep(1));
        empty.push(scope.isEmpty);
        yield* sleep(2);
        empty.push(scope.isEmpty);
        yield* ensure(() => undefined);
        empty.push(scope.isEmpty);
        return empty;
      }),
    );
    expect(seen).toEqual([true, false, true, false]);
  });

  it("spawns into that boundary from callbacks, and its end cancels them (B2)", async () => {
    const log: string[] = [];
    await simulate(
      scoped(function* () {
        const scope = yield* useScope();
        setImmediate(() => {
          scope.run(function* () {
            try {
              log.push("runs");
              yield* suspend();
            } finally {
              log.push("cancelled");
            }
          });
        });
        yield* sleep(10);
        log.push("body returns");
      }),
    );
    expect(log).toEqual(["runs", "body returns", "cancelled"]);
  });

  it("cancel ends its boundary quietly, with no value, after all cleanup", async () => {
    const log: string[] = [];
    const result = await simulate(function* () {
      const value = yield* scoped(function* () {
        const scope = yield* useScope();
        try {
          yield* scope.cancel("enough");
          log.push("never");
        } finally {
          yield* sleep(1);
          log.push(`cancelled: ${String(scope.cancellation?.reason)}`);
        }
        return "value";
      });
      log.push("after");
      return value;
    });
    expect([result, ...log]).toEqual([undefined, "cancelled: enough", "after"]);
  });

  it("tells whether it takes children", async () => {
    const states: boolean[] = [];
    const scope = await simulate(function* () {
      const inner = yield* useScope();
      states.push(inner.isClosed);
      yield* ensure(() => {
        states.push(inner.isClosed);
      });
      return inner;
    });
    expect([...states, scope.isClosed]).toEqual([false, true, true]);
  });
});

describe("createScope", () => {
  it("runs operations from ordinary code, and ends them all with its cancel", async () => {
    const log: string[] = [];
    const scope = createScope({ name: "server" });
    const done = scope.run(function* () {
      yield* sleep(1);
      return 1;
    });
    const parked = scope.run(function* () {
      try {
        yield* suspend();
      } finally {
        log.push("cleanup");
      }
    });
    expect([await done, scope.name]).toEqual([1, "server"]);
    await scope.cancel();
    expect([parked.state, scope.isClosed, ...log]).toEqual(["cancelled", true, "cleanup"]);
  });

  it("is ended by await using", async () => {
    const log: string[] = [];
    {
      await using scope = createScope();
      scope.run(function* () {
        try {
          yield* suspend();
        } finally {
          log.push("cleanup");
        }
      });
      log.push("block ends");
    }
    expect(log).toEqual(["block ends", "cleanup"]);
  });

  it("takes no more children after its end", async () => {
    const scope = createScope({ name: "request" });
    await scope.cancel();
    expect(() => scope.run(sleep(1), { name: "poll" })).toThrow(
      new Error(
        'Cannot run "poll" in scope "request": it has ended. Spawn before its body returns, or use a longer-lived scope.',
      ),
    );
  });

  it("E5 refuses misspelt options and names that are no strings", () => {
    expect(() => createScope({ nmae: "x" } as never)).toThrow(
      new TypeError('createScope() has no option "nmae". Did you mean "name"?'),
    );
    expect(() => createScope({ name: 5 as never })).toThrow(
      new TypeError("createScope() needs a string as `name`, got the number 5."),
    );
    expect(() => createScope(null as never)).toThrow(
      new TypeError("createScope() needs an object of options, got null. Write { name: … }."),
    );
  });
});

describe("cancellation", () => {
  it("gives undefined where nothing is cancelled", async () => {
    await expect(simulate(cancellation())).resolves.toBeUndefined();
  });

  it("tells cleanup why, with the record that the canceller made", async () => {
    const seen: (Cancellation | undefined)[] = [];
    await simulate(function* work() {
      const task = yield* spawn(
        function* () {
          try {
            yield* suspend();
          } finally {
            seen.push(yield* cancellation());
          }
        },
        { name: "loader" },
      );
      yield* sleep(1);
      yield* task.cancel("not needed");
    });
    expect(seen).toEqual([{ kind: "cancel", reason: "not needed", scope: "loader", task: "work" }]);
  });

  it("tells of a sibling's failure, of a deadline and of the end of a scope", async () => {
    const kinds: (string | undefined)[] = [];
    const witness = function* () {
      try {
        yield* suspend();
      } finally {
        kinds.push((yield* cancellation())?.kind);
      }
    };
    const { run } = world();
    await run(function* () {
      yield* spawn(witness);
      yield* sleep(1);
    });
    await run(function* () {
      yield* spawn(witness);
      yield* spawn(function* () {
        yield* sleep(1);
        fail(lost);
      });
      yield* suspend();
    }).catch(() => undefined);
    expect(kinds).toEqual(["scope-ended", "failure"]);
  });

  it("sees nothing through a shield", async () => {
    const seen: unknown[] = [];
    await simulate(function* () {
      const task = yield* spawn(function* () {
        yield* shield(function* () {
          yield* sleep(5);
          seen.push(yield* cancellation());
        });
      });
      yield* sleep(1);
      yield* task.cancel();
    });
    expect(seen).toEqual([undefined]);
  });
});
