import { inPython } from "../parts/in-python.mjs";
import { numbersBelow, sum, sumBelow } from "../parts/sums.mjs";

const concurrency = 50;

export const work = {
  title: "map, 50 at a time",
  explains:
    "`map(items, fn, { concurrency: 50 })`, `Effect.forEach` with the same, and 50 workers over one iterator in plain async and Effection; each call yields once",
  unit: "ns",
  per: "item",
  sizes: [1_000, 10_000, 100_000, 1_000_000],
  headline: 100_000,
  expected: sumBelow,
  peers: {
    async coppice() {
      const { checkpoint, map, operation, run } = await import("coppice");
      const echo = operation(function* (value) {
        yield* checkpoint();
        return value;
      });
      const main = operation(function* (size) {
        return sum(yield* map(numbersBelow(size), echo, { concurrency }));
      });
      return (size) => run(main(size));
    },

    async async() {
      const echo = async (value) => {
        await null;
        return value;
      };
      return async (size) => {
        const results = [];
        const entries = numbersBelow(size).entries();
        const worker = async () => {
          for (const [index, item] of entries) results[index] = await echo(item);
        };
        await Promise.all(Array.from({ length: concurrency }, worker));
        return sum(results);
      };
    },

    async effection() {
      const { run, spawn } = await import("effection");
      const { ready } = await import("../parts/effection.mjs");
      function* echo(value) {
        yield* ready;
        return value;
      }
      function* main(size) {
        const results = [];
        const entries = numbersBelow(size).entries();
        const worker = function* () {
          for (const [index, item] of entries) results[index] = yield* echo(item);
        };
        const workers = [];
        for (let count = 0; count < concurrency; count++) workers.push(yield* spawn(worker));
        for (const task of workers) yield* task;
        return sum(results);
      }
      return (size) => run(() => main(size));
    },

    async effect() {
      const { Effect } = await import("effect");
      const echo = Effect.fnUntraced(function* (value) {
        yield* Effect.yieldNow;
        return value;
      });
      const main = Effect.fnUntraced(function* (size) {
        return sum(yield* Effect.forEach(numbersBelow(size), echo, { concurrency }));
      });
      return (size) => Effect.runPromise(main(size));
    },

    async saga() {
      const { runToEnd } = await import("../parts/saga.mjs");
      const { call, fork, join } = await import("redux-saga/effects");
      function* echo(value) {
        yield Promise.resolve();
        return value;
      }
      function* main(size) {
        const results = [];
        const entries = numbersBelow(size).entries();
        const worker = function* () {
          for (const [index, item] of entries) results[index] = yield call(echo, item);
        };
        const workers = [];
        for (let count = 0; count < concurrency; count++) workers.push(yield fork(worker));
        yield join(workers);
        return sum(results);
      }
      return (size) => runToEnd(main, size);
    },

    async "p-map"() {
      const { default: pMap } = await import("p-map");
      const echo = async (value) => {
        await null;
        return value;
      };
      return async (size) => sum(await pMap(numbersBelow(size), echo, { concurrency }));
    },

    asyncio: inPython,
  },
};
