import { describe, expect, it } from "@jest/globals";
import { sleep, spawn, suspend, timeout, Wait, waiting, type Task, type WaitDescription } from "coppice";
import { fail } from "../support/fail.js";
import { answersSixQuestions, atOnce } from "../support/six-questions.js";
import { simulate, world } from "../support/virtual.js";

const lost = new Error("lost");

/** What a user would write to wait for something of their own. */
class Bell<T> extends Wait<T> {
  constructor(
    private readonly log: string[],
    private readonly act: (bell: Bell<T>) => void = () => undefined,
    private readonly leave: (bell: Bell<T>, isForced: boolean) => boolean = () => true,
  ) {
    super();
  }

  begin(): void {
    this.log.push("begin");
    this.act(this);
  }

  withdraw(isForced: boolean): boolean {
    this.log.push(isForced ? "withdraw by force" : "withdraw");
    return this.leave(this, isForced);
  }

  describe(): WaitDescription {
    return { kind: "bell" };
  }
}

describe("Wait", () => {
  answersSixQuestions(
    () => {
      const bells = new Set<Bell<string>>();
      return {
        operation: waiting(
          () =>
            new Bell<string>(
              [],
              (bell) => bells.add(bell),
              (bell) => bells.delete(bell),
            ),
        ),
        complete: atOnce(() => {
          for (const bell of bells) bell.succeed("rung");
          bells.clear();
        }),
        fail: atOnce(() => {
          for (const bell of bells) bell.fail(lost);
          bells.clear();
        }),
        left: () => bells.size,
      };
    },
    { value: "rung", error: lost },
  );

  it("may be settled inside begin: the task goes on without being parked", async () => {
    const log: string[] = [];
    await simulate(function* () {
      yield* spawn(function* () {
        log.push("other task");
      });
      log.push(yield* waiting(() => new Bell<string>(log, (bell) => bell.succeed("at once"))));
      try {
        yield* waiting(() => new Bell(log, (bell) => bell.fail(lost)));
      } catch (error) {
        log.push(String(error));
      }
    });
    expect(log).toEqual(["begin", "at once", "begin", "Error: lost", "other task"]);
  });

  it("throws what begin throws, at its yield*", async () => {
    const log: string[] = [];
    await expect(simulate(waiting(() => new Bell(log, () => fail(lost))))).rejects.toBe(lost);
    expect(log).toEqual(["begin"]);
  });

  it("is settled once: what comes later changes nothing", async () => {
    const log: string[] = [];
    const value = await simulate(
      waiting(
        () =>
          new Bell<string>(log, (bell) => {
            setImmediate(() => {
              bell.succeed("first");
              bell.succeed("second");
              bell.fail(lost);
            });
          }),
      ),
    );
    expect(value).toBe("first");
  });

  it("that was withdrawn cannot be settled any more", async () => {
    const log: string[] = [];
    let bell: Bell<string> | undefined;
    const ring = waiting(() => (bell = new Bell<string>(log)));
    const result = await simulate(function* () {
      const given = yield* timeout(5, ring, { otherwise: "late" });
      bell?.succeed("too late");
      yield* sleep(1);
      return given;
    });
    expect([result, ...log]).toEqual(["late", "begin", "withdraw"]);
  });

  it("may take time to leave: the task's cleanup begins when it has left", async () => {
    const { run, host } = world();
    const log: string[] = [];
    const task = run(function* () {
      try {
        yield* waiting(
          () =>
            new Bell(log, undefined, (bell) => {
              setImmediate(() => {
                log.push("has left");
                bell.left();
              });
              return false;
            }),
        );
      } finally {
        log.push("cleanup");
      }
    });
    await task.cancel();
    expect([host.now(), ...log]).toEqual([0, "begin", "withdraw", "has left", "cleanup"]);
  });

  it("that leaves with an error reports it as one of cleanup (C5)", async () => {
    const leaving = waiting(
      () =>
        new Bell([], undefined, (bell) => {
          setImmediate(() => bell.left({ error: lost }));
          return false;
        }),
    );
    const throwing = waiting(() => new Bell([], undefined, () => fail(lost)));
    await expect(simulate(leaving).cancel()).rejects.toBe(lost);
    await expect(simulate(throwing).cancel()).rejects.toBe(lost);
  });

  it("settled while it leaves has left all the same when it says so: it was cancelled first (S6)", async () => {
    const log: string[] = [];
    const task = simulate(function* () {
      log.push(
        yield* waiting(
          () =>
            new Bell<string>(log, undefined, (bell) => {
              setImmediate(() => {
                bell.succeed("too late");
                bell.left();
              });
              return false;
            }),
        ),
      );
    });
    await task.cancel();
    expect([task.state, ...log]).toEqual(["cancelled", "begin", "withdraw"]);
  });

  it("is told when the grace is over, and must leave then (C7)", async () => {
    const log: string[] = [];
    const task = simulate(waiting(() => new Bell(log, undefined, (_, isForced) => isForced)));
    await expect(task.cancel("", { grace: 50 })).rejects.toMatchObject({ name: "CleanupError" });
    expect(log).toEqual(["begin", "withdraw", "withdraw by force"]);
  });

  it("does not begin when its task was cancelled before", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const task: Task<void> = yield* spawn(function* () {
        void task.cancel();
        yield* waiting(() => new Bell(log));
      });
      yield* sleep(1);
    });
    expect(log).toEqual([]);
  });

  it("settled by a task wakes the waiter behind the ready ones", async () => {
    const log: string[] = [];
    let bell: Bell<string> | undefined;
    await simulate(function* () {
      yield* spawn(function* () {
        log.push(yield* waiting(() => (bell = new Bell<string>([]))));
      });
      yield* sleep(1);
      yield* spawn(function* () {
        log.push("was ready before");
      });
      bell?.succeed("rung");
      log.push("the ringer goes on");
      yield* sleep(1);
    });
    expect(log).toEqual(["the ringer goes on", "was ready before", "rung"]);
  });

  it("settled from outside is processed in that very call (S3)", async () => {
    const { run } = world();
    const log: string[] = [];
    let bell: Bell<string> | undefined;
    const task = run(function* () {
      log.push(yield* waiting(() => (bell = new Bell<string>([]))));
      yield* suspend();
    });
    bell?.succeed("rung");
    log.push("the call returns");
    await task.cancel();
    expect(log).toEqual(["rung", "the call returns"]);
  });
});
