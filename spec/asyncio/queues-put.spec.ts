import { describe } from "@jest/globals";
import { attempt, cancelScope, Queue, sleep, spawn, timeout } from "coppice";
import { shapeOf, stories } from "../support/story.js";
import { putting } from "./queue-tasks.js";

function full(...items: string[]): Queue<string> {
  const queue = new Queue<string>({ capacity: items.length });
  for (const item of items) queue.tryPut(item);
  return queue;
}

describe("asyncio.Queue: put", () => {
  stories([
    [
      "never waits without a capacity",
      function* (note) {
        const queue = new Queue<string>();
        yield* queue.put("a");
        note(queue.size);
      },
      "1",
    ],
    [
      "waits while the queue is full",
      function* (note) {
        const queue = full("a");
        yield* spawn(putting(note, "b", queue));
        yield* sleep(5);
        note(`got ${yield* queue.get()}`);
        yield* sleep(1);
        note(`got ${yield* queue.get()}`);
      },
      "got a@5, put b@5, got b@6",
    ],
    [
      "goes on until the capacity is used up, and then as fast as items are taken",
      function* (note) {
        const queue = new Queue<string>({ capacity: 2 });
        yield* spawn(function* () {
          for (const item of ["a", "b", "c"]) yield* putting(note, item, queue)();
        });
        yield* sleep(10);
        yield* queue.get();
        yield* sleep(10);
        note(queue.size);
      },
      "put a, put b, put c@10, 2@20",
    ],
    [
      "without waiting puts what there is room for",
      function* () {
        const queue = new Queue<string>();
        return [queue.tryPut("a"), queue.tryGet()?.value];
      },
      "= true,a",
    ],
    [
      "without waiting, into a full queue, says that it did not",
      function* () {
        return full("a").tryPut("b");
      },
      "= false",
    ],
    [
      "hands over to a getter that waits",
      function* (note) {
        const queue = new Queue<string>();
        const got = yield* spawn(queue.get());
        yield* sleep(1);
        yield* queue.put("a");
        note(yield* got);
        note(queue.size);
      },
      "a@1, 0@1",
    ],
    [
      "cancelled puts nothing",
      function* (note) {
        const queue = full("a");
        const late = yield* spawn(putting(note, "b", queue));
        yield* sleep(1);
        yield* late.cancel();
        note(queue.tryGet()?.value);
        note(queue.isEmpty);
      },
      "a@1, true@1",
    ],
    [
      "cancelled lets the next in line through",
      function* (note) {
        const queue = full("a");
        const first = yield* spawn(putting(note, "b", queue));
        yield* spawn(putting(note, "c", queue));
        yield* sleep(1);
        void first.cancel();
        note(`got ${yield* queue.get()}`);
        yield* sleep(1);
        note(`got ${yield* queue.get()}`);
      },
      "got a@1, put c@1, got c@2",
    ],
    [
      "cut by a deadline puts nothing",
      function* (note) {
        const queue = full("a");
        const ended = yield* attempt(timeout(5, queue.put("b")));
        note(ended.ok ? "put" : shapeOf(ended.error));
        note(queue.size);
      },
      "TimeoutError@5, 1@5",
    ],
    [
      "cancelled in the turn in which it got its room has put, once",
      function* (note) {
        const queue = full("a");
        const late = yield* spawn(putting(note, "b", queue));
        yield* sleep(1);
        queue.tryGet();
        void late.cancel();
        yield* sleep(1);
        note(queue.tryGet()?.value);
      },
      "put b@1, b@2",
    ],
    [
      "a full queue is not overtaken while somebody waits to put",
      function* (note) {
        const queue = full("a");
        yield* spawn(putting(note, "b", queue));
        yield* sleep(1);
        queue.tryGet();
        note(queue.tryPut("c"));
        yield* sleep(1);
      },
      "false@1, put b@1",
    ],
    [
      "after its own scope was cancelled puts nothing, room or not",
      function* (note) {
        const queue = new Queue<string>();
        yield* cancelScope(function* (scope) {
          void scope.cancel();
          yield* queue.put("a");
        });
        note(queue.size);
      },
      "0",
    ],
  ]);
});
