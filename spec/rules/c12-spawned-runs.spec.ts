import { describe, expect, it } from "@jest/globals";
import {
  attempt,
  checkpoint,
  ensure,
  operation,
  Queue,
  run as runForReal,
  scoped,
  sleep,
  spawn,
  suspend,
  taskGroup,
  timeout,
  useScope,
  type Operation,
} from "coppice";
import { byCancel, cancelAt, endOf, everyWay, leftIn, NOTHING } from "../support/ways-to-cancel.js";
import { simulate, world } from "../support/virtual.js";

/** Takes over what is handed to it, and gives it back. */
function* owner(log: string[], name = "it"): Operation<void> {
  try {
    log.push(`${name} owned`);
    yield* checkpoint();
    log.push("WENT ON");
  } finally {
    log.push(`${name} given back`);
  }
}

const RUN_AND_CUT = ["it owned", "it given back"];

describe("what was spawned", () => {
  it("C12 runs to its first yield point, and is cut there, when its own cancel comes before it starts", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const task = yield* spawn(owner(log));
      const gone = task.cancel();
      expect(log).toEqual([]);
      yield* gone;
      expect(task.state).toBe("cancelled");
    });
    expect(log).toEqual(RUN_AND_CUT);
  });

  it("C12 runs to its first yield point when its scope ends before it starts", async () => {
    const log: string[] = [];
    await simulate(
      scoped(function* () {
        yield* spawn(owner(log));
      }),
    );
    expect(log).toEqual(RUN_AND_CUT);
  });

  it("C12 runs to its first yield point when its scope fails before it starts", async () => {
    const log: string[] = [];
    await endOf(
      simulate(
        taskGroup(function* (group) {
          group.spawn(owner(log));
          throw new Error("body failed");
        }),
      ),
    );
    expect(log).toEqual(RUN_AND_CUT);
  });

  it("C12 runs to its first yield point when a sibling that is ahead of it fails", async () => {
    const log: string[] = [];
    await endOf(
      simulate(
        taskGroup(function* (group) {
          group.spawn(function* () {
            throw new Error("sibling failed");
          });
          group.spawn(owner(log));
        }),
      ),
    );
    expect(log).toEqual(RUN_AND_CUT);
  });

  it("C12 runs to its first yield point when its scope was cancelled before the spawn", async () => {
    const log: string[] = [];
    await simulate(
      taskGroup(function* (group) {
        void group.cancel();
        const task = group.spawn(owner(log));
        expect(task.state).toBe("ready");
      }),
    );
    expect(log).toEqual(RUN_AND_CUT);
  });

  it("C12 runs to its first yield point when a scope further out was cancelled before the spawn", async () => {
    const log: string[] = [];
    await simulate(
      scoped(function* () {
        const outer = yield* useScope();
        yield* scoped(function* () {
          const inner = yield* useScope();
          void outer.cancel();
          inner.spawn(owner(log));
          yield* suspend();
        });
      }),
    );
    expect(log).toEqual(RUN_AND_CUT);
  });

  it("C12 completes when it has no yield point", async () => {
    await simulate(function* () {
      const task = yield* spawn(function* () {
        return "value";
      });
      yield* task.cancel();
      expect([task.state, task.result()]).toEqual(["completed", "value"]);
    });
  });

  it("C12 loses nothing that was handed to it", async () => {
    const queue = new Queue<string>();
    const open = new Set<string>();
    await simulate(function* () {
      for (const name of ["a", "b", "c"]) queue.tryPut(name);
      yield* scoped(function* () {
        for (let i = 0; i < 3; i++) {
          const item = yield* queue.get();
          open.add(item);
          // From here on the child owns the item.
          yield* spawn(function* () {
            try {
              yield* suspend();
            } finally {
              open.delete(item);
            }
          });
        }
      });
    });
    expect([...open]).toEqual([]);
  });

  it.each(everyWay)(
    "C12 by cleanup in the cancelled boundary itself is cut at its first yield point, too: %s",
    async (_, way) => {
      const log: string[] = [];
      await cancelAt(way, 10, function* () {
        try {
          yield* suspend();
        } finally {
          yield* spawn(owner(log));
          log.push("cleanup goes on");
        }
      });
      expect(log).toEqual(["cleanup goes on", ...RUN_AND_CUT]);
    },
  );

  it.each(everyWay)(
    "C12 by cleanup in a boundary of its own is part of cleanup, and runs: %s",
    async (_, way) => {
      const log: string[] = [];
      const trial = await cancelAt(way, 10, function* () {
        try {
          yield* suspend();
        } finally {
          yield* taskGroup(function* (group) {
            for (const name of ["a", "b"]) {
              group.spawn(function* () {
                yield* sleep(5);
                log.push(name);
              });
            }
          });
          log.push("cleanup goes on");
        }
      });
      expect(log).toEqual(["a", "b", "cleanup goes on"]);
      expect(trial.at).toBe(15);
    },
  );
});

describe("timeout(0)", () => {
  it("C12 cancels its operation at the first yield point", async () => {
    const log: string[] = [];
    expect(await simulate(timeout(0, owner(log), { otherwise: "time is up" }))).toBe("time is up");
    expect(log).toEqual(RUN_AND_CUT);
  });

  it("C12 gives the value of what needs no yield point", async () => {
    const value = await simulate(
      timeout(0, function* () {
        return "value";
      }),
    );
    expect(value).toBe("value");
  });

  it("C12 does not start an operation that it contains", async () => {
    const log: string[] = [];
    const inner = operation(function* () {
      log.push("STARTED");
    });
    await simulate(timeout(0, () => scoped(inner()), { otherwise: undefined }));
    expect(log).toEqual([]);
  });
});

describe("run", () => {
  it("C12 starts nothing when its signal is aborted already, and rejects with the reason", async () => {
    const log: string[] = [];
    const { run, scheduler } = world();
    const task = run(owner(log), { signal: AbortSignal.abort("gone") });
    expect(task.state).toBe("cancelled");
    await expect(task).rejects.toBe("gone");
    await task.cancel();
    expect(log).toEqual([]);
    expect(leftIn(scheduler)).toEqual(NOTHING);
  });

  it("C12 starts nothing of an operation with cleanup to register", async () => {
    const log: string[] = [];
    const task = runForReal(
      function* () {
        yield* ensure(() => log.push("CLEANED"));
      },
      { signal: AbortSignal.abort() },
    );
    expect((await endOf(task)).error).toMatchObject({ name: "AbortError" });
    expect(log).toEqual([]);
  });

  it("C12 runs to the first yield point when it is cancelled between its start and that", async () => {
    const log: string[] = [];
    const { run } = world();
    await run(function* () {
      const root = run(owner(log));
      const gone = root.cancel();
      yield* gone;
      yield* attempt(root);
    });
    expect(log).toEqual(RUN_AND_CUT);
    expect((await cancelAt(byCancel, 1, suspend)).ended).toBe("CancelledError");
  });
});
