import { inPython } from "../parts/in-python.mjs";
import { sumBelow } from "../parts/sums.mjs";

export const work = {
  title: "await a resolved promise",
  explains: "`until(promise)`, `await promise`, Effection's `until`, `Effect.promise`, one after another",
  unit: "ns",
  per: "promise",
  sizes: [1_000, 10_000, 100_000, 1_000_000],
  headline: 100_000,
  expected: sumBelow,
  peers: {
    async coppice() {
      const { operation, run, until } = await import("coppice");
      const main = operation(function* (size) {
        let total = 0;
        for (let index = 0; index < size; index++) total += yield* until(Promise.resolve(index));
        return total;
      });
      return (size) => run(main(size));
    },

    async async() {
      return async (size) => {
        let total = 0;
        for (let index = 0; index < size; index++) total += await Promise.resolve(index);
        return total;
      };
    },

    async effection() {
      const { run, until } = await import("effection");
      function* main(size) {
        let total = 0;
        for (let index = 0; index < size; index++) total += yield* until(Promise.resolve(index));
        return total;
      }
      return (size) => run(() => main(size));
    },

    async effect() {
      const { Effect } = await import("effect");
      const main = Effect.fnUntraced(function* (size) {
        let total = 0;
        for (let index = 0; index < size; index++)
          total += yield* Effect.promise(() => Promise.resolve(index));
        return total;
      });
      return (size) => Effect.runPromise(main(size));
    },

    async saga() {
      const { runToEnd } = await import("../parts/saga.mjs");
      function* main(size) {
        let total = 0;
        for (let index = 0; index < size; index++) total += yield Promise.resolve(index);
        return total;
      }
      return (size) => runToEnd(main, size);
    },

    async co() {
      const { default: co } = await import("co");
      return co.wrap(function* (size) {
        let total = 0;
        for (let index = 0; index < size; index++) total += yield Promise.resolve(index);
        return total;
      });
    },

    asyncio: inPython,
  },
};
