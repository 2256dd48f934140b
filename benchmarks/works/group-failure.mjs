import { inPython } from "../parts/in-python.mjs";

/** The last child fails when all others are parked; each of those must have run its cleanup. */
export const work = {
  title: "one of a group fails",
  explains:
    "from the throw until all others have run their cleanup and the error has arrived at whoever waits for the group",
  unit: "µs",
  per: "group",
  items: () => 1,
  sizes: [100, 1_000, 10_000],
  headline: 10_000,
  expected: (size) => ({ cleaned: size - 1, message: "broken" }),
  peers: {
    async coppice() {
      const { checkpoint, operation, run, suspend, taskGroup } = await import("coppice");
      const child = operation(function* (tally) {
        try {
          tally.parked += 1;
          yield* suspend();
        } finally {
          tally.cleaned += 1;
        }
      });
      const failing = operation(function* (size, tally, gauge) {
        while (tally.parked < size - 1) yield* checkpoint();
        gauge.start();
        throw new Error("broken");
      });
      const main = operation(function* (size, gauge) {
        const tally = { parked: 0, cleaned: 0 };
        try {
          yield* taskGroup(function* (group) {
            for (let index = 1; index < size; index++) group.spawn(child(tally));
            group.spawn(failing(size, tally, gauge));
            yield* suspend();
          });
        } catch (group) {
          gauge.stop();
          return { cleaned: tally.cleaned, message: group.errors[0].message };
        }
        return tally;
      });
      return (size, gauge) => run(main(size, gauge));
    },

    async async() {
      const { parked } = await import("../parts/plain-async.mjs");
      const child = async (signal, tally) => {
        try {
          tally.parked += 1;
          await parked(signal);
        } finally {
          tally.cleaned += 1;
        }
      };
      const failing = async (size, tally, gauge) => {
        while (tally.parked < size - 1) await null;
        gauge.start();
        throw new Error("broken");
      };
      return async (size, gauge) => {
        const tally = { parked: 0, cleaned: 0 };
        const controllers = [];
        const promises = [];
        for (let index = 1; index < size; index++) {
          const controller = new AbortController();
          controllers.push(controller);
          promises.push(child(controller.signal, tally));
        }
        promises.push(failing(size, tally, gauge));
        try {
          await Promise.all(promises);
        } catch (error) {
          for (const controller of controllers) controller.abort();
          await Promise.allSettled(promises);
          gauge.stop();
          return { cleaned: tally.cleaned, message: error.message };
        }
        return tally;
      };
    },

    async effection() {
      const { run, scoped, sleep, spawn, suspend } = await import("effection");
      function* child(tally) {
        try {
          tally.parked += 1;
          yield* suspend();
        } finally {
          tally.cleaned += 1;
        }
      }
      function* failing(size, tally, gauge) {
        while (tally.parked < size - 1) yield* sleep(0);
        gauge.start();
        throw new Error("broken");
      }
      function* main(size, gauge) {
        const tally = { parked: 0, cleaned: 0 };
        try {
          yield* scoped(function* () {
            for (let index = 1; index < size; index++) yield* spawn(() => child(tally));
            yield* spawn(() => failing(size, tally, gauge));
            yield* suspend();
          });
        } catch (error) {
          gauge.stop();
          return { cleaned: tally.cleaned, message: error.message };
        }
        return tally;
      }
      return (size, gauge) => run(() => main(size, gauge));
    },

    async effect() {
      const { Effect } = await import("effect");
      const parked = Effect.fnUntraced(function* (tally) {
        tally.parked += 1;
        yield* Effect.never;
      });
      const child = (tally) => {
        const cleanup = Effect.sync(() => {
          tally.cleaned += 1;
        });
        return parked(tally).pipe(Effect.ensuring(cleanup));
      };
      const failing = Effect.fnUntraced(function* (size, tally, gauge) {
        while (tally.parked < size - 1) yield* Effect.yieldNow;
        gauge.start();
        return yield* Effect.fail(new Error("broken"));
      });
      const main = (size, gauge) => {
        const tally = { parked: 0, cleaned: 0 };
        const children = [];
        for (let index = 1; index < size; index++) children.push(child(tally));
        children.push(failing(size, tally, gauge));
        return Effect.all(children, { concurrency: "unbounded", discard: true }).pipe(
          Effect.as(tally),
          Effect.catch((error) => {
            gauge.stop();
            return Effect.succeed({ cleaned: tally.cleaned, message: error.message });
          }),
        );
      };
      return (size, gauge) => Effect.runPromise(main(size, gauge));
    },

    async saga() {
      const { never, runToEnd } = await import("../parts/saga.mjs");
      const { call, fork } = await import("redux-saga/effects");
      function* child(tally) {
        try {
          tally.parked += 1;
          yield never();
        } finally {
          tally.cleaned += 1;
        }
      }
      function* failing(size, tally, gauge) {
        while (tally.parked < size - 1) yield Promise.resolve();
        yield Promise.resolve();
        gauge.start();
        throw new Error("broken");
      }
      function* group(size, tally, gauge) {
        for (let index = 1; index < size; index++) yield fork(child, tally);
        yield fork(failing, size, tally, gauge);
        yield never();
      }
      function* main(size, gauge) {
        const tally = { parked: 0, cleaned: 0 };
        try {
          yield call(group, size, tally, gauge);
        } catch (error) {
          gauge.stop();
          return { cleaned: tally.cleaned, message: error.message };
        }
        return tally;
      }
      return (size, gauge) => runToEnd(main, size, gauge);
    },

    asyncio: inPython,
  },
};
