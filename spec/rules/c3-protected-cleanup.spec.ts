import { describe, expect, it } from "@jest/globals";
import {
  attempt,
  ensure,
  operation,
  resource,
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
import { cancelAt, endOf, everyFormAndWay, everyWay, NOTHING } from "../support/ways-to-cancel.js";
import { simulate, world } from "../support/virtual.js";

type Log = (event: string) => void;

/** Cleans up for five times 1 ms, in a boundary of its own. */
const longCleanup = operation(function* (log: Log, name: string) {
  for (let step = 1; step <= 5; step++) {
    yield* sleep(1);
    log(`${name} ${step}`);
  }
});

const FIVE = [1, 2, 3, 4, 5];

/** A victim whose every level cleans up, by a finally block, an ensure and a resource. */
const victim = operation(function* (log: Log): Operation<void> {
  yield* ensure(() => longCleanup(log, "ensure"));
  yield* resource<undefined>(function* (provide) {
    try {
      yield* provide(undefined);
    } finally {
      yield* longCleanup(log, "resource");
    }
  });
  try {
    yield* suspend();
  } finally {
    yield* longCleanup(log, "finally");
  }
});

const ALL = ["finally", "resource", "ensure"].flatMap((name) => FIVE.map((step) => `${name} ${step}`));

describe("cleanup", () => {
  it.each(everyFormAndWay)("C3 runs innermost first, each level completely: %s", async (_, form, way) => {
    const log: string[] = [];
    const write: Log = (event) => log.push(event);
    const inner = form.define(function* () {
      yield* victim(write);
    });
    const trial = await cancelAt(
      way,
      10,
      form.define(function* () {
        try {
          yield* inner();
        } finally {
          yield* longCleanup(write, "caller");
        }
      }),
    );
    expect(log).toEqual([...ALL, ...FIVE.map((step) => `caller ${step}`)]);
    expect(trial.at).toBe(30);
    expect(trial.left).toEqual(NOTHING);
  });

  it.each(everyWay)(
    "C3 is not interrupted by further cancels, from any side: first by %s",
    async (_, way) => {
      const log: string[] = [];
      const trial = await cancelAt(way, 10, function* () {
        yield* taskGroup(function* (group) {
          const scope = yield* useScope();
          group.spawn(function* nag() {
            yield* shield(function* () {
              yield* sleep(11);
              for (let ms = 0; ms < 20; ms++) {
                void scope.cancel("again");
                void group.cancel("and again");
                yield* sleep(1);
              }
            });
          });
          yield* victim((event) => log.push(event));
        });
      });
      expect(log).toEqual(ALL);
      expect(trial.ended).toBe(way.ended);
    },
  );

  it("C3 is not interrupted by a second task.cancel()", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const task = yield* spawn(victim((event) => log.push(event)));
      yield* sleep(1);
      void task.cancel("first");
      for (let ms = 0; ms < 20; ms++) {
        yield* sleep(1);
        void task.cancel("more");
      }
      yield* task.cancel();
    });
    expect(log).toEqual(ALL);
  });

  it("C3 is not interrupted by a sibling's failure that comes during it", async () => {
    const log: string[] = [];
    const { ended } = await endOf(
      simulate(function* () {
        const task = yield* spawn(victim((event) => log.push(event)));
        yield* spawn(function* () {
          yield* sleep(5);
          throw new Error("the sibling failed");
        });
        yield* sleep(1);
        yield* task.cancel();
        log.push("NOT REACHED");
      }),
    );
    expect(log).toEqual(ALL);
    expect(ended).toBe("the sibling failed");
  });

  it("C3 is not interrupted by a deadline that passes during it", async () => {
    const log: string[] = [];
    const { host, run } = world();
    const { ended } = await endOf(
      run(
        timeout(12, function* () {
          const scope = yield* useScope();
          yield* spawn(function* () {
            yield* sleep(10);
            void scope.cancel();
          });
          yield* scoped(victim((event) => log.push(event)));
        }),
      ),
    );
    expect(log).toEqual(ALL);
    // The scope had been cancelled by itself before its time was up: it ended quietly.
    expect([ended, host.now()]).toEqual(["value", 25]);
  });

  it.each(["return", "throw"] as const)("C3 is protected also after a %s", async (end) => {
    const log: string[] = [];
    const task = simulate(function* () {
      const task = yield* spawn(function* () {
        yield* operation(function* () {
          yield* ensure(() => longCleanup((event) => log.push(event), "ensure"));
          if (end === "throw") throw new Error("failed");
        })();
        log.push("returned to its caller");
        yield* sleep(0);
        log.push("WENT ON");
      });
      yield* sleep(2);
      void task.cancel();
      yield* attempt(task);
    });
    await endOf(task);
    const delivered = end === "return" ? ["returned to its caller"] : [];
    expect(log).toEqual([...FIVE.map((step) => `ensure ${step}`), ...delivered]);
  });

  it("C3 lets a cancel that came after an error land before any catch of a cancelled boundary goes on", async () => {
    const log: string[] = [];
    const { run } = world();
    const task = run(function* () {
      try {
        yield* operation(function* () {
          yield* ensure(() => sleep(10));
          throw new Error("failed first");
        })();
      } catch {
        log.push("CAUGHT");
      } finally {
        log.push("finally");
      }
    });
    await run(sleep(5));
    const gone = task.cancel();
    await Promise.allSettled([gone]);
    expect(log).toEqual(["finally"]);
    await expect(task).rejects.toThrow("failed first");
  });

  it("C3 lets a catch outside of what was cancelled after an error go on", async () => {
    const log: string[] = [];
    await simulate(function* () {
      try {
        yield* scoped(function* () {
          const scope = yield* useScope();
          yield* ensure(function* () {
            yield* sleep(10);
            void scope.cancel();
            yield* sleep(10);
            log.push("cleaned");
          });
          throw new Error("failed first");
        });
      } catch (error) {
        log.push(String(error));
      }
      yield* sleep(1);
      log.push("goes on");
    });
    expect(log).toEqual(["cleaned", "Error: failed first", "goes on"]);
  });
});
