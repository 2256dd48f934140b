import { describe, expect, it } from "@jest/globals";
import * as theirs from "effection";
import {
  CancelledError,
  ensure,
  ExceptionGroup,
  sleep,
  spawn,
  suspend,
  useAbortSignal,
  useScope,
  run,
} from "coppice";
import { fromEffection, toEffection } from "coppice/effection";
import { ourTurn, settled, theirTurn, turn } from "./support.js";

/** Waits in ours and logs what its cleanup does, in two steps that take time. */
function* ourCleanup(log: unknown[], name = "ours") {
  try {
    log.push(`${name} waits`);
    yield* suspend();
  } finally {
    yield* ourTurn();
    yield* sleep(0);
    log.push(`${name} gone`);
  }
}

describe("toEffection", () => {
  it("gives the value of a function* and of an operation", async () => {
    const five = function* () {
      yield* ourTurn();
      return 5;
    };
    expect(await theirs.run(() => toEffection(five))).toBe(5);
    expect(await theirs.run(() => toEffection(five()))).toBe(5);
  });

  it("throws what ours throws, the same object, whatever it is, and theirs can catch it", async () => {
    for (const thrown of [new RangeError("r"), { plain: true }, "text"]) {
      const caught = await theirs.run(function* () {
        try {
          yield* toEffection(function* () {
            yield* ourTurn();
            throw thrown;
          });
        } catch (error) {
          return [error];
        }
        return [];
      });
      expect(caught[0]).toBe(thrown);
    }
  });

  it("is cancelled and awaited when theirs is halted, all steps of its cleanup included", async () => {
    const log: unknown[] = [];
    const task = theirs.run(function* () {
      try {
        yield* toEffection(() => ourCleanup(log));
        log.push("never");
      } finally {
        log.push("theirs");
      }
    });
    await settled();
    await task.halt();
    expect(log).toEqual(["ours waits", "ours gone", "theirs"]);
  });

  it("is cancelled and awaited when the scope of theirs is destroyed", async () => {
    const log: unknown[] = [];
    const [scope, destroy] = theirs.createScope();
    void scope.run(() => toEffection(() => ourCleanup(log)));
    await settled();
    await destroy();
    expect(log).toEqual(["ours waits", "ours gone"]);
  });

  it("is cancelled and awaited as the loser of a race of theirs", async () => {
    const log: unknown[] = [];
    const winner = await theirs.run(() =>
      theirs.race([
        toEffection(() => ourCleanup(log)),
        (function* () {
          yield* theirTurn();
          return "theirs";
        })(),
      ]),
    );
    expect([winner, ...log]).toEqual(["theirs", "ours waits", "ours gone"]);
  });

  it("reports an error of its cleanup out of the halt", async () => {
    const error = new Error("cleanup");
    const task = theirs.run(() =>
      toEffection(function* () {
        yield* ensure(function* () {
          yield* ourTurn();
          throw error;
        });
        yield* suspend();
      }),
    );
    await settled();
    await expect(task.halt()).rejects.toBe(error);
  });

  it("throws its failure after its cleanup, and one group when both fail", async () => {
    const [body, cleanup] = [new Error("body"), new Error("cleanup")];
    const caught: unknown = await theirs
      .run(() =>
        toEffection(function* () {
          yield* ensure(function* () {
            yield* ourTurn();
            throw cleanup;
          });
          throw body;
        }),
      )
      .catch((error: unknown) => error);
    expect(caught).toBeInstanceOf(ExceptionGroup);
    expect((caught as ExceptionGroup).errors).toEqual([body, cleanup]);
  });

  it("throws CancelledError when it was cancelled by its own side", async () => {
    const reason = new Error("own");
    const caught: unknown = await theirs
      .run(() =>
        toEffection(function* () {
          const scope = yield* useScope();
          void scope.cancel(reason);
          yield* suspend();
          return 1;
        }),
      )
      .catch((error: unknown) => error);
    // Its own boundary ends quietly, as everywhere: with no value.
    expect(caught).toBeUndefined();
  });

  it("tells ours that Effection halted it, and ours from further out its own reason, unchanged", async () => {
    const reasons: unknown[] = [];
    const listen = function* () {
      const signal = yield* useAbortSignal();
      signal.addEventListener("abort", () => reasons.push(signal.reason));
      yield* suspend();
    };
    const task = theirs.run(() => toEffection(listen));
    await settled();
    await task.halt();
    const reason = { far: "out" };
    const outer = run(fromEffection(() => toEffection(fromEffection(() => toEffection(listen)))));
    await settled();
    await outer.cancel(reason);
    expect(reasons).toHaveLength(2);
    expect(reasons[0]).toBe("halted in Effection");
    expect(reasons[1]).toBe(reason);
  });

  it("is not begun when theirs was halted first, and is cancelled at its first yield when halted as it begins", async () => {
    const log: unknown[] = [];
    const task = theirs.run(function* () {
      yield* theirTurn();
      yield* toEffection(() => ourCleanup(log));
    });
    await task.halt();
    expect(log).toEqual([]);
    const begun = theirs.run(() => toEffection(() => ourCleanup(log)));
    await begun.halt();
    expect(log).toEqual(["ours waits", "ours gone"]);
  });

  it("answers a halt in the tick in which ours completes", async () => {
    for (let hops = 0; hops < 12; hops++) {
      const task = theirs.run(function* () {
        yield* toEffection(function* () {
          yield* ourTurn();
        });
        yield* theirs.suspend();
      });
      await turn();
      for (let i = 0; i < hops; i++) await Promise.resolve();
      await task.halt();
    }
  });

  it("gives back what ours spawned before it gives the value of a function*", async () => {
    const log: unknown[] = [];
    await theirs.run(function* () {
      yield* toEffection(function* () {
        yield* spawn(() => ourCleanup(log, "child"));
        yield* ourTurn();
      });
      log.push("value");
    });
    expect(log).toEqual(["child waits", "child gone", "value"]);
  });

  it("fails its caller and no sibling: theirs goes on after catching", async () => {
    const log = await theirs.run(function* () {
      const sibling = yield* theirs.spawn(function* () {
        for (let i = 0; i < 3; i++) yield* theirTurn();
        return "sibling";
      });
      try {
        yield* toEffection(function* () {
          yield* ourTurn();
          throw new Error("ours");
        });
      } catch (error) {
        return [(error as Error).message, yield* sibling];
      }
      return [];
    });
    expect(log).toEqual(["ours", "sibling"]);
  });

  it("refuses what is no operation, an unknown option and a generator object that was run", async () => {
    expect(() => toEffection(7 as never)).toThrow("toEffection() needs an operation or a function*");
    expect(() => toEffection(suspend(), { title: "x" } as never)).toThrow('no option "title"');
    const made = ourCleanup([]);
    await theirs.run(() => toEffection(made)).halt();
    await expect(theirs.run(() => toEffection(made))).rejects.toThrow("was run before");
  });

  it("gives CancelledError to those who wait for a task of ours that was cancelled", async () => {
    const task = run(suspend());
    const joined = theirs.run(() => toEffection(task));
    await settled();
    await task.cancel("enough");
    await expect(joined).rejects.toBeInstanceOf(CancelledError);
  });
});
