import { describe, expect, it } from "@jest/globals";
import { CancelledError, sleep, suspend } from "coppice";
import { endOf, leftIn, NOTHING } from "../support/ways-to-cancel.js";
import { world } from "../support/virtual.js";

describe("reasons of any kind", () => {
  const hostile = new Error("unreadable");
  Object.defineProperty(hostile, "message", {
    get() {
      throw new Error("do not touch");
    },
  });
  const reasons: [string, unknown][] = [
    ["a number", 5],
    ["a symbol", Symbol("why")],
    ["null", null],
    ["an object", { why: "because" }],
    ["a frozen error", Object.freeze(new Error("frozen"))],
    ["an error whose message is no string", Object.assign(new Error(), { message: 5 })],
    ["an error whose message throws", hostile],
    [
      "a proxy that throws",
      new Proxy(
        {},
        {
          getPrototypeOf: () => {
            throw new Error("do not touch");
          },
        },
      ),
    ],
    ["an object without a prototype", Object.create(null)],
  ];

  it.each(reasons)("C9 are passed on untouched, and harm nobody: %s", async (_, reason) => {
    const { run, scheduler } = world();
    const task = run(suspend());
    const joiner = run(() => task);
    void task.cancel(reason);
    expect((await endOf(joiner)).error).toBeInstanceOf(CancelledError);
    const { error } = await endOf(task);
    expect(error instanceof CancelledError && Object.is(error.cause, reason)).toBe(true);
    // The scheduler goes on.
    expect(
      await run(function* () {
        yield* sleep(1);
        return "alive";
      }),
    ).toBe("alive");
    expect(leftIn(scheduler)).toEqual(NOTHING);
  });
});
