import { describe } from "@jest/globals";
import { attempt, sleep, spawn, type Operation, type Queue, type QueueOptions } from "coppice";
import { shapeOf, stories, type Note } from "../support/story.js";
import { queueKinds } from "../streams/store-kinds.js";

function* told(note: Note, what: string, op: Operation<unknown>): Operation<void> {
  const ended = yield* attempt(op);
  note(`${what}: ${ended.ok ? "ok" : shapeOf(ended.error)}`);
}

function plain(note: Note, what: string, act: () => unknown): void {
  try {
    act();
    note(`${what}: ok`);
  } catch (error) {
    note(`${what}: ${shapeOf(error)}`);
  }
}

describe.each(queueKinds)("asyncio 3.13 shutdown of a %s", (_, make) => {
  const holding = (items: number, options?: QueueOptions): Queue<number> => {
    const queue = make(options);
    for (let item = 1; item <= items; item++) queue.tryPut(item);
    return queue;
  };
  stories([
    [
      "of an empty queue refuses every use",
      function* (note) {
        const queue = holding(0);
        queue.shutdown();
        yield* told(note, "put", queue.put(1));
        yield* told(note, "get", queue.get());
        plain(note, "tryPut", () => queue.tryPut(1));
        plain(note, "tryGet", () => queue.tryGet());
      },
      "put: QueueShutDown, get: QueueShutDown, tryPut: QueueShutDown, tryGet: QueueShutDown",
    ],
    [
      "of a queue with items lets them be taken, and then refuses",
      function* (note) {
        const queue = holding(2);
        queue.shutdown();
        yield* told(note, "put", queue.put(1));
        yield* told(note, "get", queue.get());
        plain(note, "tryGet", () => queue.tryGet());
        yield* told(note, "get", queue.get());
        plain(note, "tryGet", () => queue.tryGet());
      },
      "put: QueueShutDown, get: ok, tryGet: ok, get: QueueShutDown, tryGet: QueueShutDown",
    ],
    [
      "at once drops the items and refuses every use",
      function* (note) {
        const queue = holding(2);
        queue.shutdown({ immediate: true });
        note(queue.size);
        yield* told(note, "put", queue.put(1));
        yield* told(note, "get", queue.get());
        plain(note, "tryGet", () => queue.tryGet());
      },
      "0, put: QueueShutDown, get: QueueShutDown, tryGet: QueueShutDown",
    ],
    [
      "fails those who wait to get",
      function* (note) {
        const queue = holding(0);
        yield* spawn(told(note, "first", queue.get()));
        yield* spawn(told(note, "second", queue.get()));
        yield* sleep(1);
        queue.shutdown();
        yield* sleep(1);
      },
      "first: QueueShutDown@1, second: QueueShutDown@1",
    ],
    [
      "fails those who wait to put, and keeps what is in it",
      function* (note) {
        const queue = holding(1, { capacity: 1 });
        yield* spawn(told(note, "first", queue.put(2)));
        yield* spawn(told(note, "second", queue.put(3)));
        yield* sleep(1);
        queue.shutdown();
        yield* sleep(1);
        note(queue.size);
      },
      "first: QueueShutDown@1, second: QueueShutDown@1, 1@2",
    ],
    [
      "at once fails those who wait to put as well",
      function* (note) {
        const queue = holding(1, { capacity: 1 });
        yield* spawn(told(note, "put", queue.put(2)));
        yield* sleep(1);
        queue.shutdown({ immediate: true });
        yield* sleep(1);
        note(queue.size);
      },
      "put: QueueShutDown@1, 0@2",
    ],
    [
      "leaves those who join waiting until the items are done",
      function* (note) {
        const queue = holding(2);
        yield* spawn(told(note, "join", queue.join()));
        yield* sleep(1);
        queue.shutdown();
        for (let i = 0; i < 2; i++) {
          yield* queue.get();
          yield* sleep(1);
          queue.taskDone();
        }
        yield* sleep(1);
      },
      "join: ok@3",
    ],
    [
      "at once ends the join, when nothing that was taken is left to do",
      function* (note) {
        const queue = holding(2);
        yield* spawn(told(note, "join", queue.join()));
        yield* sleep(1);
        queue.shutdown({ immediate: true });
        yield* sleep(1);
      },
      "join: ok@1",
    ],
    [
      "at once still lets the join wait for what was taken",
      function* (note) {
        const queue = holding(2);
        yield* spawn(told(note, "join", queue.join()));
        yield* queue.get();
        yield* sleep(1);
        queue.shutdown({ immediate: true });
        note(queue.unfinished);
        yield* sleep(1);
        queue.taskDone();
        yield* sleep(1);
      },
      "1@1, join: ok@2",
    ],
    [
      "at once, then one taskDone too many is an error",
      function* () {
        const queue = holding(2);
        queue.shutdown({ immediate: true });
        queue.taskDone();
      },
      "! TASK_DONE",
    ],
    [
      "twice is the same as once",
      function* (note) {
        const queue = holding(1);
        queue.shutdown();
        queue.shutdown();
        note(queue.size);
        plain(note, "tryGet", () => queue.tryGet());
      },
      "1, tryGet: ok",
    ],
    [
      "can be made immediate afterwards",
      function* (note) {
        const queue = holding(2);
        yield* spawn(told(note, "join", queue.join()));
        queue.shutdown();
        queue.shutdown({ immediate: true });
        note(queue.size);
        yield* sleep(1);
      },
      "0, join: ok",
    ],
    [
      "join of an empty queue that was shut down does not wait",
      function* (note) {
        const queue = holding(0);
        queue.shutdown();
        yield* told(note, "join", queue.join());
      },
      "join: ok",
    ],
    [
      "tells that it was shut down, and stays full or empty as it was",
      function* () {
        const queue = holding(1, { capacity: 1 });
        queue.shutdown();
        return [queue.isShutDown, queue.isFull, queue.isEmpty];
      },
      "= true,true,false",
    ],
    [
      "ends a consumer's loop, without a sentinel",
      function* (note) {
        const queue = holding(2);
        const consumer = yield* spawn(function* () {
          let taken = 0;
          for (let more = yield* attempt(queue.get()); more.ok; more = yield* attempt(queue.get())) taken++;
          return taken;
        });
        yield* sleep(1);
        queue.shutdown();
        note(yield* consumer);
      },
      "2@1",
    ],
  ]);
});
