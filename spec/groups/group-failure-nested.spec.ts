import { describe, expect, it } from "@jest/globals";
import { ensure, now, scoped, sleep, suspend, taskGroup, timeout } from "coppice";
import { throwAfter } from "../support/doings.js";
import { fail } from "../support/fail.js";
import { world } from "../support/virtual.js";
import { cleaning, groupOf, nestOf } from "./failing-children.js";

const lost = new Error("lost");
const broken = new TypeError("broken");

describe("nested task groups", () => {
  it("keep their nesting in the errors", async () => {
    const error = await groupOf(
      taskGroup(function* (outer) {
        outer.spawn(sleep(100));
        yield* taskGroup(function* (inner) {
          inner.spawn(throwAfter(5, lost));
          yield* suspend();
        });
      }),
    );
    expect(nestOf(error)).toEqual([[lost]]);
  });

  it("a failure in the outer one cancels the inner one, which adds nothing", async () => {
    const error = await groupOf(
      taskGroup(function* (outer) {
        outer.spawn(throwAfter(5, lost));
        yield* taskGroup(function* (inner) {
          inner.spawn(suspend());
          yield* suspend();
        });
      }),
    );
    expect(nestOf(error)).toEqual([lost]);
  });

  it("errors of the inner one's cleanup come as a group, behind the cause", async () => {
    const error = await groupOf(
      taskGroup(function* (outer) {
        outer.spawn(throwAfter(5, lost));
        yield* taskGroup(function* (inner) {
          inner.spawn(cleaning(() => fail(broken)));
          yield* suspend();
        });
      }),
    );
    expect(nestOf(error)).toEqual([lost, [broken]]);
  });

  it("as tasks of one another fail as one error each", async () => {
    const error = await groupOf(
      taskGroup(function* (outer) {
        for (const one of [lost, broken]) {
          outer.spawn(
            taskGroup(function* (inner) {
              inner.spawn(throwAfter(5, one));
              yield* suspend();
            }),
          );
        }
        yield* suspend();
      }),
    );
    expect(nestOf(error)).toEqual([[lost], [broken]]);
  });

  it("both fail in the same instant: the inner group is one of the outer one's errors", async () => {
    const error = await groupOf(
      taskGroup(function* (outer) {
        outer.spawn(throwAfter(5, broken));
        yield* taskGroup(function* (inner) {
          inner.spawn(throwAfter(5, lost));
          yield* suspend();
        });
      }),
    );
    expect(nestOf(error)).toEqual([broken, [lost]]);
  });

  it("a boundary between them that has several errors makes one plain group of them", async () => {
    const error = await groupOf(
      taskGroup(function* () {
        yield* scoped(function* () {
          yield* ensure(() => fail("cleanup"));
          fail(lost);
        });
      }),
    );
    expect(nestOf(error)).toEqual([[lost, "cleanup"]]);
  });
});

describe("a task group that is cancelled from outside while a task fails", () => {
  it("reports the failure, and the cancellation still lands behind it (A3)", async () => {
    const log: string[] = [];
    const { run } = world();
    const task = run(function* () {
      try {
        yield* taskGroup(function* (group) {
          group.spawn(throwAfter(5, lost));
          yield* suspend();
        });
      } catch {
        log.push("caught");
      } finally {
        log.push("left");
      }
      yield* sleep(0);
      log.push("went on");
    });
    await run(function* () {
      yield* sleep(5);
      void task.cancel("outside");
    });
    const error: unknown = await Promise.resolve(task).catch((thrown: unknown) => thrown);
    expect(nestOf(error)).toEqual([lost]);
    expect(log).toEqual(["left"]);
  });

  it("reports it through a timeout that has passed too: the failure wins (C11)", async () => {
    const error = await groupOf(
      timeout(
        5,
        taskGroup(function* (group) {
          group.spawn(
            cleaning(() => {
              fail(lost);
            }),
          );
          yield* suspend();
        }),
      ),
    );
    expect(nestOf(error)).toEqual([lost]);
  });

  it("reports a failure that came first, when the cancellation lands during the cleanup", async () => {
    const log: string[] = [];
    const { run } = world();
    const task = run(function* () {
      try {
        yield* taskGroup(function* (group) {
          group.spawn(throwAfter(5, lost));
          try {
            yield* suspend();
          } finally {
            yield* sleep(50);
            log.push(`cleaned up at ${now()}`);
          }
        });
      } catch {
        log.push("caught");
      }
    });
    await run(function* () {
      yield* sleep(10);
      void task.cancel();
    });
    const error: unknown = await Promise.resolve(task).catch((thrown: unknown) => thrown);
    expect(nestOf(error)).toEqual([lost]);
    expect(log).toEqual(["cleaned up at 55"]);
  });

  it("throws no group when nothing has failed: the cancellation goes on outwards", async () => {
    const { run } = world();
    const task = run(
      taskGroup(function* (group) {
        group.spawn(sleep(100));
        yield* suspend();
      }),
    );
    await task.cancel("enough");
    await expect(Promise.resolve(task)).rejects.toMatchObject({ name: "CancelledError", cause: "enough" });
  });

  it("throws a group with what the cleanup of the body throws, even alone", async () => {
    const { run } = world();
    const task = run(taskGroup(() => cleaning(() => fail(lost))()));
    const cancelling = Promise.resolve(task.cancel()).catch((error: unknown) => error);
    expect(nestOf(await cancelling)).toEqual([lost]);
    const error: unknown = await Promise.resolve(task).catch((thrown: unknown) => thrown);
    expect(nestOf(error)).toEqual([lost]);
  });
});
