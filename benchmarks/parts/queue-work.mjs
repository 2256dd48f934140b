/**
 * The work of the queue benchmarks: numbered items go through one bounded queue from `pairs` producers to as
 * many consumers, each of which takes its share and adds up what it got.
 */
import { inPython } from "./in-python.mjs";
import { sumBelow } from "./sums.mjs";

/** @param {{ capacity: number, pairs: number, title: string, explains: string }} shape */
export function queueWork({ capacity, pairs, title, explains }) {
  return {
    title,
    explains,
    unit: "ns",
    per: "item",
    sizes: [1_000, 10_000, 100_000, 1_000_000],
    headline: 100_000,
    expected: sumBelow,
    peers: {
      async coppice() {
        const { operation, Queue, run, spawn } = await import("coppice");
        const produce = operation(function* (queue, first, size) {
          for (let item = first; item < size; item += pairs) yield* queue.put(item);
        });
        const consume = operation(function* (queue, count) {
          let total = 0;
          for (let taken = 0; taken < count; taken++) total += yield* queue.get();
          return total;
        });
        const main = operation(function* (size) {
          const queue = new Queue({ capacity });
          const consumers = [];
          for (let pair = 0; pair < pairs; pair++) {
            yield* spawn(produce(queue, pair, size));
            consumers.push(yield* spawn(consume(queue, size / pairs)));
          }
          let total = 0;
          for (const consumer of consumers) total += yield* consumer;
          return total;
        });
        return (size) => run(main(size));
      },

      async async() {
        const { AsyncQueue } = await import("./plain-async.mjs");
        const produce = async (queue, first, size) => {
          for (let item = first; item < size; item += pairs) await queue.put(item);
        };
        const consume = async (queue, count) => {
          let total = 0;
          for (let taken = 0; taken < count; taken++) total += await queue.get();
          return total;
        };
        return async (size) => {
          const queue = new AsyncQueue(capacity);
          const producers = [];
          const consumers = [];
          for (let pair = 0; pair < pairs; pair++) {
            producers.push(produce(queue, pair, size));
            consumers.push(consume(queue, size / pairs));
          }
          await Promise.all(producers);
          let total = 0;
          for (const consumer of consumers) total += await consumer;
          return total;
        };
      },

      async effection() {
        const { run, spawn } = await import("effection");
        const { EffectionQueue } = await import("./effection.mjs");
        function* produce(queue, first, size) {
          for (let item = first; item < size; item += pairs) yield* queue.put(item);
        }
        function* consume(queue, count) {
          let total = 0;
          for (let taken = 0; taken < count; taken++) total += yield* queue.get();
          return total;
        }
        function* main(size) {
          const queue = new EffectionQueue(capacity);
          const consumers = [];
          for (let pair = 0; pair < pairs; pair++) {
            yield* spawn(() => produce(queue, pair, size));
            consumers.push(yield* spawn(() => consume(queue, size / pairs)));
          }
          let total = 0;
          for (const consumer of consumers) total += yield* consumer;
          return total;
        }
        return (size) => run(() => main(size));
      },

      async effect() {
        const { Effect, Fiber, Queue } = await import("effect");
        const produce = Effect.fnUntraced(function* (queue, first, size) {
          for (let item = first; item < size; item += pairs) yield* Queue.offer(queue, item);
        });
        const consume = Effect.fnUntraced(function* (queue, count) {
          let total = 0;
          for (let taken = 0; taken < count; taken++) total += yield* Queue.take(queue);
          return total;
        });
        const main = Effect.fnUntraced(function* (size) {
          const queue = yield* Queue.bounded(capacity);
          const consumers = [];
          for (let pair = 0; pair < pairs; pair++) {
            yield* Effect.forkChild(produce(queue, pair, size));
            consumers.push(yield* Effect.forkChild(consume(queue, size / pairs)));
          }
          let total = 0;
          for (const part of yield* Fiber.joinAll(consumers)) total += part;
          return total;
        });
        return (size) => Effect.runPromise(main(size));
      },

      async saga() {
        const { makeQueue, putInto, runToEnd, takeFrom } = await import("./saga.mjs");
        const { call, fork, join } = await import("redux-saga/effects");
        function* produce(queue, first, size) {
          for (let item = first; item < size; item += pairs) yield* putInto(queue, item);
        }
        function* consume(queue, count) {
          let total = 0;
          for (let taken = 0; taken < count; taken++) total += yield* takeFrom(queue);
          return total;
        }
        function* main(size) {
          const queue = yield call(makeQueue, capacity);
          const consumers = [];
          for (let pair = 0; pair < pairs; pair++) {
            yield fork(produce, queue, pair, size);
            consumers.push(yield fork(consume, queue, size / pairs));
          }
          let total = 0;
          for (const consumer of consumers) total += yield join(consumer);
          return total;
        }
        return (size) => runToEnd(main, size);
      },

      asyncio: inPython,
    },
  };
}
