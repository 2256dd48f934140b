import { describe, expect, it } from "@jest/globals";
import { call, all, allSettled, run, until, type Operation } from "coppice";
import { useBatcher, type Batcher } from "./batcher.js";

describe("useBatcher", () => {
  it("stores what is written in the same turn at once", async () => {
    const batches: number[][] = [];
    await withBatcher(storeInto(batches), (batcher) => all(range(1, 100).map((row) => batcher.write(row))));
    expect(batches).toEqual([range(1, 100)]);
  });

  it("gathers what is written while a batch is being stored into the next one", async () => {
    const batches: number[][] = [];
    let begin = (): void => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const store = async (rows: readonly number[]): Promise<void> => {
      batches.push([...rows]);
      begin();
      await new Promise((resolve) => setImmediate(resolve));
    };
    await withBatcher(store, function* (batcher) {
      yield* all([
        batcher.write(1),
        function* () {
          yield* until(begun);
          yield* all([batcher.write(2), batcher.write(3)]);
        },
      ]);
    });
    expect(batches).toEqual([[1], [2, 3]]);
  });

  it("stores no more than 500 rows at once", async () => {
    const batches: number[][] = [];
    await withBatcher(storeInto(batches), (batcher) => all(range(1, 1200).map((row) => batcher.write(row))));
    expect(batches.map((batch) => batch.length)).toEqual([500, 500, 200]);
  });

  it("tells every writer of a batch that it failed, and goes on with the next", async () => {
    const stored: number[][] = [];
    const store = async (rows: readonly number[]): Promise<void> => {
      if (rows.includes(13)) throw new Error("no luck");
      await storeInto(stored)(rows);
    };
    const outcomes = await withBatcher(store, function* (batcher) {
      const first = yield* allSettled([batcher.write(12), batcher.write(13)]);
      yield* batcher.write(14);
      return first;
    });
    expect(outcomes.map((outcome) => outcome.ok)).toEqual([false, false]);
    expect(stored).toEqual([[14]]);
  });
});

function withBatcher<T>(
  store: (rows: readonly number[]) => Promise<void>,
  body: (batcher: Batcher<number>) => Operation<T>,
): Promise<T> {
  return run(function* () {
    return yield* body(yield* useBatcher({ name: "numbers", store: (rows) => call(() => store(rows)) }));
  });
}

const storeInto =
  (batches: number[][]) =>
  (rows: readonly number[]): Promise<void> => {
    batches.push([...rows]);
    return Promise.resolve();
  };

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);
