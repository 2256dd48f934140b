import { describe, expect, it } from "@jest/globals";
import { all, allSettled, now, sleep, suspend, type Attempt, type Operation } from "coppice";
import { valueAfter } from "../support/doings.js";
import { fail } from "../support/fail.js";
import { simulate } from "../support/virtual.js";

const lost = new Error("lost");

function* failing() {
  yield* sleep(1);
  fail(lost);
}

describe("all of an object", () => {
  it("gives an object with the same keys, in the same order, as the operations run together", async () => {
    const result = await simulate(function* () {
      const both = yield* all({ slow: valueAfter(20, "s"), fast: valueAfter(5, 7) });
      // Checked by the compiler: each key keeps its own type.
      const typed: { slow: string; fast: number } = both;
      return { typed, keys: Object.keys(both), at: now() };
    });
    expect(result).toEqual({ typed: { slow: "s", fast: 7 }, keys: ["slow", "fast"], at: 20 });
  });

  it("cancels the rest when one fails", async () => {
    const log: string[] = [];
    await expect(
      simulate(
        all({
          failing,
          *other() {
            try {
              yield* suspend();
            } finally {
              log.push("cancelled");
            }
          },
        }),
      ),
    ).rejects.toBe(lost);
    expect(log).toEqual(["cancelled"]);
  });

  it("gives an empty object for none", async () => {
    await expect(simulate(all({}))).resolves.toEqual({});
  });

  it("keeps a key that means something to objects a key like any other", async () => {
    const ops = JSON.parse('{ "__proto__": 0, "constructor": 0 }') as Record<string, unknown>;
    for (const key of Object.keys(ops)) {
      Object.defineProperty(ops, key, { value: valueAfter(1, key), enumerable: true });
    }
    const result = await simulate(all(ops as never));
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
    expect(Object.entries(result)).toEqual([
      ["__proto__", "__proto__"],
      ["constructor", "constructor"],
    ]);
  });

  it("takes an object without a prototype", async () => {
    const ops: { a: () => Operation<string> } = Object.assign(Object.create(null) as object, {
      a: valueAfter(1, "a"),
    });
    await expect(simulate(all(ops))).resolves.toEqual({ a: "a" });
  });

  it("E5 refuses a key that holds no operation", () => {
    expect(() => all({ a: 5 } as never)).toThrow(
      new TypeError("all() needs an operation or a function*, got the number 5."),
    );
    expect(() => all({ a: undefined } as never)).toThrow(/got undefined/);
  });

  it("E5 refuses objects that are something else", () => {
    for (const other of [new Date(0), Promise.resolve()]) {
      expect(() => all(other as never)).toThrow(/^all\(\) needs a list of operations/);
    }
  });
});

describe("allSettled of an object", () => {
  it("tells of each key how it ended", async () => {
    const result = await simulate(function* () {
      const both = yield* allSettled({ good: valueAfter(5, "g"), failing });
      const typed: { good: Attempt<string>; failing: Attempt<void> } = both;
      return typed;
    });
    expect(result).toEqual({ good: { ok: true, value: "g" }, failing: { ok: false, error: lost } });
  });
});
