import { describe, expect, it } from "@jest/globals";
import {
  cancelScope,
  checkpoint,
  createContext,
  now,
  operation,
  shield,
  sleep,
  spawn,
  suspend,
  taskGroup,
  timeout,
  type Task,
  type TaskGroup,
} from "coppice";
import { simulate, world } from "../support/virtual.js";

describe("the lifetime of a task group", () => {
  it("ends with its last task, also when tasks are spawned while the body waits", async () => {
    const { run, host } = world();
    const tasks: Task<number>[] = [];
    await run(
      taskGroup(function* (group) {
        tasks.push(group.spawn(after(100, 42)));
        yield* sleep(150);
        tasks.push(group.spawn(after(200, 11)));
      }),
    );
    expect(tasks.map((task) => task.result())).toEqual([42, 11]);
    expect(host.now()).toBe(350);
  });

  it("is not ended by a task that is cancelled by hand", async () => {
    const tasks: Task<number>[] = [];
    await simulate(
      taskGroup(function* (group) {
        tasks.push(group.spawn(after(1_000, 42)));
        yield* sleep(150);
        void tasks[0]?.cancel();
        tasks.push(group.spawn(after(200, 11)));
      }),
    );
    expect(tasks.map(({ state }) => state)).toEqual(["cancelled", "completed"]);
  });

  it("lets tasks spawn more after the body has ended, as long as one runs", async () => {
    const log: string[] = [];
    await simulate(
      taskGroup(function* (group) {
        group.spawn(function* () {
          yield* sleep(10);
          group.spawn(function* () {
            yield* sleep(10);
            group.spawn(function* () {
              yield* sleep(10);
              log.push(`grandchild at ${now()}`);
            });
          });
        });
        yield* checkpoint();
      }),
    );
    expect(log).toEqual(["grandchild at 30"]);
  });

  it("frees tasks that have ended", async () => {
    const ended: WeakRef<object>[] = [];
    const { run, scheduler } = world();
    await run(
      taskGroup(function* (group) {
        for (let i = 0; i < 1_000; i++) {
          ended.push(new WeakRef(group.spawn(sleep(1))));
          if (i % 100 === 0) yield* sleep(2);
        }
        yield* sleep(2);
        expect(scheduler.timers.size).toBe(0);
        expect(scheduler.readyCount).toBe(0);
      }),
    );
    expect(ended).toHaveLength(1_000);
  });

  it("can be empty", async () => {
    await expect(
      simulate(
        taskGroup(function* () {
          return "body";
        }),
      ),
    ).resolves.toBe("body");
  });

  it("can run again: each run is a group of its own", async () => {
    const groups = new Set<TaskGroup>();
    const op = taskGroup(function* (group) {
      groups.add(group);
      group.spawn(sleep(1));
      yield* checkpoint();
    });
    await simulate(function* () {
      yield* op;
      yield* op;
    });
    expect(groups.size).toBe(2);
  });

  it("interleaves its tasks in the order of their spawn, step by step (S2)", async () => {
    const log: string[] = [];
    const looper = operation(function* looper(name: string) {
      for (let i = 0; i < 3; i++) {
        log.push(`${name}${i}`);
        yield* checkpoint();
      }
    });
    await simulate(
      taskGroup(function* (group) {
        group.spawn(looper("a"));
        group.spawn(looper("b"));
        yield* checkpoint();
      }),
    );
    expect(log).toEqual(["a0", "b0", "a1", "b1", "a2", "b2"]);
  });

  it("names its tasks as told", async () => {
    await simulate(
      taskGroup(function* (group) {
        expect(group.spawn(sleep(1), { name: "yolo" }).name).toBe("yolo");
        expect(
          group.spawn(function* poll() {
            yield* sleep(1);
          }).name,
        ).toBe("poll");
        yield* checkpoint();
      }),
    );
  });

  it("gives its tasks the context of whoever spawns them (B5)", async () => {
    const user = createContext("user", "nobody");
    const seen: string[] = [];
    await simulate(
      taskGroup(function* (group) {
        const note = operation(function* note() {
          seen.push(yield* user.expect());
        });
        group.spawn(note());
        yield* user.with("ada", function* () {
          group.spawn(note());
          yield* checkpoint();
        });
        group.spawn(note());
      }),
    );
    expect(seen).toEqual(["nobody", "ada", "nobody"]);
  });
});

describe("the cancellation of a task group", () => {
  it("reaches body and tasks, at any depth, and waits for all (A3)", async () => {
    const log: string[] = [];
    const { run } = world();
    const leaf = operation(function* leaf(name: string) {
      try {
        yield* suspend();
      } finally {
        yield* sleep(10);
        log.push(name);
      }
    });
    const worker = operation(function* worker(name: string) {
      yield* taskGroup(function* (group) {
        group.spawn(leaf(`${name}-1`));
        group.spawn(leaf(`${name}-2`));
        yield* leaf(`${name}-body`);
      });
    });
    const task = run(
      taskGroup(function* (group) {
        group.spawn(worker("a"));
        group.spawn(worker("b"));
        yield* leaf("main");
      }),
    );
    await run(function* () {
      yield* sleep(100);
      yield* task.cancel();
      log.push(`behind at ${now()}`);
    });
    expect(log.slice(0, -1).sort()).toEqual(["a-1", "a-2", "a-body", "b-1", "b-2", "b-body", "main"]);
    expect(log.at(-1)).toBe("behind at 110");
  });

  it("is not caught: no catch block sees it (C2)", async () => {
    const log: string[] = [];
    const { run } = world();
    const task = run(
      taskGroup(function* (group) {
        group.spawn(function* () {
          try {
            yield* suspend();
          } catch {
            log.push("caught in a task");
          }
        });
        try {
          yield* suspend();
        } catch {
          log.push("caught in the body");
        }
      }),
    );
    await task.cancel();
    expect(log).toEqual([]);
    expect(task.state).toBe("cancelled");
  });

  it("lands while the body has ended and tasks are waited for", async () => {
    const { run, host } = world();
    const tasks: Task<unknown>[] = [];
    const task = run(
      taskGroup(function* (group) {
        tasks.push(group.spawn(suspend()));
        yield* checkpoint();
      }),
    );
    await run(function* () {
      yield* sleep(5);
      yield* task.cancel();
    });
    expect(host.now()).toBe(5);
    expect(tasks[0]?.state).toBe("cancelled");
  });

  it("by itself before its tasks took a step: they run to their first yield point (C12)", async () => {
    const log: string[] = [];
    await simulate(
      taskGroup(function* (group) {
        void group.cancel();
        group.spawn(function* () {
          log.push("began");
          yield* suspend();
        });
      }),
    );
    expect(log).toEqual(["began"]);
  });

  it("does not reach through a shield, and lands when that ends (C6)", async () => {
    const log: string[] = [];
    await simulate(
      cancelScope(function* (scope) {
        yield* shield(
          taskGroup(function* (group) {
            void scope.cancel();
            group.spawn(function* () {
              yield* sleep(5);
              log.push(`task at ${now()}`);
            });
            yield* checkpoint();
            log.push("body");
          }),
        );
        log.push("behind the shield");
      }),
    );
    expect(log).toEqual(["body", "task at 5"]);
  });

  it("of the body alone is that of a scope in it", async () => {
    const log: string[] = [];
    await simulate(
      taskGroup(function* (group) {
        group.spawn(function* () {
          yield* sleep(20);
          log.push(`task at ${now()}`);
        });
        yield* timeout(5, suspend(), { otherwise: undefined });
        log.push(`body at ${now()}`);
      }),
    );
    expect(log).toEqual(["body at 5", "task at 20"]);
  });

  it("of one task by another is that task's alone", async () => {
    const log: string[] = [];
    await simulate(
      taskGroup(function* (group) {
        const first = group.spawn(suspend());
        group.spawn(function* () {
          yield* sleep(5);
          yield* first.cancel();
          log.push(first.state);
          yield* sleep(5);
          log.push("went on");
        });
        yield* checkpoint();
      }),
    );
    expect(log).toEqual(["cancelled", "went on"]);
  });

  it("of the whole group by a task does not wait for that task itself (C8)", async () => {
    const log: string[] = [];
    await simulate(
      taskGroup(function* (group) {
        group.spawn(function* () {
          yield* sleep(5);
          yield* group.cancel();
          log.push("went on");
        });
        yield* spawn(suspend());
        yield* suspend();
      }),
    );
    expect(log).toEqual([]);
  });

  it("is idempotent, also while it unwinds, and does nothing after the end (C10)", async () => {
    const groups: TaskGroup[] = [];
    const { run, host } = world();
    await run(function* () {
      yield* spawn(function* () {
        for (const wait of [5, 5, 5]) {
          yield* sleep(wait);
          void groups[0]?.cancel(`at ${now()}`);
        }
      });
      yield* taskGroup(function* (group) {
        groups.push(group);
        try {
          yield* suspend();
        } finally {
          yield* sleep(7);
        }
      });
      expect(now()).toBe(12);
      yield* sleep(10);
    });
    expect(host.now()).toBe(22);
  });
});

function after<T>(ms: number, value: T) {
  return function* () {
    yield* sleep(ms);
    return value;
  };
}
