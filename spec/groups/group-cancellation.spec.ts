import { describe, expect, it } from "@jest/globals";
import {
  cancelScope,
  checkpoint,
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
