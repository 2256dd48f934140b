import { inPython } from "../parts/in-python.mjs";
import { sumBelow } from "../parts/sums.mjs";

const minuteMs = 60_000;

export const work = {
  title: "timeout that does not fire, one after another",
  explains: "an operation that yields once runs under a timeout of a minute, again and again",
  unit: "ns",
  per: "timeout",
  sizes: [1_000, 10_000, 100_000, 1_000_000],
  headline: 100_000,
  expected: sumBelow,
  peers: {
    async coppice() {
      const { checkpoint, operation, run, timeout } = await import("coppice");
      const echo = operation(function* (value) {
        yield* checkpoint();
        return value;
      });
      const main = operation(function* (size) {
        let total = 0;
        for (let index = 0; index < size; index++) total += yield* timeout(minuteMs, echo(index));
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
        let total = 0;
        for (let index = 0; index < size; index++) total += await withTimeout(minuteMs, () => echo(index));
        return total;
      };
    },

    async effection() {
      const { run } = await import("effection");
      const { ready, timebox } = await import("../parts/effection.mjs");
      function* echo(value) {
        yield* ready;
        return value;
      }
      function* main(size) {
        let total = 0;
        for (let index = 0; index < size; index++) total += yield* timebox(minuteMs, echo(index));
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
        for (let index = 0; index < size; index++) total += yield* echo(index).pipe(Effect.timeout(minuteMs));
        return total;
      });
      return (size) => Effect.runPromise(main(size));
    },

    async saga() {
      const { runToEnd, timebox } = await import("../parts/saga.mjs");
      const { call } = await import("redux-saga/effects");
      function* echo(value) {
        yield Promise.resolve();
        return value;
      }
      function* main(size) {
        let total = 0;
        for (let index = 0; index < size; index++) total += yield call(timebox, minuteMs, echo, index);
        return total;
      }
      return (size) => runToEnd(main, size);
    },

    asyncio: inPython,
  },
};
