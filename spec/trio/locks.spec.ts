import { describe } from "@jest/globals";
import {
  attempt,
  cancelScope,
  Condition,
  Event,
  Lock,
  Semaphore,
  sleep,
  spawn,
  suspend,
  taskGroup,
} from "coppice";
import { noted } from "../support/doings.js";
import { shapeOf, stories, type Note } from "../support/story.js";

function plain(note: Note, what: string, act: () => unknown): void {
  try {
    note(`${what}: ${String(act())}`);
  } catch (error) {
    note(`${what}: ${shapeOf(error)}`);
  }
}

describe("Trio's Semaphore, Lock, Condition and Event: what is not in asyncio", () => {
  stories([
    [
      "a semaphore without an upper bound",
      function* (note) {
        const semaphore = new Semaphore(Infinity, { free: 1 });
        semaphore.release();
        note(semaphore.free);
      },
      "2",
    ],
    [
      "a lock that one holds cannot be taken again",
      function* (note) {
        const lock = new Lock();
        note(lock.tryAcquire());
        plain(note, "again", () => lock.tryAcquire());
        yield* noted(note, "again", lock.acquire());
      },
      "true, again: LOCK_HELD, again: LOCK_HELD",
    ],
    [
      "a lock that another task holds cannot be released",
      function* (note) {
        const lock = new Lock();
        yield* spawn(lock.with(suspend()), { name: "holder" });
        yield* sleep(1);
        plain(note, "tryAcquire", () => lock.tryAcquire());
        plain(note, "release", () => lock.release());
        note(lock.statistics().holder?.name);
      },
      "tryAcquire: false@1, release: LOCK_NOT_HELD@1, holder@1",
    ],
    [
      "a lock is free when those who held it and waited for it were cancelled",
      function* (note) {
        const lock = new Lock();
        yield* taskGroup(function* (group) {
          for (let i = 0; i < 2; i++) group.spawn(lock.with(suspend()));
          yield* sleep(1);
          void group.cancel();
        });
        note(`${lock.isLocked} ${lock.statistics().waiting.length}`);
      },
      "false 0@1",
    ],
    [
      "a condition tells who waits for it and who for its lock",
      function* (note) {
        const condition = new Condition();
        for (let i = 0; i < 3; i++) {
          yield* spawn(
            condition.with(function* () {
              yield* condition.wait();
            }),
          );
        }
        yield* sleep(1);
        yield* condition.with(function* () {
          condition.notify(2);
          const { waiting, lock } = condition.statistics();
          note(`${waiting.length} ${lock.waiting.length}`);
        });
        note(condition.statistics().lock.waiting.length);
        yield* condition.with(function* () {
          condition.notifyAll();
        });
      },
      "1 2@1, 1@1",
    ],
    [
      "a condition holds its lock in the cleanup of a cancelled wait",
      function* (note) {
        const condition = new Condition();
        yield* cancelScope(function* (scope) {
          yield* condition.with(function* () {
            void scope.cancel();
            try {
              yield* condition.wait();
            } finally {
              note(condition.isLocked);
            }
          });
        });
        note(condition.isLocked);
      },
      "true, false",
    ],
    [
      "an event: two wait, both are woken",
      function* (note) {
        const event = new Event();
        const tasks = [yield* spawn(event.wait()), yield* spawn(event.wait())];
        yield* sleep(1);
        note(event.statistics().waiting.length);
        event.set();
        for (const task of tasks) yield* attempt(task);
        note(event.statistics().waiting.length);
      },
      "2@1, 0@1",
    ],
  ]);
});
