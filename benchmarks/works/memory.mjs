import { inPython } from "../parts/in-python.mjs";

export const work = {
  title: "memory of a parked task",
  explains:
    "live heap after garbage collection, with that many tasks parked against none; async/await parks in an abortable promise",
  gauge: "heap",
  unit: "bytes",
  per: "task",
  sizes: [1_000, 10_000, 100_000],
  headline: 100_000,
  expected: (size) => size,
  peers: {
    async coppice() {
      const { checkpoint, operation, run, spawn, suspend } = await import("coppice");
      const child = operation(function* (tally) {
        tally.parked += 1;
        yield* suspend();
      });
      const main = operation(function* (size, gauge) {
        const tally = { parked: 0 };
        gauge.start();
        for (let index = 0; index < size; index++) yield* spawn(child(tally));
        while (tally.parked < size) yield* checkpoint();
        gauge.stop();
        return tally.parked;
      });
      return (size, gauge) => run(main(size, gauge));
    },

    async async() {
      const { parked } = await import("../parts/plain-async.mjs");
      const child = async (signal, tally) => {
        tally.parked += 1;
        await parked(signal);
      };
      return async (size, gauge) => {
        const tally = { parked: 0 };
        gauge.start();
        const controllers = [];
        const promises = [];
        for (let index = 0; index < size; index++) {
          const controller = new AbortController();
          controllers.push(controller);
          promises.push(child(controller.signal, tally));
        }
        gauge.stop();
        for (const controller of controllers) controller.abort();
        await Promise.allSettled(promises);
        return tally.parked;
      };
    },

    async effection() {
      const { run, sleep, spawn, suspend } = await import("effection");
      function* child(tally) {
        tally.parked += 1;
        yield* suspend();
      }
      function* main(size, gauge) {
        const tally = { parked: 0 };
        gauge.start();
        for (let index = 0; index < size; index++) yield* spawn(() => child(tally));
        while (tally.parked < size) yield* sleep(0);
        gauge.stop();
        return tally.parked;
      }
      return (size, gauge) => run(() => main(size, gauge));
    },

    async effect() {
      const { Effect } = await import("effect");
      const child = Effect.fnUntraced(function* (tally) {
        tally.parked += 1;
        yield* Effect.never;
      });
      const main = Effect.fnUntraced(function* (size, gauge) {
        const tally = { parked: 0 };
        gauge.start();
        for (let index = 0; index < size; index++) yield* Effect.forkChild(child(tally));
        while (tally.parked < size) yield* Effect.yieldNow;
        gauge.stop();
        return tally.parked;
      });
      return (size, gauge) => Effect.runPromise(main(size, gauge));
    },

    async saga() {
      const { never, runToEnd } = await import("../parts/saga.mjs");
      const { cancel, fork } = await import("redux-saga/effects");
      function* child(tally) {
        tally.parked += 1;
        yield never();
      }
      function* main(size, gauge) {
        const tally = { parked: 0 };
        gauge.start();
        const tasks = [];
        for (let index = 0; index < size; index++) tasks.push(yield fork(child, tally));
        gauge.stop();
        yield cancel(tasks);
        return tally.parked;
      }
      return (size, gauge) => runToEnd(main, size, gauge);
    },

    asyncio: inPython,
  },
};
