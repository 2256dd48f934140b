import { expect } from "@jest/globals";
import {
  all,
  Broadcast,
  ChannelClosed,
  ChannelEnded,
  createChannel,
  each,
  interval,
  Queue,
  QueueShutDown,
  sleep,
  taskGroup,
  timeout,
} from "coppice";
import { crowd, story, untilThrown, type Story } from "./story.js";

export const streams: readonly Story[] = [
  story(["queue.put()", "queue.get()", "queue.join()"], () => {
    const queue = new Queue<number>({ capacity: 1 });
    const [put, got]: [number[], number[]] = [[], []];
    return {
      op: taskGroup(function* (group) {
        for (const name of ["a", "b"]) {
          group.spawn(
            function* consume() {
              yield* untilThrown(QueueShutDown, function* () {
                for (;;) {
                  const item = yield* queue.get();
                  got.push(item);
                  queue.taskDone();
                  yield* sleep(1);
                }
              });
            },
            { name },
          );
        }
        yield* crowd(2, function* (i) {
          for (const item of [i * 10, i * 10 + 1]) {
            yield* queue.put(item);
            put.push(item);
          }
        });
        yield* queue.join();
        queue.shutdown();
      }),
      check: () => {
        const { getting, putting } = queue.statistics();
        expect([getting, putting]).toEqual([[], []]);
        expect(new Set(got).size).toBe(got.length);
        // What was put was got or is still there; but for what was in a cancelled taker's hands (S6).
        expect(put.length - got.length - queue.size).toBeLessThanOrEqual(2);
      },
    };
  }),
  story(["channel send()", "channel receive()"], () => {
    const [sender, receiver] = createChannel<number>({ capacity: 0 });
    const received: number[] = [];
    return {
      op: all([
        function* send() {
          try {
            yield* untilThrown(ChannelClosed, function* () {
              for (const item of [1, 2, 3]) yield* sender.send(item);
            });
          } finally {
            sender.close();
          }
        },
        function* receive() {
          try {
            yield* untilThrown(ChannelEnded, function* () {
              for (;;) received.push(yield* receiver.receive());
            });
          } finally {
            receiver.close();
          }
        },
      ]),
      check: () => {
        expect(received).toEqual([1, 2, 3].slice(0, received.length));
      },
    };
  }),
  story(["broadcast.put()", "broadcast.subscribe()"], () => {
    const news = new Broadcast<number>({ capacity: 1 });
    const seen: number[][] = [];
    return {
      op: all([
        crowd(2, function* (i) {
          const mine: number[] = [];
          seen[i] = mine;
          const subscription = yield* news.subscribe();
          yield* untilThrown(QueueShutDown, function* () {
            for (;;) {
              mine.push(yield* subscription.get());
              yield* sleep(1);
            }
          });
        }),
        function* tell() {
          yield* sleep(2);
          for (const item of [1, 2, 3]) yield* news.put(item);
          news.shutdown();
        },
      ]),
      check: () => {
        expect([news.subscribers, news.statistics().putting]).toEqual([0, []]);
        for (const mine of seen) expect(mine).toEqual([1, 2, 3].slice(0, mine.length));
      },
    };
  }),
  story(["each().next()"], () => {
    const queue = new Queue<number>();
    const seen: number[] = [];
    return {
      op: all([
        function* loop() {
          const items = each(queue);
          while (yield* items.next()) {
            seen.push(items.value);
            yield* sleep(1);
          }
        },
        function* fill() {
          for (const item of [1, 2, 3]) {
            yield* queue.put(item);
            yield* sleep(2);
          }
          queue.shutdown();
        },
      ]),
      check: () => {
        expect(seen).toEqual([1, 2, 3].slice(0, seen.length));
      },
    };
  }),
  story(["interval().get()"], () => {
    let ticks = 0;
    return {
      op: timeout(
        12,
        function* () {
          const beat = interval(5);
          for (;;) {
            yield* beat.get();
            ticks++;
          }
        },
        { otherwise: 0 },
      ),
      check: () => {
        expect(ticks).toBeLessThanOrEqual(2);
      },
    };
  }),
];
