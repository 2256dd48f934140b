import { inPython } from "../parts/in-python.mjs";
import { numbersBelow } from "../parts/sums.mjs";

const shortMs = 10;

export const work = {
  title: "timeouts that fire",
  explains:
    "that many children wait for ever under a timeout of 10 ms each; measured is the time the event loop is busy, not the wait",
  gauge: "busy",
  unit: "ns",
  per: "timeout",
  sizes: [1_000, 10_000, 100_000],
  headline: 100_000,
  expected: (size) => size,
  peers: {
    async coppice() {
      const { operation, run, spawn, suspend, timeout, TimeoutError } = await import("coppice");
      const child = operation(function* () {
        try {
          yield* timeout(shortMs, suspend());
        } catch (error) {
          if (error instanceof TimeoutError) return 1;
          throw error;
        }
        return 0;
      });
      const main = operation(function* (size) {
        const tasks = [];
        for (let index = 0; index < size; index++) tasks.push(yield* spawn(child()));
        let fired = 0;
        for (const task of tasks) fired += yield* task;
        return fired;
      });
      return (size) => run(main(size));
    },

    async async() {
      const { parked, TimedOut, withTimeout } = await import("../parts/plain-async.mjs");
      const child = async () => {
        try {
          await withTimeout(shortMs, parked);
        } catch (error) {
          if (error instanceof TimedOut) return 1;
          throw error;
        }
        return 0;
      };
      return async (size) => {
        const promises = [];
        for (let index = 0; index < size; index++) promises.push(child());
        let fired = 0;
        for (const promise of promises) fired += await promise;
        return fired;
      };
    },

    async effection() {
      const { run, spawn, suspend } = await import("effection");
      const { TimedOut, timebox } = await import("../parts/effection.mjs");
      function* child() {
        try {
          yield* timebox(shortMs, suspend());
        } catch (error) {
          if (error instanceof TimedOut) return 1;
          throw error;
        }
        return 0;
      }
      function* main(size) {
        const tasks = [];
        for (let index = 0; index < size; index++) tasks.push(yield* spawn(child));
        let fired = 0;
        for (const task of tasks) fired += yield* task;
        return fired;
      }
      return (size) => run(() => main(size));
    },

    async effect() {
      const { Effect } = await import("effect");
      const child = Effect.never.pipe(
        Effect.timeout(shortMs),
        Effect.catchTag("TimeoutError", () => Effect.succeed(1)),
      );
      const main = Effect.fnUntraced(function* (size) {
        const counts = yield* Effect.forEach(numbersBelow(size), () => child, { concurrency: "unbounded" });
        let fired = 0;
        for (const count of counts) fired += count;
        return fired;
      });
      return (size) => Effect.runPromise(main(size));
    },

    async saga() {
      const { never, runToEnd, TimedOut, timebox } = await import("../parts/saga.mjs");
      const { call, fork, join } = await import("redux-saga/effects");
      function* child() {
        try {
          yield call(timebox, shortMs, never);
        } catch (error) {
          if (error instanceof TimedOut) return 1;
          throw error;
        }
        return 0;
      }
      function* main(size) {
        const tasks = [];
        for (let index = 0; index < size; index++) tasks.push(yield fork(child));
        let fired = 0;
        for (const task of tasks) fired += yield join(task);
        return fired;
      }
      return (size) => runToEnd(main, size);
    },

    asyncio: inPython,
  },
};
