import { describe, expect, it } from "@jest/globals";
import {
  action,
  all,
  attempt,
  cancellation,
  checkpoint,
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
  useAbortSignal,
  useScope,
  type Operation,
  type Task,
} from "coppice";
import { cancelAt, everyFormAndWay, everyWay, leftIn, NOTHING } from "../support/ways-to-cancel.js";
import { simulate, world } from "../support/virtual.js";

/** Waits for ever, and says when it is cut. */
function* waiter(log: string[], name: string): Operation<void> {
  try {
    yield* suspend();
  } finally {
    log.push(name);
  }
}

describe("a request to cancel", () => {
  it.each(everyFormAndWay)("C1 reaches every task and boundary below: %s", async (_, form, way) => {
    const log: string[] = [];
    const inBoundaries = form.define(function* (name: string) {
      yield* scoped(() => timeout(1000, () => taskGroup(() => attempt(waiter(log, name)))));
    });
    const victim = form.define(function* () {
      yield* spawn(inBoundaries("child"));
      yield* spawn(function* () {
        yield* spawn(waiter(log, "grandchild"));
        yield* all([waiter(log, "in all, first"), waiter(log, "in all, second")]);
      });
      yield* resource<undefined>(function* (provide) {
        yield* spawn(waiter(log, "child of a resource"));
        yield* provide(undefined);
      });
      yield* inBoundaries("itself");
    });
    const trial = await cancelAt(way, 10, victim);
    expect([...log].sort()).toEqual([
      ...["child", "child of a resource", "grandchild", "in all, first", "in all, second", "itself"],
    ]);
    expect(trial.at).toBe(10);
    expect(trial.left).toEqual(NOTHING);
  });

  it("C1 lands at the current suspension of what is parked", async () => {
    const log: string[] = [];
    const task = simulate(function* () {
      log.push("before");
      yield* waiter(log, "at the wait");
    });
    void task.cancel();
    expect(log).toEqual(["before", "at the wait"]);
    await task.cancel();
  });

  it("C1 lands at the next yield point of what is ready or running", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const ready = yield* spawn(function* () {
        yield* checkpoint();
        log.push("NOT REACHED");
      });
      const running = yield* spawn(function* () {
        void running.cancel();
        void ready.cancel();
        log.push("still running");
        yield* waiter(log, "at the next wait");
      });
      yield* attempt(running);
      yield* attempt(ready);
    });
    expect(log).toEqual(["still running", "at the next wait"]);
  });

  it("C1 is made to a scope, and does not reach what is outside of it", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const outside = yield* spawn(waiter(log, "outside"));
      yield* scoped(function* () {
        const scope = yield* useScope();
        yield* spawn(waiter(log, "inside"));
        yield* checkpoint();
        void scope.cancel();
        yield* suspend();
      });
      log.push(outside.state);
    });
    expect(log).toEqual(["inside", "waiting", "outside"]);
  });

  it("C1 tells why to who asks while cleaning up, at every level", async () => {
    const reasons: unknown[] = [];
    const asking = operation(function* (level: number): Operation<void> {
      try {
        yield* level === 0 ? suspend() : scoped(asking(level - 1));
      } finally {
        const why = yield* cancellation();
        reasons.push(why?.kind, why?.reason);
      }
    });
    const task = simulate(asking(2));
    await task.cancel("the reason");
    expect(reasons).toEqual(["cancel", "the reason", "cancel", "the reason", "cancel", "the reason"]);
  });

  it("C1 aborts every signal below at once, before any cleanup runs", async () => {
    const log: string[] = [];
    const watch = operation(function* (name: string) {
      const signal = yield* useAbortSignal();
      signal.addEventListener("abort", () => log.push(`${name} aborted: ${String(signal.reason)}`));
      yield* suspend();
    });
    const task = simulate(function* () {
      yield* ensure(() => log.push("cleanup"));
      yield* spawn(watch("child"));
      yield* watch("itself");
    });
    await task.cancel("the reason");
    expect(log).toEqual(["itself aborted: the reason", "child aborted: the reason", "cleanup"]);
  });

  it.each(everyWay)(
    "C1 reaches a hundred thousand children: %s",
    async (_, way) => {
      let cut = 0;
      const trial = await cancelAt(way, 10, function* () {
        for (let i = 0; i < 100_000; i++) {
          yield* spawn(function* () {
            try {
              yield* suspend();
            } finally {
              cut++;
            }
          });
        }
        yield* suspend();
      });
      expect(cut).toBe(100_000);
      expect(trial.left).toEqual(NOTHING);
    },
    60_000,
  );

  it("C1 reaches tasks that are not below through nothing but their scope", async () => {
    const log: string[] = [];
    const { run, scheduler } = world();
    const group = run(
      taskGroup(function* (group) {
        yield* spawn(function* () {
          group.spawn(waiter(log, "in the group, spawned by a child of it"));
          yield* sleep(1);
        });
        yield* suspend();
      }),
    );
    await run(sleep(5));
    await group.cancel();
    expect(log).toEqual(["in the group, spawned by a child of it"]);
    expect([...scheduler.roots]).toEqual([]);
  });

  it("C1 lands also when the beginning of a wait asks for it, at whatever step of a turn", async () => {
    const { run, scheduler } = world();
    const states: string[] = [];
    // A turn ends after some hundreds of steps: the wait is begun by the scheduler then, not by its generator.
    for (let steps = 0; steps < 600; steps++) {
      const given: { task?: Task<void> } = {};
      const begin = action<undefined>(() => {
        void given.task?.cancel();
      });
      given.task = run(function* () {
        yield* checkpoint();
        yield* sleep(1);
        for (let step = 0; step < steps; step++) yield* useScope();
        yield* begin;
      });
      await Promise.allSettled([given.task]);
      states.push(given.task.state);
    }
    expect(new Set(states)).toEqual(new Set(["cancelled"]));
    expect(leftIn(scheduler)).toEqual(NOTHING);
  });

  it("C1 lands in a shield when the beginning of a wait asks its own boundary to end", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const task = yield* spawn(
        shield(function* () {
          void task.cancel();
          const scope = yield* useScope();
          try {
            yield* action(() => {
              void scope.cancel();
            });
          } finally {
            log.push("cut");
          }
        }),
      );
      yield* attempt(task);
    });
    expect(log).toEqual(["cut"]);
  });
});
