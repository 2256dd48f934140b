import { describe, expect, it } from "@jest/globals";
import {
  attempt,
  checkpoint,
  operation,
  scoped,
  shield,
  sleep,
  spawn,
  suspend,
  taskGroup,
  timeout,
  useScope,
  type Operation,
} from "coppice";
import { byCancel, cancelAt, endOf, everyFormAndWay, everyWay, NOTHING } from "../support/ways-to-cancel.js";
import { simulate, world } from "../support/virtual.js";

type Log = (event: string) => void;

const work = operation(function* (log: Log, ms: number) {
  for (let step = 1; step <= ms; step++) {
    yield* sleep(1);
    log(`step ${step}`);
  }
});

describe("a shield", () => {
  it.each(everyFormAndWay)(
    "C6 delays, and the cancellation lands right behind it: %s",
    async (_, form, way) => {
      const log: string[] = [];
      const inner = form.define(function* () {
        try {
          yield* shield(work((event) => log.push(event), 5));
          log.push("WENT ON");
        } catch {
          log.push("CAUGHT");
        } finally {
          log.push("finally");
        }
        log.push("AFTER");
      });
      const trial = await cancelAt(
        way,
        2,
        form.define(function* () {
          yield* inner();
          log.push("RESUMED");
        }),
      );
      expect(log).toEqual(["step 1", "step 2", "step 3", "step 4", "step 5", "finally"]);
      expect([trial.ended, trial.at]).toEqual([way.ended, 5]);
      expect(trial.left).toEqual(NOTHING);
    },
  );

  it.each(everyWay)("C6 protects the tasks that it starts: %s", async (_, way) => {
    const log: string[] = [];
    const trial = await cancelAt(
      way,
      2,
      shield(
        taskGroup(function* (group) {
          for (const name of ["a", "b"]) {
            group.spawn(function* () {
              yield* scoped(work((event) => log.push(`${name} ${event}`), 3));
            });
          }
        }),
      ),
    );
    expect(log).toHaveLength(6);
    expect([trial.ended, trial.at]).toEqual([way.ended, 3]);
  });

  it("C6 gives its value as usual when nothing was requested", async () => {
    await expect(
      simulate(
        shield(function* () {
          yield* sleep(1);
          return "value";
        }),
      ),
    ).resolves.toBe("value");
  });

  it("C6 does not protect from what is cancelled inside of it", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const value = yield* shield(
        timeout(
          5,
          function* () {
            try {
              yield* suspend();
            } finally {
              log.push("cut");
            }
          },
          { otherwise: "time is up" },
        ),
      );
      log.push(value ?? "");
    });
    expect(log).toEqual(["cut", "time is up"]);
  });

  it("C6 is a cancel point for a scope of its own body", async () => {
    const log: string[] = [];
    await simulate(function* () {
      yield* shield(function* () {
        const scope = yield* useScope();
        yield* spawn(function* () {
          yield* sleep(1);
          void scope.cancel();
        });
        try {
          yield* suspend();
        } finally {
          log.push("cut from inside");
        }
      });
      log.push("goes on");
    });
    expect(log).toEqual(["cut from inside", "goes on"]);
  });

  it.each([
    [3, "TimeoutError", 3],
    [10, "value", 5],
  ])("C6 is bounded by its timeout of %d ms", async (ms, ended, at) => {
    const { host, run } = world();
    const result = await endOf(run(shield(sleep(5), { timeout: ms })));
    expect([result.ended, host.now()]).toEqual([ended, at]);
  });

  it.each(everyWay)("C6 lets its timeout pass, and the cancellation land then: %s", async (_, way) => {
    const log: string[] = [];
    const trial = await cancelAt(way, 1, function* () {
      try {
        yield* shield(suspend(), { timeout: 5 });
      } catch {
        log.push("CAUGHT");
      } finally {
        log.push("finally");
      }
    });
    expect(log).toEqual(["finally"]);
    expect(trial.at).toBe(5);
    // The shield's own timeout is an error of what was cancelled: it is reported, not forgotten.
    expect(trial.error).toBeDefined();
  });

  it("C6 reports what it threw, and lets no catch of a cancelled boundary see it", async () => {
    const log: string[] = [];
    const trial = await cancelAt(byCancel, 1, function* () {
      try {
        yield* shield(function* () {
          yield* sleep(5);
          throw new Error("commit failed");
        });
      } catch {
        log.push("CAUGHT");
      }
    });
    expect(log).toEqual([]);
    expect(trial.ended).toBe("commit failed");
  });

  it("C6 nests, and lands behind the outermost one", async () => {
    const log: string[] = [];
    const trial = await cancelAt(byCancel, 1, function* () {
      yield* shield(function* () {
        yield* shield(work((event) => log.push(event), 2));
        log.push("behind the inner one");
        yield* work((event) => log.push(event), 2);
      });
      log.push("WENT ON");
    });
    expect(log).toEqual(["step 1", "step 2", "behind the inner one", "step 1", "step 2"]);
    expect(trial.at).toBe(4);
  });

  it("C6 is a cancellation point where it begins, like any other operation", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const task = yield* spawn(function* () {
        void task.cancel();
        yield* shield(function* (): Operation<void> {
          log.push("ENTERED");
        });
      });
      yield* attempt(task);
    });
    expect(log).toEqual([]);
  });

  it("C6 in cleanup changes nothing: cleanup goes on behind it", async () => {
    const log: string[] = [];
    await cancelAt(byCancel, 1, function* () {
      try {
        yield* suspend();
      } finally {
        yield* shield(work((event) => log.push(event), 2));
        log.push("behind");
        yield* checkpoint();
        log.push("cleanup goes on");
      }
    });
    expect(log).toEqual(["step 1", "step 2", "behind", "cleanup goes on"]);
  });
});
