/**
 * Tasks that spin until time is up, in each peer's own words: `giveWay` makes a trip through the scheduler in
 * each round, `useReady` puts an item into an unbounded queue and takes it out again, which never has to wait.
 */
import { inPython } from "./in-python.mjs";
import { endsRound } from "./spin.mjs";

export const giveWay = {
  async coppice() {
    const { checkpoint, operation } = await import("coppice");
    const spinner = operation(function* (spin) {
      do yield* checkpoint();
      while (!endsRound(spin));
      return 1;
    });
    return spinManyCoppice(spinner);
  },

  async async() {
    return spinManyAsync(async (spin) => {
      do await null;
      while (!endsRound(spin));
      return 1;
    });
  },

  async "async-immediate"() {
    const { setImmediate } = await import("node:timers/promises");
    return spinManyAsync(async (spin) => {
      do await setImmediate();
      while (!endsRound(spin));
      return 1;
    });
  },

  async effection() {
    const { ready } = await import("./effection.mjs");
    return spinManyEffection(function* (spin) {
      do yield* ready;
      while (!endsRound(spin));
      return 1;
    });
  },

  async effect() {
    const { Effect } = await import("effect");
    const spinner = Effect.fnUntraced(function* (spin) {
      do yield* Effect.yieldNow;
      while (!endsRound(spin));
      return 1;
    });
    return spinManyEffect(spinner);
  },

  async saga() {
    return spinManySaga(function* (spin) {
      do yield Promise.resolve();
      while (!endsRound(spin));
      return 1;
    });
  },

  async co() {
    const { default: co } = await import("co");
    return spinManyAsync(
      co.wrap(function* (spin) {
        do yield Promise.resolve();
        while (!endsRound(spin));
        return 1;
      }),
    );
  },

  asyncio: inPython,
};

export const useReady = {
  async coppice() {
    const { operation, Queue } = await import("coppice");
    const spinner = operation(function* (spin) {
      const queue = new Queue();
      do {
        yield* queue.put(1);
        yield* queue.get();
      } while (!endsRound(spin));
      return 1;
    });
    return spinManyCoppice(spinner);
  },

  async async() {
    const { AsyncQueue } = await import("./plain-async.mjs");
    return spinManyAsync(async (spin) => {
      const queue = new AsyncQueue(Infinity);
      do {
        await queue.put(1);
        await queue.get();
      } while (!endsRound(spin));
      return 1;
    });
  },

  async effection() {
    const { createQueue } = await import("effection");
    return spinManyEffection(function* (spin) {
      const queue = createQueue();
      do {
        queue.add(1);
        yield* queue.next();
      } while (!endsRound(spin));
      return 1;
    });
  },

  async effect() {
    const { Effect, Queue } = await import("effect");
    const spinner = Effect.fnUntraced(function* (spin) {
      const queue = yield* Queue.unbounded();
      do {
        yield* Queue.offer(queue, 1);
        yield* Queue.take(queue);
      } while (!endsRound(spin));
      return 1;
    });
    return spinManyEffect(spinner);
  },

  async saga() {
    const { buffers, channel } = await import("redux-saga");
    const { call, put, take } = await import("redux-saga/effects");
    return spinManySaga(function* (spin) {
      const queue = yield call(channel, buffers.expanding());
      do {
        yield put(queue, 1);
        yield take(queue);
      } while (!endsRound(spin));
      return 1;
    });
  },

  asyncio: inPython,
};

async function spinManyCoppice(spinner) {
  const { operation, run, spawn } = await import("coppice");
  const main = operation(function* (spin, count) {
    const tasks = [];
    for (let index = 0; index < count; index++) tasks.push(yield* spawn(spinner(spin)));
    let finished = 0;
    for (const task of tasks) finished += yield* task;
    return finished;
  });
  return (spin, count) => run(main(spin, count));
}

function spinManyAsync(spinner) {
  return async (spin, count) => {
    const promises = [];
    for (let index = 0; index < count; index++) promises.push(spinner(spin));
    let finished = 0;
    for (const promise of promises) finished += await promise;
    return finished;
  };
}

async function spinManyEffection(spinner) {
  const { run, spawn } = await import("effection");
  function* main(spin, count) {
    const tasks = [];
    for (let index = 0; index < count; index++) tasks.push(yield* spawn(() => spinner(spin)));
    let finished = 0;
    for (const task of tasks) finished += yield* task;
    return finished;
  }
  return (spin, count) => run(() => main(spin, count));
}

async function spinManyEffect(spinner) {
  const { Effect, Fiber } = await import("effect");
  const main = Effect.fnUntraced(function* (spin, count) {
    const fibers = [];
    for (let index = 0; index < count; index++) fibers.push(yield* Effect.forkChild(spinner(spin)));
    let finished = 0;
    for (const one of yield* Fiber.joinAll(fibers)) finished += one;
    return finished;
  });
  return (spin, count) => Effect.runPromise(main(spin, count));
}

async function spinManySaga(spinner) {
  const { runToEnd } = await import("./saga.mjs");
  const { fork, join } = await import("redux-saga/effects");
  function* main(spin, count) {
    const tasks = [];
    for (let index = 0; index < count; index++) tasks.push(yield fork(spinner, spin));
    let finished = 0;
    for (const task of tasks) finished += yield join(task);
    return finished;
  }
  return (spin, count) => runToEnd(main, spin, count);
}

/**
 * The peers of a fairness work: each one's spinners, watched by `measureSpin`.
 *
 * @param {Record<string, () => Promise<import("./spin.mjs").SpinAll>>} spinners
 * @param {(spinAll: import("./spin.mjs").SpinAll) => unknown} measureSpin
 */
export function spinningPeers(spinners, measureSpin) {
  const entries = Object.entries(spinners);
  return Object.fromEntries(
    entries.map(([peer, load]) => [peer, load === inPython ? load : async () => measureSpin(await load())]),
  );
}
