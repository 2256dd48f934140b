import { describe, expect, it } from "@jest/globals";
import { CancelledError, race, sleep, spawn, suspend, until } from "coppice";
import { fail } from "../support/fail.js";
import { Gate } from "../support/gate.js";
import { answersSixQuestions, atOnce, partByPart } from "../support/six-questions.js";
import { simulate, world } from "../support/virtual.js";
import { after } from "./later.js";

const lost = new Error("lost");

describe("race", () => {
  answersSixQuestions(
    () => {
      const [left, right] = [new Gate<string>("left"), new Gate<string>("right")];
      return {
        operation: race([left.pass, right.pass]),
        complete: partByPart(() => right.open("b")),
        fail: atOnce(() => left.fail(lost)),
        left: () => left.waiting + right.waiting,
      };
    },
    { value: "b", error: lost },
  );

  it("gives the value of the first that completes, after the others have cleaned up", async () => {
    const { run, host } = world();
    const log: string[] = [];
    const winner = await run(
      race([
        function* () {
          try {
            yield* suspend();
          } finally {
            yield* sleep(50);
            log.push("loser cleaned up");
          }
        },
        () => after(10, "winner"),
      ]),
    );
    expect([winner, host.now(), ...log]).toEqual(["winner", 60, "loser cleaned up"]);
  });

  it("takes the first in order when two complete in the same instant", async () => {
    await expect(simulate(race([() => after(10, "a"), () => after(10, "b")]))).resolves.toBe("a");
  });

  it("gives a value that was there first, even when another fails in the same instant", async () => {
    const fails = function* () {
      yield* sleep(10);
      throw lost;
    };
    await expect(simulate(race([() => after(10, "a"), fails]))).rejects.toBe(lost);
    await expect(simulate(race([() => after(9, "a"), fails]))).resolves.toBe("a");
  });

  it("throws the first failure when that comes before any value, after the others have cleaned up", async () => {
    const log: string[] = [];
    const task = simulate(
      race([
        function* () {
          try {
            yield* suspend();
          } finally {
            yield* sleep(5);
            log.push("cleaned up");
          }
        },
        function* () {
          yield* sleep(1);
          throw lost;
        },
      ]),
    );
    await expect(task).rejects.toBe(lost);
    expect(log).toEqual(["cleaned up"]);
  });

  it("gives a value that is undefined", async () => {
    await expect(
      simulate(race([() => after(1, undefined), () => after(2, "late")])),
    ).resolves.toBeUndefined();
  });

  it("adds what a loser's cleanup throws (E2)", async () => {
    const task = simulate(
      race([
        function* () {
          try {
            yield* suspend();
          } finally {
            fail(lost);
          }
        },
        () => after(1, 1),
      ]),
    );
    await expect(task).rejects.toBe(lost);
  });

  it("C9 throws CancelledError when every contestant was cancelled by somebody else", async () => {
    const contestant = function* () {
      const child = yield* spawn(suspend());
      yield* child.cancel();
      return yield* child;
    };
    await expect(simulate(race([contestant]))).rejects.toBeInstanceOf(CancelledError);
  });

  it("stops waiting for a promise that lost, which keeps nothing of it", async () => {
    let resolve: (value: string) => void = () => undefined;
    const promise = new Promise<string>((settle) => {
      resolve = settle;
    });
    const winner = await simulate(race([until(promise), () => after(1, "time")]));
    resolve("late");
    expect([winner, await simulate(until(promise))]).toEqual(["time", "late"]);
  });

  it("can run again from one description", async () => {
    const first = race([() => after(1, "a"), suspend()]);
    await expect(
      simulate(function* () {
        return [yield* first, yield* first];
      }),
    ).resolves.toEqual(["a", "a"]);
  });

  it("E5 refuses an empty race where it is called: it would never end", () => {
    expect(() => race([])).toThrow(
      new RangeError("race() needs at least one operation, got none: it would never end."),
    );
    expect(() => race(new Set<never>())).toThrow(RangeError);
  });

  it.each([
    [null, "race() needs a list of operations, got null. Write race([a, b])."],
    [sleep(1), "race() needs a list of operations, got an operation. Write race([a, b])."],
    [Promise.resolve(), "race() needs a list of operations, got a Promise. Write race([a, b])."],
    [[1], "race() needs an operation or a function*, got the number 1."],
  ])("E5 refuses %p where it is called", (given, message) => {
    expect(() => race(given as never)).toThrow(new TypeError(message));
  });
});
