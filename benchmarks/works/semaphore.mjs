import { inPython } from "../parts/in-python.mjs";
import { numbersBelow, sum, sumBelow } from "../parts/sums.mjs";

const permits = 50;

/** The job of the libraries that run promise functions. */
const echoLater = async (value) => {
  await null;
  return value;
};

export const work = {
  title: "jobs under a semaphore",
  explains: "all jobs are started at once; each holds one of 50 permits while it yields once",
  unit: "ns",
  per: "job",
  sizes: [1_000, 10_000, 100_000, 1_000_000],
  headline: 100_000,
  expected: sumBelow,
  peers: {
    async coppice() {
      const { checkpoint, operation, run, Semaphore, spawn } = await import("coppice");
      const job = operation(function* (semaphore, value) {
        yield* semaphore.acquire();
        try {
          yield* checkpoint();
          return value;
        } finally {
          semaphore.release();
        }
      });
      const main = operation(function* (size) {
        const semaphore = new Semaphore(permits);
        const tasks = [];
        for (let index = 0; index < size; index++) tasks.push(yield* spawn(job(semaphore, index)));
        let total = 0;
        for (const task of tasks) total += yield* task;
        return total;
      });
      return (size) => run(main(size));
    },

    async async() {
      const { AsyncSemaphore } = await import("../parts/plain-async.mjs");
      const job = async (semaphore, value) => {
        await semaphore.acquire();
        try {
          await null;
          return value;
        } finally {
          semaphore.release();
        }
      };
      return async (size) => {
        const semaphore = new AsyncSemaphore(permits);
        const promises = [];
        for (let index = 0; index < size; index++) promises.push(job(semaphore, index));
        let total = 0;
        for (const promise of promises) total += await promise;
        return total;
      };
    },

    async effection() {
      const { run, spawn } = await import("effection");
      const { EffectionSemaphore, ready } = await import("../parts/effection.mjs");
      function* job(semaphore, value) {
        yield* semaphore.acquire();
        try {
          yield* ready;
          return value;
        } finally {
          semaphore.release();
        }
      }
      function* main(size) {
        const semaphore = new EffectionSemaphore(permits);
        const tasks = [];
        for (let index = 0; index < size; index++) tasks.push(yield* spawn(() => job(semaphore, index)));
        let total = 0;
        for (const task of tasks) total += yield* task;
        return total;
      }
      return (size) => run(() => main(size));
    },

    async effect() {
      const { Effect, Semaphore } = await import("effect");
      const echo = Effect.fnUntraced(function* (value) {
        yield* Effect.yieldNow;
        return value;
      });
      const main = Effect.fnUntraced(function* (size) {
        const semaphore = yield* Semaphore.make(permits);
        const job = (index) => semaphore.withPermit(echo(index));
        const values = yield* Effect.forEach(numbersBelow(size), job, { concurrency: "unbounded" });
        let total = 0;
        for (const value of values) total += value;
        return total;
      });
      return (size) => Effect.runPromise(main(size));
    },

    async saga() {
      const { makePermits, runToEnd } = await import("../parts/saga.mjs");
      const { call, fork, join, put, take } = await import("redux-saga/effects");
      function* job(available, value) {
        yield take(available);
        try {
          yield Promise.resolve();
          return value;
        } finally {
          yield put(available, true);
        }
      }
      function* main(size) {
        const available = yield call(makePermits, permits);
        const tasks = [];
        for (let index = 0; index < size; index++) tasks.push(yield fork(job, available, index));
        let total = 0;
        for (const task of tasks) total += yield join(task);
        return total;
      }
      return (size) => runToEnd(main, size);
    },

    async "p-limit"() {
      const { default: pLimit } = await import("p-limit");
      return async (size) => {
        const limit = pLimit(permits);
        return sum(await Promise.all(numbersBelow(size).map((value) => limit(() => echoLater(value)))));
      };
    },

    async "p-queue"() {
      const { default: PQueue } = await import("p-queue");
      return async (size) => {
        const queue = new PQueue({ concurrency: permits });
        return sum(await queue.addAll(numbersBelow(size).map((value) => () => echoLater(value))));
      };
    },

    async fastq() {
      const { default: fastq } = await import("fastq");
      return async (size) => {
        const queue = fastq.promise(echoLater, permits);
        return sum(await Promise.all(numbersBelow(size).map((value) => queue.push(value))));
      };
    },

    asyncio: inPython,
  },
};
