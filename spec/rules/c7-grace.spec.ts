import { describe, expect, it } from "@jest/globals";
import {
  call,
  CleanupError,
  ensure,
  ExceptionGroup,
  operation,
  Queue,
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
import { endOf, leftIn, NOTHING, quiet } from "../support/ways-to-cancel.js";
import { simulate, world } from "../support/virtual.js";

/** Cleans up for a long time in several steps, and says how far it came. */
function* lingering(log: string[], name: string): Operation<void> {
  try {
    yield* suspend();
  } finally {
    try {
      log.push(`${name} cleans`);
      yield* sleep(1000);
      log.push(`${name} NEXT STEP`);
      yield* sleep(1000);
    } finally {
      log.push(`${name} cut`);
    }
  }
}

const cleanups: [string, (log: string[]) => Operation<unknown>][] = [
  ["a finally block", (log) => lingering(log, "it")],
  ["a finally block further up the stack", (log) => operation(() => scoped(() => lingering(log, "it")))()],
  [
    "an ensure()",
    function* (log) {
      yield* ensure(function* () {
        log.push("it cleans");
        try {
          yield* sleep(1000);
          log.push("it NEXT STEP");
        } finally {
          log.push("it cut");
        }
      });
      yield* suspend();
    },
  ],
  [
    "a resource",
    function* (log) {
      yield* resource<undefined>(function* (provide) {
        try {
          yield* provide(undefined);
        } finally {
          log.push("it cleans");
          try {
            yield* sleep(1000);
            log.push("it NEXT STEP");
          } finally {
            log.push("it cut");
          }
        }
      });
      yield* suspend();
    },
  ],
  [
    "a child",
    function* (log) {
      yield* spawn(lingering(log, "it"));
      yield* suspend();
    },
  ],
  [
    "an operation that a finally calls",
    function* (log) {
      try {
        yield* suspend();
      } finally {
        log.push("it cleans");
        yield* operation(function* () {
          try {
            yield* scoped(sleep(1000));
            log.push("it NEXT STEP");
          } finally {
            log.push("it cut");
          }
        })();
        log.push("it NEXT STEP");
      }
    },
  ],
  [
    "a shield",
    (log) =>
      shield(function* () {
        log.push("it cleans");
        try {
          yield* sleep(1000);
          log.push("it NEXT STEP");
        } finally {
          log.push("it cut");
        }
      }),
  ],
  [
    "a call that does not settle",
    function* (log) {
      try {
        log.push("it cleans");
        yield* call(() => new Promise(() => undefined));
      } finally {
        log.push("it cut");
      }
    },
  ],
];

describe("cancel with a grace", () => {
  it.each(cleanups)(
    "C7 cuts cleanup that takes longer, and fails with a CleanupError: %s",
    async (_, make) => {
      const log: string[] = [];
      const { host, run, scheduler } = world();
      const task = run(() => make(log), { name: "victim" });
      const gone = await endOf(task.cancel("reason", { grace: 10 }));
      expect(log).toEqual(["it cleans", "it cut"]);
      expect(host.now()).toBe(10);
      expect(gone.error).toBeInstanceOf(CleanupError);
      expect(String(gone.error)).toMatch(/Cleanup of "victim" took longer than its grace of 10 ms/);
      expect((await endOf(task)).error).toBe(gone.error);
      expect(leftIn(scheduler)).toEqual(NOTHING);
    },
  );

  it("C7 lets every level run its finally blocks, each up to its first yield", async () => {
    const log: string[] = [];
    const level = (n: number): Operation<void> =>
      operation(function* () {
        yield* ensure(function* () {
          log.push(`ensure ${n}`);
          yield* sleep(1000);
          log.push("NOT REACHED");
        });
        try {
          yield* n === 0 ? suspend() : level(n - 1);
        } finally {
          log.push(`finally ${n}`);
          yield* sleep(1000);
          log.push("NOT REACHED");
        }
      })();
    await endOf(simulate(level(2)).cancel("reason", { grace: 10 }));
    expect(log).toEqual(["finally 0", "ensure 0", "finally 1", "ensure 1", "finally 2", "ensure 2"]);
  });

  it("C7 names the tasks that needed it, with what they waited for and where", async () => {
    const jobs = new Queue<number>({ name: "jobs" });
    const { run } = world();
    const task = run(
      function* () {
        yield* spawn(lingering([], "slow"), { name: "slow child" });
        yield* spawn(
          function* () {
            try {
              yield* suspend();
            } finally {
              yield* jobs.get();
            }
          },
          { name: "stuck child" },
        );
        yield* spawn(suspend(), { name: "obedient child" });
        yield* suspend();
      },
      { name: "parent" },
    );
    await quiet();
    const { error } = await endOf(task.cancel(undefined, { grace: 10 }));
    expect(String(error)).toMatch(/"slow child" \(sleep.*c7-grace\.spec\.ts:\d+:\d+\)/);
    expect(String(error)).toMatch(/"stuck child" \(queue get "jobs".*c7-grace\.spec\.ts:\d+:\d+\)/);
    expect(String(error)).not.toMatch(/obedient child|"parent" \(/);
  });

  it("C7 does nothing to cleanup that ends in time, and leaves no timer", async () => {
    const { host, run, scheduler } = world();
    const task = run(function* () {
      yield* ensure(() => sleep(5));
      yield* suspend();
    });
    await task.cancel(undefined, { grace: 10 });
    expect([host.now(), task.state, scheduler.timers.size]).toEqual([5, "cancelled", 0]);
  });

  it("C7 leaves no timer when only a boundary was cancelled", async () => {
    const { run, scheduler } = world();
    await run(function* () {
      yield* taskGroup(function* (group) {
        group.spawn(suspend());
        yield* sleep(1);
        void group.cancel(undefined, { grace: 1000 });
        yield* suspend();
      });
      expect(scheduler.timers.size).toBe(0);
    });
  });

  it("C7 has no limit without it", async () => {
    const { host, run } = world();
    const task = run(function* () {
      yield* ensure(() => sleep(1_000_000));
      yield* suspend();
    });
    await task.cancel();
    expect([host.now(), task.state]).toEqual([1_000_000, "cancelled"]);
  });

  it("C7 may be asked for by a later cancel", async () => {
    const { host, run } = world();
    const task = run(() => lingering([], "it"));
    void task.cancel("politely");
    const { error } = await endOf(task.cancel("at last", { grace: 10 }));
    expect(error).toBeInstanceOf(CleanupError);
    expect(host.now()).toBe(10);
  });

  it("C7 of 0 cuts cleanup at its first yield", async () => {
    const log: string[] = [];
    const { host, run } = world();
    await endOf(run(() => lingering(log, "it")).cancel(undefined, { grace: 0 }));
    expect(log).toEqual(["it cleans", "it cut"]);
    expect(host.now()).toBe(0);
  });

  it("C7 also ends a resource that waits for its turn behind the one that takes longer", async () => {
    const log: string[] = [];
    const { host, run, scheduler } = world();
    const useFirst = resource<undefined>(function* (provide) {
      try {
        yield* provide(undefined);
      } finally {
        log.push("first cleans");
      }
    });
    const useSlow = resource<undefined>(function* (provide) {
      yield* ensure(() => sleep(1000));
      yield* provide(undefined);
    });
    const task = run(function* () {
      yield* useFirst;
      yield* useSlow;
      yield* suspend();
    });
    const { error } = await endOf(task.cancel(undefined, { grace: 10 }));
    expect(error).toBeInstanceOf(CleanupError);
    expect([log, host.now()]).toEqual([["first cleans"], 10]);
    expect(leftIn(scheduler)).toEqual(NOTHING);
  });
});

describe("a grace of one boundary", () => {
  it("C7 ends with that boundary: later cleanup of the same task is protected again", async () => {
    const log: string[] = [];
    const { run } = world();
    const task = run(function* () {
      try {
        yield* taskGroup(function* (group) {
          yield* spawn(function* () {
            yield* sleep(1);
            void group.cancel(undefined, { grace: 10 });
          });
          yield* lingering(log, "group");
        });
      } catch (error) {
        const [cause] = error instanceof ExceptionGroup ? error.errors : [];
        log.push(cause instanceof CleanupError ? "reported" : "NOT REPORTED");
      }
      try {
        yield* suspend();
      } finally {
        yield* sleep(5);
        log.push("later cleanup done");
        yield* sleep(5);
        log.push("later cleanup done completely");
      }
    });
    await run(sleep(100));
    await task.cancel();
    expect(log).toEqual([
      ...["group cleans", "group cut", "reported"],
      ...["later cleanup done", "later cleanup done completely"],
    ]);
  });

  it("C7 does not reach the cleanup in which that boundary was opened", async () => {
    const log: string[] = [];
    const { run } = world();
    const task = run(function* () {
      try {
        yield* suspend();
      } finally {
        yield* taskGroup(function* (group) {
          yield* spawn(function* () {
            yield* sleep(1);
            void group.cancel(undefined, { grace: 10 });
          });
          yield* sleep(1000);
        });
        log.push("cleanup goes on");
        yield* sleep(5);
        log.push("and on");
      }
    });
    await task.cancel();
    expect(log).toEqual(["cleanup goes on", "and on"]);
  });

  it("C7 does not reach what lies around it on the stack", async () => {
    const log: string[] = [];
    const { run } = world();
    const task = run(function* () {
      try {
        yield* scoped(function* inner() {
          const scope = yield* useScope();
          yield* spawn(function* () {
            yield* sleep(1);
            void scope.cancel(undefined, { grace: 10 });
          });
          yield* lingering(log, "inner");
        });
      } finally {
        yield* sleep(50);
        log.push("outer cleanup done");
        yield* sleep(50);
        log.push("completely");
      }
    });
    await run(sleep(5));
    await endOf(task.cancel());
    expect(log).toEqual(["inner cleans", "inner cut", "outer cleanup done", "completely"]);
  });

  it("C7 may be used inside a timeout's cleanup and by nested scopes at different times", async () => {
    const { host, run } = world();
    const { error } = await endOf(
      run(
        timeout(5, function* () {
          const scope = yield* useScope();
          yield* spawn(function* () {
            yield* sleep(6);
            void scope.cancel(undefined, { grace: 10 });
          });
          yield* shield(sleep(7));
          yield* suspend();
        }),
      ),
    );
    expect(String(error)).toMatch(/TimeoutError/);
    expect(host.now()).toBe(7);
  });
});
