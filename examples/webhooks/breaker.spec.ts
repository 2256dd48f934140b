import { describe, expect, it } from "@jest/globals";
import { attempt, sleep, type Operation } from "coppice";
import { simulate } from "../../spec/support/virtual.js";
import { Breaker, BreakerOpenError } from "./breaker.js";

const refusal = new Error("no such webhook");

function createBreaker(): { breaker: Breaker; changes: boolean[] } {
  const changes: boolean[] = [];
  const breaker = new Breaker({
    name: "The neighbour",
    window: 10,
    least: 4,
    probeEveryMs: 100,
    counts: (error) => error !== refusal,
    changed: (isOpen) => changes.push(isOpen),
  });
  return { breaker, changes };
}

const succeed = function* () {
  yield* sleep(1);
};
const fail = function* (): Operation<void> {
  yield* sleep(1);
  throw new Error("away");
};

function* times(count: number, work: () => Operation<unknown>): Operation<void> {
  for (let time = 0; time < count; time++) yield* attempt(work());
}

describe("Breaker", () => {
  it("opens when half of the last calls failed, and makes no more", async () => {
    const { breaker, changes } = createBreaker();
    await simulate(function* () {
      yield* times(4, () => breaker.call(succeed()));
      yield* times(3, () => breaker.call(fail()));
      expect(breaker.isOpen).toBe(false);
      yield* times(1, () => breaker.call(fail()));
      expect(breaker.isOpen).toBe(true);
      const outcome = yield* attempt(breaker.call(succeed()));
      expect(outcome).toMatchObject({ ok: false, error: expect.any(BreakerOpenError) });
    });
    expect(changes).toEqual([true]);
  });

  it("does not open before it knows enough", async () => {
    const { breaker } = createBreaker();
    await simulate(() => times(3, () => breaker.call(fail())));
    expect(breaker.isOpen).toBe(false);
  });

  it("lets one probe through in a while, and closes when one succeeds", async () => {
    const { breaker, changes } = createBreaker();
    let calls = 0;
    const failing = function* () {
      calls += 1;
      yield* fail();
    };
    await simulate(function* () {
      yield* times(4, () => breaker.call(failing()));
      yield* sleep(100);
      yield* times(5, () => breaker.call(failing()));
      expect(calls).toBe(5);
      yield* sleep(100);
      yield* breaker.call(succeed());
      yield* breaker.call(succeed());
    });
    expect(changes).toEqual([true, false]);
  });

  it("does not wait for a probe that hangs", async () => {
    const { breaker } = createBreaker();
    await simulate(function* () {
      yield* times(4, () => breaker.call(fail()));
      yield* sleep(100);
      breaker.enter();
      yield* sleep(100);
      yield* breaker.call(succeed());
    });
    expect(breaker.isOpen).toBe(false);
  });

  it("counts only failures that are the neighbour's", async () => {
    const { breaker } = createBreaker();
    await simulate(() =>
      times(20, () =>
        breaker.call(
          (function* (): Operation<void> {
            throw refusal;
          })(),
        ),
      ),
    );
    expect(breaker.isOpen).toBe(false);
  });
});
