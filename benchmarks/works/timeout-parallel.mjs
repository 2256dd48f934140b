import { inPython } from "../parts/in-python.mjs";
import { numbersBelow, sumBelow } from "../parts/sums.mjs";

const minuteMs = 60_000;

export const work = {
  title: "timeouts that do not fire, all at once",
  explains: "that many children run at once, each under its own timeout of a minute, and yield once",
  unit: "ns",
  per: "child",
  sizes: [1_000, 10_000, 100_000, 1_000_000],
  headline: 100_000,
  expected: sumBelow,
  peers: {
    async coppice() {
      const { checkpoint, operation, run, spawn, timeout } = await import("coppice");
      const echo = operation(function* (value) {
        yield* checkpoint();
        return value;
      });
      const child = operation(function* (value) {
        return yield* timeout(minuteMs, echo(value));
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
      const { withTimeout } = await import("../parts/plain-async.mjs");
      const echo = async (value) => {
        await null;
        return value;
      };
      return async (size) => {
        const promises = [];
        for (let index = 0; index < size; index++) promises.push(withTimeout(minuteMs, () => echo(index)));
        let total = 0;
        for (const promise of promises) total += await promise;
        return total;
      };
    },

    async effection() {
      const { run, spawn } = await import("effection");
      const { ready, timebox } = await import("../parts/effection.mjs");
      function* echo(value) {
        yield* ready;
        return value;
      }
      function* main(size) {
        const tasks = [];
        for (let index = 0; index < size; index++) {
          tasks.push(yield* spawn(() => timebox(minuteMs, echo(index))));
        }
        let total = 0;
        for (const task of tasks) total += yield* task;
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
        const child = (index) => echo(index).pipe(Effect.timeout(minuteMs));
        const values = yield* Effect.forEach(numbersBelow(size), child, { concurrency: "unbounded" });
        let total = 0;
        for (const value of values) total += value;
        return total;
      });
      return (size) => Effect.runPromise(main(size));
    },

    async saga() {
      const { runToEnd, timebox } = await import("../parts/saga.mjs");
      const { fork, join } = await import("redux-saga/effects");
      function* echo(value) {
        yield Promise.resolve();
        return value;
      }
      function* main(size) {
        const tasks = [];
        for (let index = 0; index < size; index++) tasks.push(yield fork(timebox, minuteMs, echo, index));
        let total = 0;
        for (const task of tasks) total += yield join(task);
        return total;
      }
      return (size) => runToEnd(main, size);
    },

    asyncio: inPython,
  },
};
