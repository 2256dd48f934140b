import { describe, expect, it } from "@jest/globals";
import { cancelScope, operation, run, type CancelScope } from "coppice";

describe("what operation() makes", () => {
  it("has the name and the number of parameters of its function", () => {
    const fetch = operation(function* fetchUser(id: string, region: string, retries: number) {
      return { id, region, retries };
    });
    const nothing = operation(function* () {
      return null;
    });
    expect(fetch.name).toBe("fetchUser");
    expect(fetch).toHaveLength(3);
    expect(nothing).toHaveLength(0);
  });

  it("passes on as many arguments as it got", async () => {
    const count = operation(function* (...args: readonly unknown[]) {
      return args;
    });
    expect(await run(count())).toEqual([]);
    expect(await run(count(undefined))).toEqual([undefined]);
    expect(await run(count(1, undefined))).toEqual([1, undefined]);
    expect(await run(count(1, 2, 3))).toEqual([1, 2, 3]);
  });

  it("runs again with the same arguments", async () => {
    const add = operation(function* (a: number, b: number, c: number) {
      return a + b + c;
    });
    const sum = add(1, 2, 3);
    expect(
      await run(function* () {
        return (yield* sum) + (yield* sum);
      }),
    ).toBe(12);
  });

  it("gets a cancel scope like any other function that takes one", async () => {
    const body = operation(function* (scope: CancelScope) {
      return typeof scope.cancel;
    });
    expect(await run(cancelScope(body))).toBe("function");
  });
});
