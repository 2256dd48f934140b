import { describe, expect, it } from "@jest/globals";
import {
  checkpoint,
  createContext,
  now,
  operation,
  sleep,
  taskGroup,
  type Task,
  type TaskGroup,
} from "coppice";
import { valueAfter } from "../support/doings.js";
import { simulate, world } from "../support/virtual.js";

describe("the lifetime of a task group", () => {
  it("ends with its last task, also when tasks are spawned while the body waits", async () => {
    const { run, host } = world();
    const tasks: Task<number>[] = [];
    await run(
      taskGroup(function* (group) {
        tasks.push(group.spawn(valueAfter(100, 42)));
        yield* sleep(150);
        tasks.push(group.spawn(valueAfter(200, 11)));
      }),
    );
    expect(tasks.map((task) => task.result())).toEqual([42, 11]);
    expect(host.now()).toBe(350);
  });

  it("is not ended by a task that is cancelled by hand", async () => {
    const tasks: Task<number>[] = [];
    await simulate(
      taskGroup(function* (group) {
        tasks.push(group.spawn(valueAfter(1_000, 42)));
        yield* sleep(150);
        void tasks[0]?.cancel();
        tasks.push(group.spawn(valueAfter(200, 11)));
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
