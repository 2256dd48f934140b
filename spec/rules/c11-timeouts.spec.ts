import { describe, expect, it } from "@jest/globals";
import {
  attempt,
  checkpoint,
  ensure,
  operation,
  scoped,
  sleep,
  spawn,
  suspend,
  timeout,
  TimeoutError,
  useScope,
  type Operation,
} from "coppice";
import { instantly } from "../../lib/kernel/index.js";
import { cancelAt, endOf, everyFormAndWay, everyWay } from "../support/ways-to-cancel.js";
import { simulate, world } from "../support/virtual.js";

/** Tells how each of several nested timeouts ended, innermost first, and when. */
async function nested(deadlines: readonly number[], body: () => Operation<unknown>): Promise<string[]> {
  const { host, run } = world();
  const log: string[] = [];
  let op = body;
  for (const ms of deadlines) {
    const inner = op;
    op = function* () {
      try {
        yield* timeout(ms, inner);
        log.push(`${ms} completed`);
      } catch (error) {
        log.push(`${ms} ${error instanceof TimeoutError ? "timed out" : String(error)} at ${host.now()}`);
      }
    };
  }
  await run(op);
  return log;
}

function* cleaningFor(ms: number): Operation<void> {
  try {
    yield* suspend();
  } finally {
    yield* sleep(ms);
  }
}

describe("nested deadlines", () => {
  it("C11 that pass one after the other are reported by the inner one first", async () => {
    expect(await nested([5, 10], suspend)).toEqual(["5 timed out at 5", "10 completed"]);
  });

  it("C11 that pass in the other order are reported by the outer one alone", async () => {
    expect(await nested([10, 5], suspend)).toEqual(["5 timed out at 5"]);
  });

  it("C11 that are equal are reported by the outer one alone", async () => {
    expect(await nested([5, 5, 5], suspend)).toEqual(["5 timed out at 5"]);
  });

  it("C11 that have both passed when the inner one's cleanup is done are reported by the outer one", async () => {
    expect(await nested([5, 10], () => cleaningFor(7))).toEqual(["10 timed out at 12"]);
  });

  it("C11 whose outer one passes at the instant at which the inner one's cleanup is done", async () => {
    expect(await nested([5, 10], () => cleaningFor(5))).toEqual(["10 timed out at 10"]);
  });

  it("C11 whose outer one passes right after are reported by the inner one", async () => {
    expect(await nested([5, 11], () => cleaningFor(5))).toEqual(["5 timed out at 10", "11 completed"]);
  });

  it("C11 whose outer one passed first are reported by it, though the inner one passes during the cleanup", async () => {
    expect(await nested([10, 5], () => cleaningFor(20))).toEqual(["5 timed out at 25"]);
  });

  it("C11 leave the next thing its own time", async () => {
    expect(
      await nested([100], function* () {
        yield* attempt(timeout(5, suspend()));
        yield* timeout(5, sleep(4));
        yield* attempt(timeout(5, suspend()));
      }),
    ).toEqual(["100 completed"]);
  });
});

describe("a timeout", () => {
  it.each(everyFormAndWay)(
    "C11 leaves what comes from further out to where it came from: %s",
    async (_, form, way) => {
      const log: string[] = [];
      const body = form.define(function* () {
        try {
          yield* timeout(1000, function* () {
            try {
              yield* suspend();
            } finally {
              log.push("cut");
            }
          });
        } catch {
          log.push("CAUGHT");
        }
      });
      const trial = await cancelAt(way, 10, body);
      expect(log).toEqual(["cut"]);
      expect([trial.ended, trial.at]).toEqual([way.ended, 10]);
    },
  );

  it.each(everyWay)(
    "C11 that has passed gives way to a cancel from further out that came meanwhile: %s",
    async (_, way) => {
      const log: string[] = [];
      const trial = await cancelAt(way, 10, function* () {
        try {
          yield* timeout(5, () => cleaningFor(10), { otherwise: "OTHERWISE" });
          log.push("WENT ON");
        } catch {
          log.push("CAUGHT");
        }
      });
      expect(log).toEqual([]);
      expect([trial.ended, trial.at]).toEqual([way.ended, 15]);
    },
  );

  it("C11 throws what cleanup threw instead of a TimeoutError", async () => {
    const { error } = await endOf(
      simulate(
        timeout(5, function* () {
          yield* ensure(() => {
            throw new Error("cleanup failed");
          });
          yield* suspend();
        }),
      ),
    );
    expect(error).not.toBeInstanceOf(TimeoutError);
    expect(String(error)).toBe("Error: cleanup failed");
  });

  it("C11 throws its TimeoutError after the cleanup of what it cancelled, children included", async () => {
    const log: string[] = [];
    const { host, run } = world();
    const { error } = await endOf(
      run(
        timeout(5, function* () {
          yield* spawn(() => cleaningFor(10));
          yield* ensure(() => log.push(`ensured at ${host.now()}`));
          yield* suspend();
        }),
      ),
    );
    expect(error).toBeInstanceOf(TimeoutError);
    expect(log).toEqual(["ensured at 5"]);
    expect(host.now()).toBe(15);
  });

  it("C11 does not convert a cancellation of its own scope by hand", async () => {
    await expect(
      simulate(
        timeout(5, function* () {
          void (yield* useScope()).cancel("by hand");
          yield* suspend();
        }),
      ),
    ).resolves.toBeUndefined();
  });

  it("C11 does not convert what a task that was cancelled throws at its joiner", async () => {
    const { ended } = await endOf(
      simulate(
        timeout(5, function* () {
          const task = yield* spawn(suspend());
          void task.cancel();
          yield* task;
        }),
      ),
    );
    expect(ended).toBe("CancelledError");
  });

  it("C11 is a boundary on the task's own stack: it starts no task", async () => {
    const self = instantly((task) => task.id);
    await simulate(function* () {
      const outside = yield* self;
      expect(yield* timeout(5, self)).toBe(outside);
      expect(yield* scoped(self)).toBe(outside);
    });
  });

  it("C11 leaves no timer behind, however it ends", async () => {
    const { run, scheduler } = world();
    await run(function* () {
      yield* timeout(1000, checkpoint());
      yield* attempt(
        timeout(
          1000,
          operation(function* () {
            yield* sleep(1);
            throw new Error("failed");
          }),
        ),
      );
      yield* attempt(timeout(1, timeout(1000, suspend())));
      const task = yield* spawn(timeout(1000, suspend()));
      yield* checkpoint();
      yield* task.cancel();
      expect(scheduler.timers.size).toBe(0);
    });
  });
});
