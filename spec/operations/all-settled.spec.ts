import { describe, expect, it } from "@jest/globals";
import { allSettled, sleep, spawn } from "coppice";
import { Gate } from "../support/gate.js";
import { answersSixQuestions, partByPart } from "../support/six-questions.js";
import { simulate, world } from "../support/virtual.js";
import { after, failAfter } from "./later.js";

const lost = new Error("lost");

describe("allSettled", () => {
  answersSixQuestions(
    () => {
      const [left, right] = [new Gate<string>("left"), new Gate<string>("right")];
      return {
        operation: allSettled([left.pass, right.pass]),
        complete: partByPart(
          () => left.open("a"),
          () => right.fail(lost),
        ),
        left: () => left.waiting + right.waiting,
      };
    },
    {
      value: [
        { ok: true, value: "a" },
        { ok: false, error: lost },
      ],
    },
  );

  it("does not cancel the others when one fails", async () => {
    const { run, host } = world();
    const results = await run(allSettled([() => failAfter(5, lost), () => after(10, 1)]));
    expect([results, host.now()]).toEqual([
      [
        { ok: false, error: lost },
        { ok: true, value: 1 },
      ],
      10,
    ]);
  });

  it("gives [] for none", async () => {
    await expect(simulate(allSettled([]))).resolves.toEqual([]);
  });

  it("does not report a failure that it settled when it is cancelled in the same turn", async () => {
    const gate = new Gate();
    const ended = await simulate(function* () {
      const task = yield* spawn(allSettled([gate.pass]));
      yield* sleep(1);
      gate.fail(lost);
      yield* task.cancel();
      return task.state;
    });
    expect(ended).toBe("cancelled");
  });

  it("E5 names itself when it refuses", () => {
    expect(() => allSettled(null as never)).toThrow(
      new TypeError("allSettled() needs a list of operations, got null. Write allSettled([a, b])."),
    );
    expect(() => allSettled([3] as never)).toThrow(
      new TypeError("allSettled() needs an operation or a function*, got the number 3."),
    );
  });
});
