/**
 * The work of the event benchmarks: numbered events from an emitter or an event target reach one operation, which
 * reads them one by one and adds them up. `source` makes the thing with events, and says how it emits and what a
 * listener is given.
 */
import { emitInBursts } from "./event-source.mjs";
import { sumBelow } from "./sums.mjs";

/**
 * @typedef {object} EventSource
 * @property {() => any} make
 * @property {(target: any, value: number) => void} emit
 * @property {(heard: any) => number} numberOf - what `on` gives, as a number
 * @property {(target: any, heard: (value: number) => void) => void} listen - as one does it by hand
 * @property {(effection: any) => (target: any) => any} subscribe - as Effection's documentation does it
 *
 * @param {{ title: string, explains: string, source: EventSource }} shape
 */
export function eventWork({ title, explains, source: { make, emit, numberOf, listen, subscribe } }) {
  return {
    title,
    explains,
    unit: "ns",
    per: "event",
    sizes: [1_000, 10_000, 100_000, 1_000_000],
    headline: 100_000,
    expected: sumBelow,
    peers: {
      async coppice() {
        const { on, operation, run } = await import("coppice");
        const main = operation(function* (size) {
          const target = make();
          const events = yield* on(target, "number");
          emitInBursts((value) => emit(target, value), size);
          let total = 0;
          for (let heard = 0; heard < size; heard++) total += numberOf(yield* events.get());
          return total;
        });
        return (size) => run(main(size));
      },

      // What Node's `events.on` does, as far as it is used here, with a queue that does nothing else.
      async "async-by-hand"() {
        const { AsyncQueue } = await import("./plain-async.mjs");
        return async (size) => {
          const target = make();
          const queue = new AsyncQueue(Infinity);
          listen(target, (value) => void queue.put(value));
          emitInBursts((value) => emit(target, value), size);
          let total = 0;
          for (let heard = 0; heard < size; heard++) total += await queue.get();
          return total;
        };
      },

      async async() {
        const { on } = await import("node:events");
        return async (size) => {
          const target = make();
          const events = on(target, "number");
          emitInBursts((value) => emit(target, value), size);
          let total = 0;
          let heard = 0;
          for await (const [first] of events) {
            total += numberOf(first);
            if (++heard === size) break;
          }
          return total;
        };
      },

      async effection() {
        const { createSignal, on, run } = await import("effection");
        const openEvents = subscribe({ createSignal, on });
        function* main(size) {
          const target = make();
          const events = yield* openEvents(target);
          emitInBursts((value) => emit(target, value), size);
          let total = 0;
          for (let heard = 0; heard < size; heard++) total += numberOf((yield* events.next()).value);
          return total;
        }
        return (size) => run(() => main(size));
      },

      async effect() {
        const { Effect, Queue } = await import("effect");
        const main = Effect.fnUntraced(function* (size) {
          const target = make();
          const queue = yield* Queue.unbounded();
          listen(target, (value) => Queue.offerUnsafe(queue, value));
          emitInBursts((value) => emit(target, value), size);
          let total = 0;
          for (let heard = 0; heard < size; heard++) total += yield* Queue.take(queue);
          return total;
        });
        return (size) => Effect.runPromise(main(size));
      },

      async saga() {
        const { runToEnd } = await import("./saga.mjs");
        const { buffers, eventChannel } = await import("redux-saga");
        const { call, take } = await import("redux-saga/effects");
        const numbersOf = (target) =>
          eventChannel((heard) => {
            listen(target, heard);
            return () => {};
          }, buffers.expanding());
        function* main(size) {
          const target = make();
          const events = yield call(numbersOf, target);
          emitInBursts((value) => emit(target, value), size);
          let total = 0;
          for (let heard = 0; heard < size; heard++) total += yield take(events);
          return total;
        }
        return (size) => runToEnd(main, size);
      },
    },
  };
}
