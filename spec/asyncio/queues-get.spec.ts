import { describe } from "@jest/globals";
import { attempt, Queue, sleep, spawn, timeout } from "coppice";
import { stories } from "../support/story.js";
import { filled, getting, putting } from "./queue-tasks.js";

describe("asyncio.Queue: get", () => {
  stories([
    [
      "gives what is there without waiting",
      function* () {
        return yield* filled(new Queue<number>(), 1).get();
      },
      "= 1",
    ],
    [
      "waits until something is put",
      function* (note) {
        const queue = new Queue<number>();
        yield* spawn(function* () {
          yield* sleep(5);
          queue.tryPut(1);
        });
        note(yield* queue.get());
      },
      "1@5",
    ],
    [
      "lets in the putter that has waited longest",
      function* (note) {
        const queue = filled(new Queue<number>({ capacity: 1 }), 1);
        yield* spawn(putting(note, 2, queue));
        yield* sleep(1);
        note(`got ${yield* queue.get()}`);
        note(queue.isFull);
        yield* sleep(1);
        queue.tryGet();
      },
      "got 1@1, true@1, put 2@1",
    ],
    [
      "gives what two waiting putters put, in order",
      function* (note) {
        const queue = new Queue<number>({ capacity: 1 });
        for (const item of [1, 2]) yield* spawn(putting(note, item, queue));
        yield* sleep(1);
        return [yield* queue.get(), yield* queue.get()];
      },
      "put 1, put 2@1, = 1,2",
    ],
    [
      "without waiting, of an empty queue, says so",
      function* () {
        return new Queue().tryGet() === undefined;
      },
      "= true",
    ],
    [
      "cut by a deadline leaves the item that comes later",
      function* (note) {
        const queue = new Queue<number>();
        yield* attempt(timeout(5, queue.get()));
        queue.tryPut(1);
        note(queue.size);
      },
      "1@5",
    ],
    [
      "within its deadline gets the item",
      function* () {
        const queue = new Queue<number>();
        yield* spawn(function* () {
          yield* sleep(1);
          queue.tryPut(1);
        });
        return yield* timeout(51, queue.get());
      },
      "= 1",
    ],
    [
      "cancelled leaves the item for the next in line",
      function* (note) {
        const queue = new Queue<number>();
        const first = yield* spawn(getting(note, "first", queue));
        yield* spawn(getting(note, "second", queue));
        yield* sleep(1);
        void first.cancel();
        queue.tryPut(1);
        yield* sleep(1);
      },
      "second got 1@1",
    ],
    [
      "cancelled in the turn in which an item was put: it goes to somebody, once",
      function* (note) {
        const queue = new Queue<number>();
        const first = yield* spawn(getting(note, "first", queue));
        yield* spawn(getting(note, "second", queue));
        yield* sleep(1);
        queue.tryPut(1);
        void first.cancel();
        queue.tryPut(2);
        yield* sleep(1);
        note(`left ${queue.size}`);
      },
      "first got 1@1, second got 2@1, left 0@2",
    ],
    [
      "that was handed an item is not overtaken by one that asks later",
      function* (note) {
        const queue = new Queue<number>();
        yield* spawn(getting(note, "waiting", queue));
        yield* sleep(1);
        queue.tryPut(1);
        note(queue.tryGet()?.value ?? "nothing for who comes late");
        yield* sleep(1);
      },
      "nothing for who comes late@1, waiting got 1@1",
    ],
    [
      "undefined is an item like any other",
      function* () {
        const queue = new Queue<undefined>();
        queue.tryPut(undefined);
        return "value" in (queue.tryGet() ?? {});
      },
      "= true",
    ],
  ]);
});
