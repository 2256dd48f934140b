import { describe, expect, it } from "@jest/globals";
import {
  attempt,
  ensure,
  ExceptionGroup,
  operation,
  scoped,
  sleep,
  spawn,
  suspend,
  taskGroup,
  type Operation,
  type Task,
} from "coppice";
import { simulate, world } from "../support/virtual.js";
import { byCancel, cancelAt, endOf, everyWay, leftIn, NOTHING } from "../support/ways-to-cancel.js";
import { careful } from "./careful.js";

const failing = operation(function* (ms: number, text: string) {
  yield* sleep(ms);
  throw new Error(text);
});

const messages = (error: unknown): string[] =>
  error instanceof ExceptionGroup
    ? error.errors.flatMap(messages)
    : [error instanceof Error ? error.message : String(error)];

describe("a task that cleans up", () => {
  it("C3 cancelling another task works, and waits for it", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const helper = yield* spawn(function* () {
        try {
          yield* suspend();
        } finally {
          yield* sleep(3);
          log.push("helper gone");
        }
      });
      const task = yield* spawn(function* () {
        try {
          yield* suspend();
        } finally {
          yield* helper.cancel();
          log.push("cleanup goes on");
        }
      });
      yield* sleep(1);
      yield* task.cancel();
      log.push("all gone");
    });
    expect(log).toEqual(["helper gone", "cleanup goes on", "all gone"]);
  });

  it("C3 waiting for a sibling that is cancelled as well works, in either order", async () => {
    const log: string[] = [];
    const trial = await cancelAt(byCancel, 10, function* () {
      const tasks: Task<void>[] = [];
      for (const [name, other] of [
        ["a", 1],
        ["b", 2],
        ["c", 3],
      ] as const) {
        tasks.push(
          yield* spawn(function* () {
            try {
              yield* suspend();
            } finally {
              yield* sleep(1);
              const task = tasks[other];
              if (task !== undefined) yield* attempt(task);
              log.push(name);
            }
          }),
        );
      }
      yield* suspend();
    });
    expect(log).toEqual(["c", "b", "a"]);
    expect(trial.at).toBe(11);
  });
});

describe("a group", () => {
  it("C3 whose child fails while another is in cleanup lets that one finish, and reports both failures", async () => {
    const log: string[] = [];
    const { error } = await endOf(
      simulate(
        taskGroup(function* (group) {
          const first = group.spawn(careful(log, "first"));
          group.spawn(careful(log, "second"));
          group.spawn(failing(4, "failed during the cleanup"));
          yield* sleep(1);
          yield* first.cancel();
          log.push("NOT REACHED");
        }),
      ),
    );
    expect(log).toEqual(["first 1", "first 2", "second 1", "first 3", "second 2", "second 3"]);
    expect(messages(error)).toEqual(["failed during the cleanup"]);
  });

  it("C3 whose children fail one after the other, in cleanup too, reports all in order", async () => {
    const { error } = await endOf(
      simulate(
        taskGroup(function* (group) {
          group.spawn(function* () {
            try {
              yield* suspend();
            } finally {
              yield* failing(3, "third");
            }
          });
          group.spawn(failing(1, "first"));
          group.spawn(function* () {
            try {
              yield* suspend();
            } finally {
              yield* failing(1, "second");
            }
          });
        }),
      ),
    );
    expect(messages(error)).toEqual(["first", "second", "third"]);
  });

  it("C3 whose child fails at the step at which the body returns reports it, and cleans up the others", async () => {
    for (const [childMs, bodyMs] of [
      [5, 5],
      [5, 4],
      [4, 5],
    ] as const) {
      const log: string[] = [];
      const { error } = await endOf(
        simulate(
          taskGroup(function* (group) {
            group.spawn(failing(childMs, "child failed"));
            group.spawn(careful(log, "other"));
            yield* sleep(bodyMs);
            return "value";
          }),
        ),
      );
      expect(messages(error)).toEqual(["child failed"]);
      expect(log).toEqual(["other 1", "other 2", "other 3"]);
    }
  });

  it("C3 whose child fails at the step at which the scope around it ends is still reported", async () => {
    const { ended } = await endOf(
      simulate(
        scoped(function* () {
          yield* spawn(failing(5, "child failed"));
          yield* sleep(5);
          return "value";
        }),
      ),
    );
    // The child was set to wake first: it has failed before the body could return.
    expect(ended).toBe("child failed");
  });

  it.each(everyWay)("C3 in a group in a group unwinds from the inside out: %s", async (_, way) => {
    const log: string[] = [];
    const level = (depth: number): Operation<unknown> =>
      taskGroup(function* (group) {
        yield* ensure(() => log.push(`group ${depth} undone`));
        group.spawn(careful(log, `task of ${depth}`));
        if (depth < 2) yield* level(depth + 1);
      });
    const trial = await cancelAt(way, 10, level(0));
    expect(log.filter((event) => event.startsWith("task"))).toHaveLength(9);
    expect(log.filter((event) => event.endsWith("undone"))).toEqual(
      [2, 1, 0].map((depth) => `group ${depth} undone`),
    );
    expect([trial.ended, trial.left]).toEqual([way.ended, NOTHING]);
  });

  it("C3 in a group fails through both: each adds its own group", async () => {
    const { error } = await endOf(
      simulate(
        taskGroup(function* (outer) {
          outer.spawn(careful([], "sibling"));
          yield* taskGroup(function* (inner) {
            inner.spawn(failing(1, "inmost"));
            yield* suspend();
          });
        }),
      ),
    );
    expect(error).toMatchObject({ errors: [{ errors: [{ message: "inmost" }] }] });
  });

  it.each([
    ["fail at once", 0],
    ["fail one after the other", 1],
  ])(
    "C3 of a hundred thousand children that %s reports every one in one flat group",
    async (_, spread) => {
      const { run, scheduler } = world();
      const { error } = await endOf(
        run(
          taskGroup(function* (group) {
            for (let i = 0; i < 100_000; i++) {
              group.spawn(function* () {
                try {
                  yield* spread === 0 ? sleep(1) : suspend();
                } finally {
                  throw new Error(`${i}`); // eslint-disable-line no-unsafe-finally -- cleanup that fails
                }
              });
            }
            yield* sleep(1);
            throw new Error("body");
          }),
        ),
      );
      expect(error).toBeInstanceOf(ExceptionGroup);
      const all = messages(error);
      expect(all).toHaveLength(100_001);
      expect(new Set(all).size).toBe(100_001);
      expect(leftIn(scheduler)).toEqual(NOTHING);
    },
    60_000,
  );
});
