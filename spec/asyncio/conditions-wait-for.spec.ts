import { describe } from "@jest/globals";
import { Condition, sleep, spawn, timeout, type Operation } from "coppice";
import { noted } from "../support/doings.js";
import { stories, type Note } from "../support/story.js";

function waiting(note: Note, name: string, condition: Condition) {
  return function* wait(): Operation<void> {
    yield* condition.with(function* () {
      yield* condition.wait();
      note(name);
    });
  };
}

function* notified(condition: Condition, n?: number): Operation<void> {
  yield* condition.with(function* () {
    condition.notify(n);
  });
}

describe("asyncio.Condition: waitFor", () => {
  stories([
    [
      "gives the value at once when it holds",
      function* () {
        const condition = new Condition();
        return yield* condition.with(condition.waitFor(() => [1, 2, 3]));
      },
      "= 1,2,3",
    ],
    [
      "asks again after every notification, and goes on when it holds",
      function* (note) {
        const condition = new Condition();
        let stock = 0;
        yield* spawn(
          condition.with(function* () {
            note(`got ${yield* condition.waitFor(() => stock)}`);
          }),
        );
        yield* sleep(1);
        yield* notified(condition);
        yield* sleep(1);
        note("still waiting");
        stock = 7;
        yield* notified(condition);
        yield* sleep(1);
      },
      "still waiting@2, got 7@2",
    ],
    [
      "holds the lock whenever it asks",
      function* (note) {
        const condition = new Condition();
        let asked = 0;
        yield* spawn(
          condition.with(
            condition.waitFor(() => {
              note(condition.isLocked);
              return ++asked === 2;
            }),
          ),
        );
        yield* sleep(1);
        yield* notified(condition);
        yield* sleep(1);
      },
      "true, true@1",
    ],
    [
      "without the lock is an error",
      function* () {
        yield* new Condition().waitFor(() => false);
      },
      "! LOCK_NOT_HELD",
    ],
    [
      "throws what the predicate throws, and still holds the lock",
      function* (note) {
        const condition = new Condition();
        yield* condition.acquire();
        yield* noted(
          note,
          "asked",
          condition.waitFor(() => {
            throw new Error("predicate");
          }),
        );
        condition.release();
        note(condition.isLocked);
      },
      "asked: predicate, false",
    ],
  ]);
});

describe("asyncio.Condition: cancelled", () => {
  stories([
    [
      "takes the lock again before cleanup runs",
      function* (note) {
        const condition = new Condition();
        const task = yield* spawn(function* () {
          yield* condition.acquire();
          try {
            yield* condition.wait();
          } finally {
            note(condition.isLocked);
            condition.release();
          }
        });
        yield* sleep(1);
        yield* task.cancel();
        note(condition.isLocked);
      },
      "true@1, false@1",
    ],
    [
      "waits for the lock as long as another task holds it",
      function* (note) {
        const condition = new Condition();
        const task = yield* spawn(waiting(note, "not reached", condition));
        yield* sleep(1);
        yield* spawn(condition.with(sleep(10)));
        yield* sleep(1);
        yield* task.cancel();
        note("cancelled");
      },
      "cancelled@11",
    ],
    [
      "a notified one that is cancelled before it has the lock passes the notification on",
      function* (note) {
        const condition = new Condition();
        const first = yield* spawn(waiting(note, "first", condition));
        yield* spawn(waiting(note, "second", condition));
        yield* sleep(1);
        yield* condition.acquire();
        condition.notify();
        void first.cancel();
        condition.release();
        yield* sleep(1);
      },
      "second@1",
    ],
    [
      "one that was not notified takes nothing from the others",
      function* (note) {
        const condition = new Condition();
        yield* spawn(waiting(note, "first", condition));
        const second = yield* spawn(waiting(note, "second", condition));
        yield* sleep(1);
        yield* second.cancel();
        yield* notified(condition);
        yield* sleep(1);
      },
      "first@1",
    ],
    [
      "a deadline ends the wait, with the lock held",
      function* (note) {
        const condition = new Condition();
        yield* condition.with(function* () {
          yield* noted(note, "wait", timeout(5, condition.wait()));
          note(condition.isLocked);
        });
      },
      "wait: TimeoutError@5, true@5",
    ],
  ]);
});
