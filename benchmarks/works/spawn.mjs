import { inPython } from "../parts/in-python.mjs";
import { sumBelow } from "../parts/sums.mjs";

export const work = {
  title: "spawn and join",
  explains:
    "that many children at once, each makes one trip through the scheduler; all are joined for their values",
  unit: "ns",
  per: "child",
  sizes: [1_000, 10_000, 100_000, 1_000_000],
  headline: 100_000,
  expected: sumBelow,
  peers: {
    async coppice() {
      const { checkpoint, operation, run, spawn } = await import("coppice");
      const child = operation(function* (value) {
        yield* checkpoint();
        return value;
      });
      const main = operation(function* (size) {
        const tasks = [];
        for (let index = 0; index < size; index++) tasks.push(yield* spawn(child(index)));
        let total = 0;
        for (const task of tasks) total += yield* task;
        return total;
      });
      return (size) => run(main(size));
    },

    async async() {
      const child = async (value) => {
        await null;
        return value;
      };
      // Waiting one after another is faster than Promise.all here, and the same shape as its peers.
      return async (size) => {
        const promises = [];
        for (let index = 0; index < size; index++) promises.push(child(index));
        let total = 0;
        for (const promise of promises) total += await promise;
        return total;
      };
    },

    async effection() {
      const { run, spawn } = await import("effection");
      const { ready } = await import("../parts/effection.mjs");
      function* child(value) {
        yield* ready;
        return value;
      }
      function* main(size) {
        const tasks = [];
        for (let index = 0; index < size; index++) tasks.push(yield* spawn(() => child(index)));
        let total = 0;
        for (const task of tasks) total += yield* task;
        return total;
      }
      return (size) => run(() => main(size));
    },

    async effect() {
      const { Effect, Fiber } = await import("effect");
      const child = Effect.fnUntraced(function* (value) {
        yield* Effect.yieldNow;
        return value;
      });
      const main = Effect.fnUntraced(function* (size) {
        const fibers = [];
        for (let index = 0; index < size; index++) fibers.push(yield* Effect.forkChild(child(index)));
        let total = 0;
        for (const value of yield* Fiber.joinAll(fibers)) total += value;
        return total;
      });
      return (size) => Effect.runPromise(main(size));
    },

    async saga() {
      const { runToEnd } = await import("../parts/saga.mjs");
      const { fork, join } = await import("redux-saga/effects");
      function* child(value) {
        yield Promise.resolve();
        return value;
      }
      function* main(size) {
        const tasks = [];
        for (let index = 0; index < size; index++) tasks.push(yield fork(child, index));
        let total = 0;
        for (const task of tasks) total += yield join(task);
        return total;
      }
      return (size) => runToEnd(main, size);
    },

    async co() {
      const { default: co } = await import("co");
      function* child(value) {
        yield Promise.resolve();
        return value;
      }
      return co.wrap(function* (size) {
        const children = [];
        for (let index = 0; index < size; index++) children.push(child(index));
        let total = 0;
        for (const value of yield children) total += value;
        return total;
      });
    },

    asyncio: inPython,
  },
};
