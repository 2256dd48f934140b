import { inPython } from "../parts/in-python.mjs";

/** The size is the depth. Only the resumes at the bottom are measured, not the way down and up. */
const resumes = 1_000;

export const work = {
  title: "resume at depth",
  explains: "that many calls deep, the innermost one gives way 1,000 times",
  unit: "ns",
  per: "resume",
  items: () => resumes,
  sizes: [1, 100, 1_000, 10_000],
  headline: 1_000,
  expected: (size) => size + resumes,
  peers: {
    async coppice() {
      const { checkpoint, operation, run } = await import("coppice");
      const descend = operation(function* (depth, gauge) {
        if (depth > 0) return 1 + (yield* descend(depth - 1, gauge));
        let count = 0;
        gauge.start();
        while (count < resumes) {
          yield* checkpoint();
          count += 1;
        }
        gauge.stop();
        return count;
      });
      return (size, gauge) => run(descend(size, gauge));
    },

    async async() {
      const descend = async (depth, gauge) => {
        if (depth > 0) return 1 + (await descend(depth - 1, gauge));
        let count = 0;
        gauge.start();
        while (count < resumes) {
          await null;
          count += 1;
        }
        gauge.stop();
        return count;
      };
      return (size, gauge) => descend(size, gauge);
    },

    async effection() {
      const { run } = await import("effection");
      const { ready } = await import("../parts/effection.mjs");
      function* descend(depth, gauge) {
        if (depth > 0) return 1 + (yield* descend(depth - 1, gauge));
        let count = 0;
        gauge.start();
        while (count < resumes) {
          yield* ready;
          count += 1;
        }
        gauge.stop();
        return count;
      }
      return (size, gauge) => run(() => descend(size, gauge));
    },

    async effect() {
      const { Effect } = await import("effect");
      const descend = Effect.fnUntraced(function* (depth, gauge) {
        if (depth > 0) return 1 + (yield* descend(depth - 1, gauge));
        let count = 0;
        gauge.start();
        while (count < resumes) {
          yield* Effect.yieldNow;
          count += 1;
        }
        gauge.stop();
        return count;
      });
      return (size, gauge) => Effect.runPromise(descend(size, gauge));
    },

    async saga() {
      const { runToEnd } = await import("../parts/saga.mjs");
      const { call } = await import("redux-saga/effects");
      function* descend(depth, gauge) {
        if (depth > 0) return 1 + (yield call(descend, depth - 1, gauge));
        let count = 0;
        gauge.start();
        while (count < resumes) {
          yield Promise.resolve();
          count += 1;
        }
        gauge.stop();
        return count;
      }
      return (size, gauge) => runToEnd(descend, size, gauge);
    },

    async co() {
      const { default: co } = await import("co");
      function* descend(depth, gauge) {
        if (depth > 0) return 1 + (yield descend(depth - 1, gauge));
        let count = 0;
        gauge.start();
        while (count < resumes) {
          yield Promise.resolve();
          count += 1;
        }
        gauge.stop();
        return count;
      }
      return co.wrap(descend);
    },

    asyncio: inPython,
  },
};
