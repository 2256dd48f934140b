import { describe } from "@jest/globals";
import { LifoQueue, PriorityQueue, Queue, sleep, spawn } from "coppice";
import { drained } from "../support/drained.js";
import { shapeOf, stories } from "../support/story.js";
import { filled, getting, putting } from "./queue-tasks.js";

/** What a plain call gives or throws. */
function tried(act: () => unknown): string {
  try {
    act();
    return "accepted";
  } catch (error) {
    return shapeOf(error);
  }
}

describe("asyncio.Queue: what it says of itself", () => {
  stories([
    [
      "is empty until something is put, and again when that was taken",
      function* (note) {
        const queue = new Queue<number>();
        note(queue.isEmpty);
        queue.tryPut(1);
        note(queue.isEmpty);
        queue.tryGet();
        note(queue.isEmpty);
      },
      "true, false, true",
    ],
    [
      "without a capacity is never full",
      function* () {
        return filled(new Queue<number>(), 1, 2, 3).isFull;
      },
      "= false",
    ],
    [
      "is full when it holds its capacity",
      function* () {
        return filled(new Queue<number>({ capacity: 1 }), 1).isFull;
      },
      "= true",
    ],
    [
      "tells its capacity and its size",
      function* () {
        const queue = filled(new Queue<number>({ capacity: 2 }), 7);
        return `${queue.size} of ${queue.capacity}`;
      },
      "= 1 of 2",
    ],
    [
      "tells who waits to get",
      function* () {
        const queue = new Queue<number>();
        const task = yield* spawn(queue.get(), { name: "getter" });
        yield* sleep(1);
        const [waiting] = queue.statistics().getting;
        void task.cancel();
        return `${waiting?.name} since ${waiting?.since}`;
      },
      "= getter since 0",
    ],
    [
      "tells who waits to put",
      function* () {
        const queue = filled(new Queue<number>({ capacity: 1 }), 1);
        yield* spawn(queue.put(2), { name: "putter" });
        yield* sleep(1);
        const names = queue.statistics().putting.map(({ name }) => name);
        queue.tryGet();
        return names;
      },
      "= putter",
    ],
    [
      "refuses a capacity that is no whole number",
      function* () {
        return tried(() => new Queue({ capacity: 1.3 }));
      },
      "= COUNT",
    ],
    [
      "refuses a negative capacity, which is no way to say unbounded",
      function* () {
        return tried(() => new Queue({ capacity: -1 }));
      },
      "= COUNT",
    ],
  ]);
});

describe("asyncio.Queue: order", () => {
  stories([
    [
      "first in, first out",
      function* () {
        return drained(filled(new Queue<number>(), 1, 3, 2));
      },
      "= 1,3,2",
    ],
    [
      "LifoQueue: last in, first out",
      function* () {
        return drained(filled(new LifoQueue<number>(), 1, 3, 2));
      },
      "= 2,3,1",
    ],
    [
      "PriorityQueue: smallest first",
      function* () {
        return drained(filled(new PriorityQueue<number>(), 1, 3, 2));
      },
      "= 1,2,3",
    ],
    [
      "getters are served in the order in which they came",
      function* (note) {
        const queue = new Queue<number>();
        for (const name of ["a", "b", "c"]) yield* spawn(getting(note, name, queue));
        yield* sleep(1);
        filled(queue, 1, 2, 3);
        yield* sleep(1);
      },
      "a got 1@1, b got 2@1, c got 3@1",
    ],
    [
      "putters are served in the order in which they came",
      function* (note) {
        const queue = filled(new Queue<number>({ capacity: 1 }), 0);
        for (const item of [1, 2, 3]) yield* spawn(putting(note, item, queue));
        yield* sleep(1);
        for (let i = 0; i < 4; i++) note(`got ${yield* queue.get()}`);
        yield* sleep(1);
      },
      "got 0@1, got 1@1, got 2@1, got 3@1, put 1@1, put 2@1, put 3@1",
    ],
  ]);
});
