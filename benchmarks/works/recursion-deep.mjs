import { inPython } from "../parts/in-python.mjs";

export const work = {
  title: "recursion",
  explains:
    "a named operation calls itself that deep, yields once at the bottom, and counts the levels on the way back",
  unit: "ns",
  per: "level",
  sizes: [1_000, 10_000, 100_000, 1_000_000],
  headline: 1_000_000,
  expected: (size) => size,
  peers: {
    async coppice() {
      const { checkpoint, operation, run } = await import("coppice");
      const descend = operation(function* (depth) {
        if (depth > 0) return 1 + (yield* descend(depth - 1));
        yield* checkpoint();
        return 0;
      });
      return (size) => run(descend(size));
    },

    async async() {
      const descend = async (depth) => {
        if (depth > 0) return 1 + (await descend(depth - 1));
        await null;
        return 0;
      };
      return (size) => descend(size);
    },

    async effection() {
      const { run } = await import("effection");
      const { ready } = await import("../parts/effection.mjs");
      function* descend(depth) {
        if (depth > 0) return 1 + (yield* descend(depth - 1));
        yield* ready;
        return 0;
      }
      return (size) => run(() => descend(size));
    },

    async effect() {
      const { Effect } = await import("effect");
      const descend = Effect.fnUntraced(function* (depth) {
        if (depth > 0) return 1 + (yield* descend(depth - 1));
        yield* Effect.yieldNow;
        return 0;
      });
      return (size) => Effect.runPromise(descend(size));
    },

    async saga() {
      const { runToEnd } = await import("../parts/saga.mjs");
      const { call } = await import("redux-saga/effects");
      function* descend(depth) {
        if (depth > 0) return 1 + (yield call(descend, depth - 1));
        yield Promise.resolve();
        return 0;
      }
      return (size) => runToEnd(descend, size);
    },

    async co() {
      const { default: co } = await import("co");
      function* descend(depth) {
        if (depth > 0) return 1 + (yield descend(depth - 1));
        yield Promise.resolve();
        return 0;
      }
      return co.wrap(descend);
    },

    asyncio: inPython,
  },
};
