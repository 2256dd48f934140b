import { describe, expect, it } from "@jest/globals";
import { sleep, spawn, suspend, taskGroup, type TaskGroup } from "coppice";
import { throwAfter } from "../support/doings.js";
import { fail } from "../support/fail.js";
import { Gate } from "../support/gate.js";
import { rejectedGroup } from "../support/rejection.js";
import { simulate, world } from "../support/virtual.js";

const lost = new Error("lost");

describe("TaskGroup.cancel", () => {
  it("ends the group quietly, with no value", async () => {
    const log: string[] = [];
    const result = await simulate(function* () {
      const value = yield* taskGroup(function* (group) {
        group.spawn(function* () {
          try {
            yield* suspend();
          } finally {
            yield* sleep(1);
            log.push("task gone");
          }
        });
        group.spawn(function* () {
          yield* sleep(5);
          void group.cancel("enough");
        });
        yield* suspend();
        return "never";
      });
      log.push("after");
      return value;
    });
    expect([result, ...log]).toEqual([undefined, "task gone", "after"]);
  });

  it("called by the body lands at that very yield* (C8)", async () => {
    const log: string[] = [];
    await simulate(
      taskGroup(function* (group) {
        try {
          yield* group.cancel();
          log.push("never");
        } finally {
          log.push("cleanup");
        }
      }),
    );
    expect(log).toEqual(["cleanup"]);
  });

  it("waits for the cleanup, and fails only with errors of the cleanup", async () => {
    const { run } = world();
    const caught: unknown[] = [];
    const error = await rejectedGroup(
      run(
        taskGroup(function* (group) {
          yield* spawn(function* () {
            yield* sleep(5);
            try {
              yield* group.cancel();
            } catch (thrown) {
              caught.push(thrown);
            }
          });
          group.spawn(function* () {
            try {
              yield* suspend();
            } finally {
              yield* throwAfter(1, lost)();
            }
          });
          yield* suspend();
        }),
      ),
    );
    expect([error.errors, caught]).toEqual([[lost], []]);
  });
});

describe("TaskGroup.spawn", () => {
  it("E5 refuses when the group is over, naming both", async () => {
    let group: TaskGroup | undefined;
    await simulate(
      taskGroup(
        function* (given) {
          group = given;
          yield* sleep(1);
        },
        { name: "workers" },
      ),
    );
    expect(() => group?.spawn(sleep(1), { name: "late" })).toThrow(
      new Error(
        'Cannot spawn "late" in scope "workers": it has ended. Spawn before its body returns, or use a longer-lived scope.',
      ),
    );
  });

  it("E5 refuses what is no operation, and misspelt options, where it is called", async () => {
    await simulate(
      taskGroup(function* (group) {
        expect(() => group.spawn(5 as never)).toThrow(
          new TypeError("spawn() needs an operation or a function*, got the number 5."),
        );
        expect(() => group.spawn(sleep(1), { timeout: 5 } as never)).toThrow(
          new TypeError('group.spawn() has no option "timeout". It takes name.'),
        );
        yield* sleep(0);
      }),
    );
  });

  it("a task that fails in the same step in which the body ends still fails the group", async () => {
    const gate = new Gate();
    const error = await rejectedGroup(
      simulate(
        taskGroup(function* (group) {
          group.spawn(function* () {
            yield* gate.pass;
            fail(lost);
          });
          yield* sleep(1);
          gate.open();
        }),
      ),
    );
    expect(error.errors).toEqual([lost]);
  });

  it("a task cancelled by hand does not fail the group", async () => {
    const value = await simulate(
      taskGroup(function* (group) {
        const task = group.spawn(suspend());
        yield* sleep(1);
        yield* task.cancel();
        return task.state;
      }),
    );
    expect(value).toBe("cancelled");
  });
});
