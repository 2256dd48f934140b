import { describe } from "@jest/globals";
import { Condition, Lock, sleep, spawn, suspend, timeout, type Operation } from "coppice";
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

function* waiters(note: Note, condition: Condition, ...names: string[]): Operation<void> {
  for (const name of names) yield* spawn(waiting(note, name, condition), { name });
  yield* sleep(1);
}

function* notified(condition: Condition, n?: number): Operation<void> {
  yield* condition.with(function* () {
    condition.notify(n);
  });
}

describe("asyncio.Condition: wait and notify", () => {
  stories([
    [
      "waits without the lock, and has it again afterwards",
      function* (note) {
        const condition = new Condition();
        yield* spawn(function* () {
          yield* condition.acquire();
          yield* condition.wait();
          note(`holds ${condition.isLocked}`);
          condition.release();
        });
        yield* sleep(1);
        note(condition.isLocked);
        yield* notified(condition);
        yield* sleep(1);
      },
      "false@1, holds true@1",
    ],
    [
      "nobody goes on before the notifier has given the lock back",
      function* (note) {
        const condition = new Condition();
        yield* waiters(note, condition, "waiter");
        yield* condition.acquire();
        condition.notify();
        yield* sleep(5);
        note("giving back");
        condition.release();
        yield* sleep(1);
      },
      "giving back@6, waiter@6",
    ],
    [
      "notify wakes one, the one that has waited longest",
      function* (note) {
        const condition = new Condition();
        yield* waiters(note, condition, "a", "b", "c");
        yield* notified(condition);
        yield* sleep(1);
        note(condition.statistics().waiting.map(({ name }) => name));
        yield* notified(condition, 5);
        yield* sleep(1);
      },
      "a@1, b,c@2, b@2, c@2",
    ],
    [
      "notify wakes as many as it is told, one after the other",
      function* (note) {
        const condition = new Condition();
        yield* waiters(note, condition, "a", "b", "c");
        yield* notified(condition, 2);
        yield* sleep(1);
        note("rest");
        yield* notified(condition, 2);
        yield* sleep(1);
      },
      "a@1, b@1, rest@2, c@2",
    ],
    [
      "notifyAll wakes all",
      function* (note) {
        const condition = new Condition();
        yield* waiters(note, condition, "a", "b");
        yield* condition.acquire();
        condition.notifyAll();
        condition.release();
        yield* sleep(1);
      },
      "a@1, b@1",
    ],
    [
      "a notification that nobody waits for is not kept",
      function* (note) {
        const condition = new Condition();
        yield* notified(condition);
        yield* noted(note, "late", timeout(5, waiting(note, "woken", condition)));
      },
      "late: TimeoutError@5",
    ],
    [
      "waiting without the lock is an error",
      function* () {
        yield* new Condition().wait();
      },
      "! LOCK_NOT_HELD",
    ],
    [
      "waiting with the lock in another task's hands is an error",
      function* () {
        const condition = new Condition();
        yield* spawn(condition.with(suspend()));
        yield* sleep(1);
        yield* condition.wait();
      },
      "! LOCK_NOT_HELD",
    ],
    [
      "notifying without the lock is an error",
      function* () {
        new Condition().notify();
      },
      "! LOCK_NOT_HELD",
    ],
    [
      "notifying all without the lock is an error",
      function* () {
        new Condition().notifyAll();
      },
      "! LOCK_NOT_HELD",
    ],
    [
      "works on a lock that it is given, and that others use too",
      function* (note) {
        const lock = new Lock();
        const condition = new Condition({ lock });
        yield* waiters(note, condition, "waiter");
        yield* lock.with(function* () {
          note(condition.isLocked);
          condition.notify();
        });
        yield* sleep(1);
      },
      "true@1, waiter@1",
    ],
    [
      "refuses what is no lock",
      function* () {
        new Condition({ lock: {} as never });
      },
      "! LOCK",
    ],
  ]);
});
