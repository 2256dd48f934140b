import { describe } from "@jest/globals";
import { attempt, Queue, sleep, spawn, taskGroup, timeout } from "coppice";
import { stories } from "../support/story.js";

/** Mistakes that asyncio has had, each with a test of its own there. */
describe("what asyncio's queues have had wrong", () => {
  stories([
    [
      "two getters, and two puts in one turn: nobody waits while there is an item",
      function* (note) {
        const queue = new Queue<string>();
        for (const name of ["a", "b"]) {
          yield* spawn(function* () {
            note(`${name} ${yield* queue.get()}`);
          });
        }
        yield* sleep(1);
        queue.tryPut("1");
        queue.tryPut("2");
        yield* sleep(1);
        note(queue.statistics().getting.length);
      },
      "a 1@1, b 2@1, 0@2",
    ],
    [
      "two putters, and the queue emptied in one turn: nobody waits while there is room",
      function* (note) {
        const queue = new Queue<number>({ capacity: 2 });
        queue.tryPut(1);
        queue.tryPut(2);
        for (const item of [3, 4]) yield* spawn(queue.put(item));
        yield* sleep(1);
        queue.tryGet();
        queue.tryGet();
        yield* sleep(1);
        note(queue.statistics().putting.length);
        note(queue.size);
      },
      "0@2, 2@2",
    ],
    [
      "cut getters are not kept",
      function* (note) {
        const queue = new Queue();
        for (let i = 0; i < 50; i++) yield* attempt(timeout(1, queue.get()));
        note(queue.statistics().getting.length);
      },
      "0@50",
    ],
    [
      "cut putters are not kept",
      function* (note) {
        const queue = new Queue<number>({ capacity: 1 });
        queue.tryPut(0);
        for (let i = 0; i < 50; i++) yield* attempt(timeout(1, queue.put(i)));
        note(queue.statistics().putting.length);
      },
      "0@50",
    ],
    [
      "a putter cancelled beside one that is let in: one item more, and only one",
      function* (note) {
        const queue = new Queue<number>({ capacity: 1 });
        queue.tryPut(1);
        const second = yield* spawn(queue.put(2));
        const third = yield* spawn(queue.put(3));
        yield* sleep(1);
        queue.tryGet();
        void third.cancel();
        yield* sleep(1);
        note(`${second.state} ${third.state} ${queue.size}`);
      },
      "completed cancelled 1@2",
    ],
    [
      "a producer and a consumer of different speed meet",
      function* (note) {
        const queue = new Queue<number>({ capacity: 2 });
        yield* taskGroup(function* (group) {
          group.spawn(function* () {
            for (let n = 0; n < 6; n++) yield* queue.put(n);
            queue.shutdown();
          });
          let got = 0;
          for (let more = yield* attempt(queue.get()); more.ok; more = yield* attempt(queue.get())) {
            got++;
            yield* sleep(1);
          }
          note(got);
        });
      },
      "6@6",
    ],
  ]);
});
