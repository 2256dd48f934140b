import { inPython } from "../parts/in-python.mjs";
import { sumBelow } from "../parts/sums.mjs";

export const work = {
  title: "call that yields once",
  explains: "a named operation is called, makes one trip through the scheduler and returns",
  unit: "ns",
  per: "call",
  sizes: [1_000, 10_000, 100_000, 1_000_000],
  headline: 100_000,
  expected: sumBelow,
  peers: {
    async coppice() {
      const { checkpoint, operation, run } = await import("coppice");
      const echo = operation(function* (value) {
        yield* checkpoint();
        return value;
      });
      const main = operation(function* (size) {
        let total = 0;
        for (let index = 0; index < size; index++) total += yield* echo(index);
        return total;
      });
      return (size) => run(main(size));
    },

    async async() {
      const echo = async (value) => {
        await null;
        return value;
      };
      return async (size) => {
        let total = 0;
        for (let index = 0; index < size; index++) total += await echo(index);
        return total;
      };
    },

    async effection() {
      const { run } = await import("effection");
      const { ready } = await import("../parts/effection.mjs");
      function* echo(value) {
        yield* ready;
        return value;
      }
      function* main(size) {
        let total = 0;
        for (let index = 0; index < size; index++) total += yield* echo(index);
        return total;
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
        let total = 0;
        for (let index = 0; index < size; index++) total += yield* echo(index);
        return total;
      });
      return (size) => Effect.runPromise(main(size));
    },

    async saga() {
      const { runToEnd } = await import("../parts/saga.mjs");
      const { call } = await import("redux-saga/effects");
      function* echo(value) {
        yield Promise.resolve();
        return value;
      }
      function* main(size) {
        let total = 0;
        for (let index = 0; index < size; index++) total += yield call(echo, index);
        return total;
      }
      return (size) => runToEnd(main, size);
    },

    async co() {
      const { default: co } = await import("co");
      function* echo(value) {
        yield Promise.resolve();
        return value;
      }
      return co.wrap(function* (size) {
        let total = 0;
        for (let index = 0; index < size; index++) total += yield echo(index);
        return total;
      });
    },

    asyncio: inPython,
  },
};
