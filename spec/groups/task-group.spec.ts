import { describe, expect, it } from "@jest/globals";
import { ExceptionGroup, sleep, suspend, taskGroup, timeout, type Task, type TaskGroup } from "coppice";
import { throwAfter, valueAfter } from "../support/doings.js";
import { fail } from "../support/fail.js";
import { Gate } from "../support/gate.js";
import { rejectedGroup } from "../support/rejection.js";
import { answersSixQuestions, partByPart } from "../support/six-questions.js";
import { simulate, world } from "../support/virtual.js";

const lost = new Error("lost");

function* failIn(group: TaskGroup) {
  group.spawn(throwAfter(1, lost));
  yield* suspend();
}
describe("taskGroup", () => {
  answersSixQuestions(
    () => {
      const gate = new Gate<string>();
      return {
        operation: taskGroup(function* (group) {
          const task = group.spawn(gate.pass);
          return yield* task;
        }),
        complete: partByPart(() => gate.open("a")),
        left: () => gate.waiting,
      };
    },
    { value: "a" },
  );

  it("ends when its body and all of its tasks have ended, and gives the body's value", async () => {
    const { run, host } = world();
    const value = await run(
      taskGroup(function* (group) {
        group.spawn(sleep(30));
        group.spawn(sleep(10));
        yield* sleep(5);
        return "body";
      }),
    );
    expect([value, host.now()]).toEqual(["body", 30]);
  });

  it("lets results be read after it (A1)", async () => {
    const tasks: Task<number>[] = [];
    const sum = await simulate(function* () {
      yield* taskGroup(function* (group) {
        for (const n of [3, 1, 2]) tasks.push(group.spawn(valueAfter(n, n)));
      });
      return tasks.map((task) => task.result());
    });
    expect(sum).toEqual([3, 1, 2]);
  });

  it("lets its tasks spawn more, also after the body has returned", async () => {
    const log: string[] = [];
    await simulate(
      taskGroup(function* (group) {
        group.spawn(function* () {
          yield* sleep(1);
          group.spawn(function* () {
            yield* sleep(1);
            log.push("grandchild");
          });
        });
      }),
    );
    expect(log).toEqual(["grandchild"]);
  });

  it("cancels body and siblings at once when a task fails, and throws after their cleanup (A2, E1)", async () => {
    const { run, host } = world();
    const log: string[] = [];
    const error = await rejectedGroup(
      run(
        taskGroup(function* (group) {
          group.spawn(function* sibling() {
            try {
              yield* suspend();
            } finally {
              yield* sleep(20);
              log.push(`sibling gone at ${host.now()}`);
            }
          });
          group.spawn(throwAfter(5, lost));
          try {
            yield* suspend();
          } catch {
            log.push("never: the body is unwound, not thrown into");
          } finally {
            log.push(`body unwound at ${host.now()}`);
          }
        }),
      ),
    );
    expect(log).toEqual(["body unwound at 5", "sibling gone at 25"]);
    expect(error.errors).toEqual([lost]);
  });

  it("E2 throws a group even for one error, with its name in the message", async () => {
    const plain = await rejectedGroup(simulate(taskGroup((group) => failIn(group))));
    const named = await rejectedGroup(simulate(taskGroup((group) => failIn(group), { name: "workers" })));
    expect([plain.message, named.message]).toEqual([
      "Task group failed with 1 error",
      'Task group "workers" failed with 1 error',
    ]);
  });

  it("E2 adds what siblings throw while they clean up, and what the body throws, in order of occurrence", async () => {
    const [cleanup, body] = [new Error("cleanup"), new Error("body")];
    const error = await rejectedGroup(
      simulate(
        taskGroup(function* (group) {
          group.spawn(function* () {
            try {
              yield* suspend();
            } finally {
              yield* throwAfter(10, cleanup)();
            }
          });
          group.spawn(throwAfter(1, lost));
          try {
            yield* suspend();
          } finally {
            fail(body);
          }
        }),
      ),
    );
    expect(error.errors).toEqual([lost, body, cleanup]);
  });

  it("throws a group for an error of the body alone, and cancels the tasks", async () => {
    const log: string[] = [];
    const error = await rejectedGroup(
      simulate(
        taskGroup(function* (group) {
          group.spawn(function* () {
            try {
              yield* suspend();
            } finally {
              log.push("cancelled");
            }
          });
          yield* sleep(1);
          fail(lost);
        }),
      ),
    );
    expect([error.errors, log]).toEqual([[lost], ["cancelled"]]);
  });

  it("passes a cancellation of the surrounding code to every task and waits for them (A3)", async () => {
    const { run, host } = world();
    const log: string[] = [];
    const result = await run(
      timeout(
        5,
        taskGroup(function* (group) {
          for (const ms of [10, 20]) {
            group.spawn(function* () {
              try {
                yield* suspend();
              } finally {
                yield* sleep(ms);
                log.push(`gone at ${host.now()}`);
              }
            });
          }
        }),
        { otherwise: "late" },
      ),
    );
    expect([result, ...log]).toEqual(["late", "gone at 15", "gone at 25"]);
  });

  it("nests: the error of an inner group is one error of the outer", async () => {
    const outer = await rejectedGroup(
      simulate(
        taskGroup(function* () {
          yield* taskGroup((group) => failIn(group), { name: "inner" });
        }),
      ),
    );
    expect(outer.errors).toHaveLength(1);
    expect(outer.errors[0]).toBeInstanceOf(ExceptionGroup);
    expect((outer.errors[0] as ExceptionGroup).errors).toEqual([lost]);
  });

  it("has 10,000 tasks fail at once in one flat group", async () => {
    const error = await rejectedGroup(
      simulate(
        taskGroup(function* (group) {
          for (let i = 0; i < 10_000; i++) group.spawn(throwAfter(1, new Error(`no ${i}`)));
          yield* suspend();
        }),
      ),
    );
    expect(error.errors.map((each) => (each as Error).message)).toEqual(
      Array.from({ length: 10_000 }, (_, i) => `no ${i}`),
    );
  });

  it("starts its tasks in order, behind the ready ones (S2)", async () => {
    const log: string[] = [];
    await simulate(
      taskGroup(function* (group) {
        for (const name of ["a", "b"]) {
          group.spawn(function* () {
            log.push(name);
          });
        }
        log.push("body");
        yield* sleep(1);
      }),
    );
    expect(log).toEqual(["body", "a", "b"]);
  });

  it.each([
    [undefined, "taskGroup() needs a function*, got undefined."],
    [sleep(1), "taskGroup() needs a function*, got an operation."],
    [
      async function serve() {
        await Promise.resolve();
      },
      'taskGroup() needs an operation or a function*, got the async function "serve". Write a function*, or use call(serve).',
    ],
    [
      function* (group: TaskGroup, extra: unknown) {
        yield* group.spawn(sleep(Number(extra)));
      },
      "taskGroup() calls its body with the group alone. Write function* (group) { … }.",
    ],
  ])("E5 refuses %p where it is called", (body, message) => {
    expect(() => taskGroup(body as never)).toThrow(new TypeError(message));
  });

  it("E5 refuses misspelt options where it is called", () => {
    expect(() => taskGroup(failIn, { nmae: "x" } as never)).toThrow(
      new TypeError('taskGroup() has no option "nmae". Did you mean "name"?'),
    );
  });
});
