import { describe } from "@jest/globals";
import { cancelScope, Lock, sleep, spawn, suspend, timeout } from "coppice";
import { failNow, noted } from "../support/doings.js";
import { stories } from "../support/story.js";
import { taking } from "./taking.js";

describe("asyncio.Lock", () => {
  stories([
    [
      "says whether it is locked, and by whom",
      function* (note) {
        const lock = new Lock();
        note(lock.isLocked);
        yield* lock.acquire();
        note(lock.isLocked);
        note(lock.statistics().holder?.since);
        lock.release();
        note(lock.isLocked);
      },
      "false, true, 0, false",
    ],
    [
      "tells who waits",
      function* (note) {
        const lock = new Lock();
        yield* lock.acquire();
        yield* spawn(taking(note, "x", lock), { name: "waiter" });
        yield* sleep(1);
        note(lock.statistics().waiting.map(({ name, since }) => `${name} since ${since}`));
        lock.release();
        yield* sleep(1);
      },
      "waiter since 0@1, x@1",
    ],
    [
      "lets in one after the other, in the order in which they came",
      function* (note) {
        const lock = new Lock();
        yield* lock.acquire();
        for (const name of ["a", "b", "c"]) yield* spawn(taking(note, name, lock, 1));
        yield* sleep(1);
        lock.release();
        yield* sleep(10);
      },
      "a@1, b@2, c@3",
    ],
    [
      "released, goes to who has waited longest, and not to who comes now",
      function* (note) {
        const lock = new Lock();
        yield* lock.acquire();
        yield* spawn(taking(note, "waiting", lock));
        yield* sleep(1);
        lock.release();
        note(lock.tryAcquire());
        note(lock.isLocked);
        yield* sleep(1);
        note(lock.isLocked);
      },
      "false@1, true@1, waiting@1, false@2",
    ],
    [
      "a cancelled wait leaves the line",
      function* (note) {
        const lock = new Lock();
        yield* lock.acquire();
        const task = yield* spawn(lock.acquire());
        yield* sleep(1);
        yield* task.cancel();
        note(lock.statistics().waiting.length);
      },
      "0@1",
    ],
    [
      "the second of three is cancelled in the turn of the release: the third gets it",
      function* (note) {
        const lock = new Lock();
        yield* lock.acquire();
        const second = yield* spawn(taking(note, "second", lock));
        yield* spawn(taking(note, "third", lock));
        yield* sleep(1);
        void second.cancel();
        lock.release();
        yield* sleep(1);
        note(lock.isLocked);
      },
      "third@1, false@2",
    ],
    [
      "released first and cancelled then: the one that has it gives it back",
      function* (note) {
        const lock = new Lock();
        yield* lock.acquire();
        const second = yield* spawn(lock.with(suspend()));
        yield* spawn(taking(note, "third", lock));
        yield* sleep(1);
        lock.release();
        void second.cancel();
        yield* sleep(1);
        note(lock.isLocked);
      },
      "third@1, false@2",
    ],
    [
      "all but one cancelled: the one gets it",
      function* (note) {
        const lock = new Lock();
        yield* lock.acquire();
        const tasks = [];
        for (const name of ["a", "b", "c"]) tasks.push(yield* spawn(taking(note, name, lock)));
        yield* sleep(1);
        for (const task of tasks.slice(0, 2)) void task.cancel();
        lock.release();
        yield* sleep(1);
      },
      "c@1",
    ],
    [
      "releasing what nobody holds is an error",
      function* () {
        new Lock().release();
      },
      "! LOCK_NOT_HELD",
    ],
    [
      "releasing twice is an error",
      function* () {
        const lock = new Lock();
        yield* lock.acquire();
        lock.release();
        lock.release();
      },
      "! LOCK_NOT_HELD",
    ],
    [
      "with() holds it and gives it back",
      function* (note) {
        const lock = new Lock();
        const value = yield* lock.with(function* () {
          note(lock.isLocked);
          return "value";
        });
        note(lock.isLocked);
        return value;
      },
      "true, false, = value",
    ],
    [
      "with() gives it back after an error",
      function* (note) {
        const lock = new Lock();
        yield* noted(note, "with", lock.with(failNow("inner")));
        note(lock.isLocked);
      },
      "with: inner, false",
    ],
    [
      "with() can be used again and again",
      function* (note) {
        const lock = new Lock();
        for (let i = 0; i < 3; i++) yield* lock.with(sleep(1));
        note(lock.isLocked);
      },
      "false@3",
    ],
    [
      "a deadline ends the wait for it",
      function* (note) {
        const lock = new Lock();
        yield* spawn(lock.with(suspend()));
        yield* sleep(1);
        yield* noted(note, "wait", timeout(5, lock.acquire()));
        note(lock.statistics().waiting.length);
      },
      "wait: TimeoutError@6, 0@6",
    ],
    [
      "when its scope is cancelled already, it is not taken",
      function* (note) {
        const lock = new Lock();
        yield* cancelScope(function* (scope) {
          void scope.cancel();
          yield* lock.acquire();
        });
        note(lock.isLocked);
      },
      "false",
    ],
  ]);
});
