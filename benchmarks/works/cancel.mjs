import { inPython } from "../parts/in-python.mjs";

/**
 * `tally` counts the children that reached their wait and those whose cleanup ran, so that nothing is
 * cancelled before it is parked and no cleanup is left out.
 */
export const work = {
  title: "cancel parked tasks",
  explains:
    "a task with that many children, each parked in a `try … finally`, is cancelled; measured from the request until all cleanup has run",
  unit: "ns",
  per: "task",
  sizes: [1_000, 10_000, 100_000, 1_000_000],
  headline: 100_000,
  largestSizes: { "async-one-signal": 10_000 },
  expected: (size) => size,
  peers: {
    async coppice() {
      const { checkpoint, operation, run, spawn, suspend } = await import("coppice");
      const child = operation(function* (tally) {
        try {
          tally.parked += 1;
          yield* suspend();
        } finally {
          tally.cleaned += 1;
        }
      });
      const parent = operation(function* (size, tally) {
        for (let index = 0; index < size; index++) yield* spawn(child(tally));
        yield* suspend();
      });
      const main = operation(function* (size, gauge) {
        const tally = { parked: 0, cleaned: 0 };
        const task = yield* spawn(parent(size, tally));
        while (tally.parked < size) yield* checkpoint();
        gauge.start();
        yield* task.cancel();
        gauge.stop();
        return tally.cleaned;
      });
      return (size, gauge) => run(main(size, gauge));
    },

    async async() {
      const { parked } = await import("../parts/plain-async.mjs");
      const child = async (signal, tally) => {
        try {
          await parked(signal);
        } finally {
          tally.cleaned += 1;
        }
      };
      // One controller per task: adding a listener to an AbortSignal takes longer the more it has.
      return async (size, gauge) => {
        const tally = { cleaned: 0 };
        const controllers = [];
        const promises = [];
        for (let index = 0; index < size; index++) {
          const controller = new AbortController();
          controllers.push(controller);
          promises.push(child(controller.signal, tally));
        }
        gauge.start();
        for (const controller of controllers) controller.abort();
        await Promise.allSettled(promises);
        gauge.stop();
        return tally.cleaned;
      };
    },

    async "async-one-signal"() {
      const { parked } = await import("../parts/plain-async.mjs");
      const { setMaxListeners } = await import("node:events");
      const child = async (signal, tally) => {
        try {
          await parked(signal);
        } finally {
          tally.cleaned += 1;
        }
      };
      return async (size, gauge) => {
        const tally = { cleaned: 0 };
        const controller = new AbortController();
        setMaxListeners(0, controller.signal);
        const promises = [];
        for (let index = 0; index < size; index++) promises.push(child(controller.signal, tally));
        gauge.start();
        controller.abort();
        await Promise.allSettled(promises);
        gauge.stop();
        return tally.cleaned;
      };
    },

    async effection() {
      const { run, sleep, spawn, suspend } = await import("effection");
      function* child(tally) {
        try {
          tally.parked += 1;
          yield* suspend();
        } finally {
          tally.cleaned += 1;
        }
      }
      function* parent(size, tally) {
        for (let index = 0; index < size; index++) yield* spawn(() => child(tally));
        yield* suspend();
      }
      function* main(size, gauge) {
        const tally = { parked: 0, cleaned: 0 };
        const task = yield* spawn(() => parent(size, tally));
        while (tally.parked < size) yield* sleep(0);
        gauge.start();
        yield* task.halt();
        gauge.stop();
        return tally.cleaned;
      }
      return (size, gauge) => run(() => main(size, gauge));
    },

    async effect() {
      const { Effect, Fiber } = await import("effect");
      const child = Effect.fnUntraced(function* (tally) {
        tally.parked += 1;
        yield* Effect.never;
      });
      const parent = Effect.fnUntraced(function* (size, tally) {
        const cleanup = Effect.sync(() => {
          tally.cleaned += 1;
        });
        for (let index = 0; index < size; index++) {
          yield* child(tally).pipe(Effect.ensuring(cleanup), Effect.forkChild);
        }
        yield* Effect.never;
      });
      const main = Effect.fnUntraced(function* (size, gauge) {
        const tally = { parked: 0, cleaned: 0 };
        const fiber = yield* Effect.forkChild(parent(size, tally));
        while (tally.parked < size) yield* Effect.yieldNow;
        gauge.start();
        yield* Fiber.interrupt(fiber);
        gauge.stop();
        return tally.cleaned;
      });
      return (size, gauge) => Effect.runPromise(main(size, gauge));
    },

    async saga() {
      const { never, runToEnd } = await import("../parts/saga.mjs");
      const { cancel, fork } = await import("redux-saga/effects");
      function* child(tally) {
        try {
          tally.parked += 1;
          yield never();
        } finally {
          tally.cleaned += 1;
        }
      }
      function* parent(size, tally) {
        for (let index = 0; index < size; index++) yield fork(child, tally);
        yield never();
      }
      function* main(size, gauge) {
        const tally = { parked: 0, cleaned: 0 };
        const task = yield fork(parent, size, tally);
        while (tally.parked < size) yield Promise.resolve();
        gauge.start();
        yield cancel(task);
        gauge.stop();
        return tally.cleaned;
      }
      return (size, gauge) => runToEnd(main, size, gauge);
    },

    asyncio: inPython,
  },
};
