import { describe, expect, it } from "@jest/globals";
import { action, operation, sleep, spawn, timeout, type Operation } from "coppice";
import { everyOperation, parkingOperations } from "../support/every-operation.js";
import { fail } from "../support/fail.js";
import { textOf, thrownBy } from "../support/failure.js";
import { simulate, world } from "../support/virtual.js";

const outside =
  "Error COPPICE_OUTSIDE: An operation was used outside any task. Run it with `run(operation)`, or `yield*` it inside one that runs.";
const byHand =
  "TypeError COPPICE_BY_HAND: An operation was advanced by hand. Only `yield*` runs operations: use `yield* operation`.";
const awaited =
  "TypeError COPPICE_AWAITED: An operation was awaited. Use `yield* operation` in an operation, or `await run(operation)`.";

/** The iterator behind an operation, as only hand-written code asks for it. */
function iteratorOf(op: Operation<unknown>): Iterator<unknown, unknown> {
  return op[Symbol.iterator]();
}

describe("E5 an operation used outside any task", () => {
  it.each(everyOperation)("E5 %s fails at once when it is advanced by hand", (_, make) => {
    expect(thrownBy(() => iteratorOf(make()).next())).toBe(outside);
  });

  it.each(everyOperation)("E5 %s fails at once when it is spread or looped over", (_, make) => {
    const spread = thrownBy(() => [...(make() as unknown as Iterable<unknown>)]);
    const loop = thrownBy(() => {
      for (const item of make() as unknown as Iterable<unknown>) return item;
      return undefined;
    });
    expect([spread, loop]).toEqual([outside, outside]);
  });

  it.each(everyOperation)("E5 %s fails at once in a plain generator that is iterated", (_, make) => {
    function* plain() {
      yield* make();
    }
    expect(thrownBy(() => [...plain()])).toBe(outside);
  });

  it("E5 joining a task from outside, and waiting for a cancel, fail at once too", async () => {
    const { run } = world();
    const task = run(sleep(1));
    expect(thrownBy(() => iteratorOf(task).next())).toBe(outside);
    const ending = task.cancel();
    expect(thrownBy(() => iteratorOf(ending).next())).toBe(outside);
    await ending;
  });

  it("E5 a callback that runs later is outside, also of a task that still runs", async () => {
    const seen: string[] = [];
    await simulate(function* () {
      setImmediate(() => seen.push(thrownBy(() => iteratorOf(sleep(1)).next())));
      yield* sleep(5);
    });
    expect(seen).toEqual([outside]);
  });

  it("E5 the operation can still be run afterwards: nothing is half started", async () => {
    const nap = sleep(1);
    thrownBy(() => iteratorOf(nap).next());
    await expect(simulate(nap)).resolves.toBeUndefined();
  });
});

describe("E5 an operation advanced by hand inside a task", () => {
  it.each(parkingOperations)("E5 %s, spread, fails at once and leaves nothing behind", async (_, make) => {
    const { run, scheduler } = world();
    const log: string[] = [];
    const task = run(function* () {
      log.push(thrownBy(() => [...(make() as unknown as Iterable<unknown>)]));
      yield* sleep(0);
    });
    await task.then(undefined, () => undefined);
    expect([...log, scheduler.timers.size, scheduler.readyCount]).toEqual([byHand, 0, 0]);
  });

  it.each(parkingOperations)(
    "E5 %s, advanced once, fails at the next yield* and is not carried out",
    async (_, make) => {
      const { run, scheduler } = world();
      const task = run(function* () {
        iteratorOf(make()).next();
        yield* sleep(1);
        return "went on";
      });
      await expect(task.then(String, textOf)).resolves.toBe(byHand);
      expect([scheduler.timers.size, scheduler.readyCount]).toEqual([0, 0]);
    },
  );

  it.each(parkingOperations)(
    "E5 %s, advanced once, fails the task that ends without another yield*",
    async (_, make) => {
      const { run, scheduler } = world();
      const task = run(function* () {
        iteratorOf(make()).next();
        yield* [];
        return "completed";
      });
      await expect(task.then(String, textOf)).resolves.toBe(byHand);
      expect([scheduler.timers.size, scheduler.readyCount]).toEqual([0, 0]);
    },
  );

  it("E5 an operation() begun by hand never runs in its caller's place", async () => {
    const log: string[] = [];
    const other = operation(function* other() {
      log.push("never");
      yield* sleep(1);
    });
    const wanted = operation(function* wanted() {
      yield* sleep(1);
      return "wanted";
    });
    await simulate(function* () {
      try {
        iteratorOf(other()).next();
        yield* wanted();
      } catch (error) {
        log.push(textOf(error));
      }
      log.push(yield* wanted());
    });
    expect(log).toEqual([byHand, "wanted"]);
  });

  it("E5 a cleanup that fails when it is taken back is told too, and other tasks go on (E2)", async () => {
    const { run } = world();
    const other = run(sleep(1));
    const task = run(function* () {
      iteratorOf(action(() => () => fail(new Error("cannot take back")))).next();
      yield* [];
    });
    await expect(task.then(String, textOf)).resolves.toBe(`Error: cannot take back\n${byHand}`);
    await other;
  });

  it("E5 a deadline begun by hand is taken back with its timer", async () => {
    const { run, scheduler } = world();
    const timers = await run(function* () {
      try {
        iteratorOf(timeout(1_000, sleep(5))).next();
        yield* sleep(1);
      } catch {
        yield* sleep(1);
      }
      return scheduler.timers.size;
    });
    expect(timers).toBe(0);
  });

  it("E5 a task's generator that somebody else advances tells the culprit, and the task still ends", async () => {
    const { run, scheduler } = world();
    const generator = (function* () {
      yield* sleep(5);
      return "value";
    })();
    const task = run(generator);
    expect(thrownBy(() => generator.next())).toBe(byHand);
    await task;
    expect([task.state, scheduler.timers.size, [...scheduler.roots]]).toEqual(["completed", 0, []]);
  });

  it("E5 a task's generator that somebody else returns or throws into still ends, with its children", async () => {
    for (const how of ["return", "throw"] as const) {
      const { run, scheduler } = world();
      const generator = (function* () {
        yield* spawn(sleep(Infinity));
        yield* sleep(5);
      })();
      const task = run(generator);
      thrownBy(() => (how === "return" ? generator.return() : generator.throw(new Error("from outside"))));
      await task;
      expect([task.state, scheduler.timers.size, [...scheduler.roots]]).toEqual(["completed", 0, []]);
    }
  });
});

describe("E5 await on an operation", () => {
  it.each(everyOperation)("E5 %s says what to write instead", async (_, make) => {
    const message = await Promise.resolve(make() as unknown).then(() => "was given back unrun", textOf);
    expect(message).toBe(awaited);
  });

  it("E5 a promise that resolves with one says so too", async () => {
    await expect(
      Promise.resolve()
        .then(() => sleep(1))
        .then(() => "resolved", textOf),
    ).resolves.toBe(awaited);
  });
});
