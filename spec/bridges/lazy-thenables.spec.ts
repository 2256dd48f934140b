/** Query builders are thenables that begin their work when `then` is called, and once more at every further call. */
import { describe, expect, it } from "@jest/globals";
import { ensure, scoped, suspend, until, use, useScope } from "coppice";
import { simulate } from "../support/virtual.js";

/** How often it was begun, and how it is told of the result: both callbacks, as in `await`. */
class Query implements PromiseLike<string> {
  readonly begun: (readonly string[])[] = [];

  then<A, B>(
    onValue?: ((value: string) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.begun.push([typeof onValue, typeof onError]);
    return Promise.resolve("rows").then(onValue, onError);
  }
}

const ONCE = [["function", "function"]];

describe("until, for a thenable that begins its work when it is asked,", () => {
  it("asks it once", async () => {
    const query = new Query();
    expect(await simulate(until(query))).toBe("rows");
    expect(query.begun).toEqual(ONCE);
  });

  it("asks it once in a finally block of a cancelled task", async () => {
    const query = new Query();
    await simulate(function* work() {
      try {
        yield* suspend();
      } finally {
        yield* until(query);
      }
    }).cancel();
    expect(query.begun).toEqual(ONCE);
  });

  it("asks it once in a cleanup of a cancelled task", async () => {
    const query = new Query();
    const closing = new Query();
    await simulate(function* () {
      yield* ensure(() => until(query));
      yield* use({ [Symbol.asyncDispose]: () => closing as PromiseLike<unknown> as Promise<void> });
      yield* suspend();
    }).cancel();
    expect([query.begun, closing.begun]).toEqual([ONCE, ONCE]);
  });

  it("asks each once where the task has to give way before it begins (S4)", async () => {
    let begun = 0;
    const settled: PromiseLike<string> = {
      then(onValue) {
        begun++;
        return Promise.resolve(onValue?.("rows")) as never;
      },
    };
    await simulate(function* () {
      for (let i = 0; i < 1_000; i++) yield* until(settled);
    });
    expect(begun).toBe(1_000);
  });

  it("does not ask it when the wait is cancelled before it begins", async () => {
    const query = new Query();
    await simulate(
      scoped(function* () {
        void (yield* useScope()).cancel();
        yield* until(query);
      }),
    );
    expect(query.begun).toEqual([]);
  });
});
