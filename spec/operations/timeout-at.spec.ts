import { describe, expect, it } from "@jest/globals";
import { now, operation, sleep, suspend, timeoutAt, TimeoutError } from "coppice";
import { Gate } from "../support/gate.js";
import { answersSixQuestions, atOnce } from "../support/six-questions.js";
import { simulate, world } from "../support/virtual.js";

const lost = new Error("lost");

describe("timeoutAt", () => {
  answersSixQuestions(
    () => {
      const gate = new Gate<string>();
      return {
        operation: timeoutAt(1_000, gate.pass),
        complete: atOnce(() => gate.open("a")),
        fail: atOnce(() => gate.fail(lost)),
        left: () => gate.waiting,
      };
    },
    { value: "a", error: lost },
  );

  it("cancels at the given time, and throws after the cleanup", async () => {
    const { run, host } = world();
    const load = operation(function* load() {
      try {
        yield* suspend();
      } finally {
        yield* sleep(5);
      }
    });
    const error: unknown = await run(function* () {
      yield* sleep(100);
      yield* timeoutAt(120, load());
    }).catch((thrown: unknown) => thrown);
    expect(error).toEqual(new TimeoutError('"load" took longer than 20 ms.'));
    expect(host.now()).toBe(125);
  });

  it("bounds several steps together", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const end = now() + 30;
      for (const step of [10, 10, 20]) {
        const outcome = yield* timeoutAt(end, sleep(step), { otherwise: "late" });
        log.push(`${String(outcome)} at ${now()}`);
      }
    });
    expect(log).toEqual(["undefined at 10", "undefined at 20", "late at 30"]);
  });

  it.each([-Infinity, -1, 0, 7])(
    "at %p, which has passed, still runs to the first yield point (C12)",
    async (at) => {
      const log: string[] = [];
      const error: unknown = await simulate(function* () {
        yield* sleep(7);
        yield* timeoutAt(
          at,
          operation(function* load() {
            log.push("began");
            yield* sleep(0);
            log.push("went on");
          })(),
        );
      }).catch((thrown: unknown) => thrown);
      expect(log).toEqual(["began"]);
      expect(error).toBeInstanceOf(TimeoutError);
    },
  );

  it("says by how much it came too late", async () => {
    await expect(
      simulate(function* () {
        yield* sleep(100);
        yield* timeoutAt(60, operation(() => suspend())());
      }),
    ).rejects.toThrow(new TimeoutError("An operation was started 40 ms after its deadline."));
  });

  it("sets no limit at Infinity", async () => {
    await expect(simulate(timeoutAt(Infinity, sleep(1_000_000)))).resolves.toBeUndefined();
  });

  it.each([
    [Number.NaN, "NaN"],
    ["12:00", 'the string "12:00"'],
    [new Date(0), "a Date"],
    [undefined, "undefined"],
  ])("E5 refuses %p as a time", (at, shown) => {
    expect(() => timeoutAt(at as never, suspend())).toThrow(
      `timeoutAt() needs a time of the runtime's clock in ms, such as now() + 500, got ${shown}.`,
    );
  });

  it("E5 refuses what is no operation, and misspelt options", () => {
    expect(() => timeoutAt(5, 5 as never)).toThrow(
      new TypeError("timeoutAt() needs an operation or a function*, got the number 5."),
    );
    expect(() => timeoutAt(5, suspend(), { otherwize: 1 } as never)).toThrow(
      /^timeoutAt\(\) has no option "otherwize"/,
    );
  });
});
