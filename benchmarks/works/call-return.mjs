import { inPython } from "../parts/in-python.mjs";
import { sumBelow } from "../parts/sums.mjs";

export const work = {
  title: "call that returns at once",
  explains: "a named operation is called and returns without waiting",
  unit: "ns",
  per: "call",
  sizes: [1_000, 10_000, 100_000, 1_000_000],
  headline: 100_000,
  expected: sumBelow,
  peers: {
    async coppice() {
      const { operation, run } = await import("coppice");
      // eslint-disable-next-line require-yield
      const echo = operation(function* (value) {
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
      const echo = async (value) => value;
      return async (size) => {
        let total = 0;
        for (let index = 0; index < size; index++) total += await echo(index);
        return total;
      };
    },

    async effection() {
      const { run } = await import("effection");
      // eslint-disable-next-line require-yield
      function* echo(value) {
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
      // eslint-disable-next-line require-yield
      const echo = Effect.fnUntraced(function* (value) {
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
      // eslint-disable-next-line require-yield
      function* echo(value) {
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
      // eslint-disable-next-line require-yield
      function* echo(value) {
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
