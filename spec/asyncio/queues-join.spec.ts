import { describe } from "@jest/globals";
import { Queue, sleep, spawn } from "coppice";
import { stories } from "../support/story.js";

function full(...items: string[]): Queue<string> {
  const queue = new Queue<string>({ capacity: items.length });
  for (const item of items) queue.tryPut(item);
  return queue;
}

describe("asyncio.Queue: taskDone and join", () => {
  stories([
    [
      "join of a queue that nothing was put into does not wait, however often",
      function* (note) {
        const queue = new Queue();
        yield* queue.join();
        yield* queue.join();
        note("joined");
      },
      "joined",
    ],
    [
      "taskDone without an item is an error",
      function* () {
        new Queue().taskDone();
      },
      "! TASK_DONE",
    ],
    [
      "taskDone more often than items were put is an error",
      function* () {
        const queue = full("a");
        queue.tryGet();
        queue.taskDone();
        queue.taskDone();
      },
      "! TASK_DONE",
    ],
    [
      "join waits until every item is done, not only taken",
      function* (note) {
        const queue = full("a", "b");
        yield* spawn(function* () {
          for (const ms of [5, 10]) {
            yield* queue.get();
            yield* sleep(ms);
            queue.taskDone();
          }
        });
        yield* queue.join();
        note("joined");
      },
      "joined@15",
    ],
    [
      "two workers work off a hundred items",
      function* (note) {
        const queue = new Queue<number>();
        let sum = 0;
        for (let i = 0; i < 100; i++) queue.tryPut(i);
        const workers = [1, 2].map(() =>
          spawn(function* () {
            for (;;) {
              sum += yield* queue.get();
              yield* sleep(1);
              queue.taskDone();
            }
          }),
        );
        for (const start of workers) yield* start;
        yield* queue.join();
        note(sum);
      },
      "4950@50",
    ],
    [
      "join waits for what is put while it waits",
      function* (note) {
        const queue = full("a");
        yield* spawn(function* () {
          yield* queue.get();
          yield* queue.put("b");
          queue.taskDone();
          yield* sleep(5);
          yield* queue.get();
          queue.taskDone();
        });
        yield* queue.join();
        note("joined");
      },
      "joined@5",
    ],
    [
      "several may join",
      function* (note) {
        const queue = full("a");
        for (const name of ["x", "y"]) {
          yield* spawn(function* () {
            yield* queue.join();
            note(name);
          });
        }
        yield* sleep(1);
        queue.taskDone();
        yield* sleep(1);
      },
      "x@1, y@1",
    ],
    [
      "a queue counts anew after a join",
      function* (note) {
        const queue = new Queue<string>();
        for (const item of ["a", "b"]) {
          queue.tryPut(item);
          queue.tryGet();
          queue.taskDone();
          yield* queue.join();
        }
        queue.tryPut("c");
        note(queue.unfinished);
      },
      "1",
    ],
  ]);
});
