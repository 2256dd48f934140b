import { inPython } from "../parts/in-python.mjs";

export const work = {
  title: "trip through the scheduler",
  explains:
    "one task gives way again and again: `checkpoint()`, `await null`, an Effection action that resolves at once, `Effect.yieldNow`",
  unit: "ns",
  per: "trip",
  sizes: [1_000, 10_000, 100_000, 1_000_000],
  headline: 100_000,
  expected: (size) => size,
  peers: {
    async coppice() {
      const { checkpoint, operation, run } = await import("coppice");
      const main = operation(function* (size) {
        let trips = 0;
        while (trips < size) {
          yield* checkpoint();
          trips += 1;
        }
        return trips;
      });
      return (size) => run(main(size));
    },

    async async() {
      return async (size) => {
        let trips = 0;
        while (trips < size) {
          await null;
          trips += 1;
        }
        return trips;
      };
    },

    async effection() {
      const { run } = await import("effection");
      const { ready } = await import("../parts/effection.mjs");
      function* main(size) {
        let trips = 0;
        while (trips < size) {
          yield* ready;
          trips += 1;
        }
        return trips;
      }
      return (size) => run(() => main(size));
    },

    async effect() {
      const { Effect } = await import("effect");
      const main = Effect.fnUntraced(function* (size) {
        let trips = 0;
        while (trips < size) {
          yield* Effect.yieldNow;
          trips += 1;
        }
        return trips;
      });
      return (size) => Effect.runPromise(main(size));
    },

    async saga() {
      const { runToEnd } = await import("../parts/saga.mjs");
      function* main(size) {
        let trips = 0;
        while (trips < size) {
          yield Promise.resolve();
          trips += 1;
        }
        return trips;
      }
      return (size) => runToEnd(main, size);
    },

    async co() {
      const { default: co } = await import("co");
      const main = co.wrap(function* (size) {
        let trips = 0;
        while (trips < size) {
          yield Promise.resolve();
          trips += 1;
        }
        return trips;
      });
      return main;
    },

    asyncio: inPython,
  },
};
