import { describe, expect, it } from "@jest/globals";
import { attempt, sleep, spawn, suspend } from "coppice";
import { fail } from "../support/fail.js";
import { Gate } from "../support/gate.js";
import { answersSixQuestions, atOnce } from "../support/six-questions.js";
import { simulate } from "../support/virtual.js";

const lost = new Error("lost");

describe("attempt", () => {
  answersSixQuestions(
    () => {
      const gate = new Gate<string>();
      return {
        operation: attempt(gate.pass),
        complete: atOnce(() => gate.open("a")),
        left: () => gate.waiting,
      };
    },
    { value: { ok: true, value: "a" } },
  );

  it("gives a failure as a value", async () => {
    const fails = function* () {
      yield* sleep(1);
      throw lost;
    };
    await expect(simulate(attempt(fails))).resolves.toEqual({ ok: false, error: lost });
  });

  it.each([undefined, null, "text", Object.freeze({ code: 1 })])(
    "gives %p as it was thrown",
    async (thrown) => {
      const result = await simulate(
        attempt(function* () {
          throw thrown;
        }),
      );
      expect(result.ok ? "no error" : result.error).toBe(thrown);
    },
  );

  it("gives the failure of a child of its operation", async () => {
    const result = await simulate(
      attempt(function* () {
        yield* spawn(function* () {
          throw lost;
        });
        yield* suspend();
      }),
    );
    expect(result).toEqual({ ok: false, error: lost });
  });

  it("lets a cancellation pass: it is no failure (C2)", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const child = yield* spawn(function* () {
        yield* attempt(suspend());
        log.push("went on");
      });
      yield* sleep(1);
      yield* child.cancel();
      log.push(child.state);
    });
    expect(log).toEqual(["cancelled"]);
  });

  it("does not hide what cleanup throws while its surroundings are cancelled (C5)", async () => {
    const task = simulate(
      attempt(function* () {
        try {
          yield* suspend();
        } finally {
          fail(lost);
        }
      }),
    );
    await expect(task.cancel()).rejects.toBe(lost);
  });
});
