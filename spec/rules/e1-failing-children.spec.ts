import { describe, expect, it } from "@jest/globals";
import {
  attempt,
  createScope,
  ensure,
  operation,
  race,
  scoped,
  shield,
  sleep,
  spawn,
  suspend,
  taskGroup,
  type Task,
} from "coppice";
import { fail } from "../support/fail.js";
import { Gate } from "../support/gate.js";
import { simulate, world } from "../support/virtual.js";

const lost = new Error("lost");

function failAfter(ms: number, error: unknown = lost) {
  return function* failing() {
    yield* sleep(ms);
    fail(error);
  };
}

describe("E1 a child's failure", () => {
  it("E1 cancels the scope it was spawned in, and is thrown in the boundary's caller when all is undone", async () => {
    const { run, host } = world();
    const log: string[] = [];
    const work = operation(function* work() {
      yield* ensure(() => {
        log.push(`cleanup at ${host.now()}`);
      });
      yield* spawn(function* sibling() {
        try {
          yield* suspend();
        } finally {
          yield* sleep(10);
          log.push(`sibling gone at ${host.now()}`);
        }
      });
      yield* spawn(failAfter(5));
      try {
        yield* suspend();
      } finally {
        log.push(`body unwound at ${host.now()}`);
      }
    });
    await run(function* () {
      try {
        yield* work();
      } catch (error) {
        log.push(`caught ${String(error)} at ${host.now()}`);
      }
    });
    expect(log).toEqual([
      "body unwound at 5",
      "sibling gone at 15",
      "cleanup at 15",
      "caught Error: lost at 15",
    ]);
  });

  it("E1 goes no further than its boundary: the caller may catch it and go on", async () => {
    const result = await simulate(function* () {
      const log: unknown[] = [];
      for (let i = 0; i < 3; i++) {
        try {
          yield* scoped(function* () {
            yield* spawn(failAfter(1));
            yield* suspend();
          });
        } catch (error) {
          log.push(error);
        }
      }
      yield* sleep(1);
      return log;
    });
    expect(result).toEqual([lost, lost, lost]);
  });

  it("E1 unwinds a body that waits for the failing child: its catch never mistakes one for the other", async () => {
    const log: string[] = [];
    const task = simulate(function* () {
      const child = yield* spawn(failAfter(1));
      try {
        yield* child;
      } catch {
        log.push("never");
      } finally {
        log.push("unwound");
      }
    });
    await expect(task).rejects.toBe(lost);
    expect(log).toEqual(["unwound"]);
  });

  it("E1 does so through an attempt around the join as well", async () => {
    const log: string[] = [];
    const task = simulate(function* () {
      const child = yield* spawn(failAfter(1));
      yield* attempt(child);
      log.push("never");
    });
    await expect(task).rejects.toBe(lost);
    expect(log).toEqual([]);
  });

  it("E1 is thrown into whoever waits for the task from outside its scope, and can be caught there", async () => {
    const log: string[] = [];
    const handOver = new Gate<Task<void>>();
    const witness = simulate(function* () {
      const child = yield* handOver.pass;
      try {
        yield* child;
      } catch (error) {
        log.push(error === lost ? "the witness caught it" : "the witness caught something else");
      }
    });
    const task = simulate(function* () {
      const group = yield* spawn(function* () {
        const child = yield* spawn(failAfter(5), { name: "child" });
        handOver.open(child);
        yield* suspend();
      });
      yield* sleep(20);
      log.push(group.state);
    });
    await expect(task).rejects.toBe(lost);
    await witness;
    expect(log).toEqual(["the witness caught it"]);
  });

  it("E1 a join gives the value of a child that has ended, as often as it is asked for", async () => {
    const values = await simulate(function* () {
      const child = yield* spawn(function* () {
        yield* sleep(1);
        return 7;
      });
      yield* sleep(5);
      return [yield* child, yield* child, child.result()];
    });
    expect(values).toEqual([7, 7, 7]);
  });

  it("E1 reaches a body behind a shield when the shield ends", async () => {
    const { run, host } = world();
    const log: string[] = [];
    const task = run(function* () {
      yield* spawn(failAfter(5));
      yield* shield(sleep(20));
      log.push("never");
    });
    await expect(task).rejects.toBe(lost);
    expect([host.now(), ...log]).toEqual([20]);
  });

  it("E1 counts once when the body itself is told of it behind a shield", async () => {
    const task = simulate(function* () {
      const child = yield* spawn(failAfter(5));
      yield* shield(child);
    });
    await expect(task).rejects.toBe(lost);
  });

  it("E1 holds for a child that fails in the very turn in which the body returns", async () => {
    const gate = new Gate();
    const task = simulate(
      scoped(function* () {
        yield* spawn(function* () {
          yield* gate.pass;
          fail(lost);
        });
        yield* sleep(1);
        gate.open();
        return "value";
      }),
    );
    await expect(task).rejects.toBe(lost);
  });

  it("E1 holds for a child that fails at once, before the body goes on", async () => {
    const log: string[] = [];
    const task = simulate(function* () {
      yield* spawn(function* () {
        fail(lost);
      });
      log.push("the body runs up to its next yield point");
      yield* sleep(0);
      log.push("never");
    });
    await expect(task).rejects.toBe(lost);
    expect(log).toEqual(["the body runs up to its next yield point"]);
  });

  it("E1 holds for a child that fails while it is cancelled at the end of the body", async () => {
    const task = simulate(
      scoped(function* () {
        yield* spawn(function* () {
          try {
            yield* suspend();
          } finally {
            yield* failAfter(1)();
          }
        });
        yield* sleep(1);
        return "value";
      }),
    );
    await expect(task).rejects.toBe(lost);
  });

  it("E1 climbs from boundary to boundary until somebody catches it", async () => {
    const log: string[] = [];
    const level = (name: string, inner: () => Generator): (() => Generator) =>
      function* () {
        try {
          yield* spawn(inner as never);
          yield* suspend();
        } finally {
          log.push(`${name} unwound`);
        }
      };
    const task = simulate(level("outer", level("middle", level("inner", failAfter(1) as never))) as never);
    await expect(task).rejects.toBe(lost);
    expect(log).toEqual(["inner unwound", "middle unwound", "outer unwound"]);
  });

  it("E1 of a contestant fails the race, of a task of a group the group, and nobody above who catches", async () => {
    const caught = await simulate(function* () {
      const errors: unknown[] = [];
      for (const op of [
        race([failAfter(1), suspend()]),
        taskGroup((group) => joined(group.spawn(failAfter(1)))),
      ]) {
        const result = yield* attempt(op);
        errors.push(result.ok ? "completed" : result.error);
      }
      return errors;
    });
    expect(caught[0]).toBe(lost);
    expect(caught[1]).toMatchObject({ name: "ExceptionGroup", errors: [lost] });
  });

  it("E1 cancels the siblings in a scope made by createScope, which takes no more children then", async () => {
    const scope = createScope({ name: "server" });
    const log: string[] = [];
    const sibling = scope.run(function* () {
      try {
        yield* suspend();
      } finally {
        log.push("sibling unwound");
      }
    });
    await expect(scope.run(failAfter(1))).rejects.toBe(lost);
    await scope.cancel();
    expect([sibling.state, scope.isClosed, ...log]).toEqual(["cancelled", true, "sibling unwound"]);
  });

  it("E1 leaves a task that was cancelled by hand alone: that is no failure", async () => {
    const state = await simulate(function* () {
      const child = yield* spawn(suspend());
      yield* sleep(1);
      yield* child.cancel();
      yield* sleep(1);
      return child.state;
    });
    expect(state).toBe("cancelled");
  });
});

function* joined<T>(task: Task<T>) {
  return yield* task;
}
