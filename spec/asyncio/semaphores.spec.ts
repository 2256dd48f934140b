import { describe } from "@jest/globals";
import { cancelScope, Semaphore, sleep, spawn, suspend, timeout } from "coppice";
import { failNow, noted } from "../support/doings.js";
import { stories } from "../support/story.js";
import { taking } from "./taking.js";

describe("asyncio.Semaphore and BoundedSemaphore", () => {
  stories([
    [
      "counts its free permits",
      function* (note) {
        const semaphore = new Semaphore(2);
        yield* semaphore.acquire();
        note(semaphore.free);
        yield* semaphore.acquire();
        note(semaphore.free);
        semaphore.release();
        note(semaphore.free);
      },
      "1, 0, 1",
    ],
    [
      "can begin with none free",
      function* (note) {
        const semaphore = new Semaphore(1, { free: 0 });
        yield* spawn(taking(note, "taken", semaphore));
        yield* sleep(5);
        semaphore.release();
        yield* sleep(1);
      },
      "taken@5",
    ],
    ...([0, -1, 1.5, NaN] as const).map(
      (permits) =>
        [
          `refuses ${permits} permits`,
          function* () {
            new Semaphore(permits);
          },
          "! COUNT",
        ] as const,
    ),
    [
      "refuses more free permits than there are",
      function* () {
        new Semaphore(1, { free: 2 });
      },
      "! COUNT",
    ],
    [
      "lets in as many as it has permits, and the others in the order in which they came",
      function* (note) {
        const semaphore = new Semaphore(2);
        for (const name of ["a", "b", "c", "d", "e"]) yield* spawn(taking(note, name, semaphore, 10));
        yield* sleep(100);
        note(semaphore.free);
      },
      "a, b, c@10, d@10, e@20, 2@100",
    ],
    [
      "several releases in one turn let several in",
      function* (note) {
        const semaphore = new Semaphore(3);
        for (let i = 0; i < 3; i++) yield* semaphore.acquire();
        for (const name of ["a", "b", "c"]) yield* spawn(taking(note, name, semaphore, 5));
        yield* sleep(1);
        semaphore.release();
        semaphore.release();
        yield* sleep(1);
        note(semaphore.waiting);
        yield* sleep(10);
        semaphore.release();
      },
      "a@1, b@1, 1@2, c@6",
    ],
    [
      "releasing too often is an error",
      function* () {
        new Semaphore(1).release();
      },
      "! RELEASED",
    ],
    [
      "releasing too often after a round is an error, and changes nothing",
      function* (note) {
        const semaphore = new Semaphore(2);
        yield* semaphore.with(sleep(1));
        yield* noted(note, "release", {
          *[Symbol.iterator]() {
            semaphore.release();
          },
        });
        note(semaphore.free);
      },
      "release: RELEASED@1, 2@1",
    ],
    [
      "a cancelled wait leaves the line",
      function* (note) {
        const semaphore = new Semaphore(1);
        yield* semaphore.acquire();
        const task = yield* spawn(semaphore.acquire());
        yield* sleep(1);
        yield* task.cancel();
        note(semaphore.waiting);
        semaphore.release();
        note(semaphore.free);
      },
      "0@1, 1@1",
    ],
    [
      "the first in line cancelled before a release: the second gets it",
      function* (note) {
        const semaphore = new Semaphore(1);
        yield* semaphore.acquire();
        const first = yield* spawn(taking(note, "first", semaphore));
        yield* spawn(taking(note, "second", semaphore));
        yield* sleep(1);
        void first.cancel();
        semaphore.release();
        yield* sleep(1);
      },
      "second@1",
    ],
    [
      "the first in line cancelled after the release of its permit: it gives the permit back",
      function* (note) {
        const semaphore = new Semaphore(1);
        yield* semaphore.acquire();
        const first = yield* spawn(semaphore.with(suspend()));
        yield* spawn(taking(note, "second", semaphore));
        yield* sleep(1);
        semaphore.release();
        void first.cancel();
        yield* sleep(1);
        note(semaphore.free);
      },
      "second@1, 1@2",
    ],
    [
      "the last in line cancelled changes nothing for the others",
      function* (note) {
        const semaphore = new Semaphore(1);
        yield* semaphore.acquire();
        yield* spawn(taking(note, "first", semaphore));
        const second = yield* spawn(taking(note, "second", semaphore));
        yield* sleep(1);
        void second.cancel();
        semaphore.release();
        yield* sleep(1);
        note(semaphore.free);
      },
      "first@1, 1@2",
    ],
    [
      "who releases and asks again comes behind those that wait",
      function* (note) {
        const semaphore = new Semaphore(1);
        yield* spawn(function* () {
          for (let i = 0; i < 2; i++) yield* taking(note, `greedy ${i}`, semaphore, 5)();
        });
        yield* spawn(taking(note, "patient", semaphore, 5));
        yield* sleep(50);
      },
      "greedy 0, patient@5, greedy 1@10",
    ],
    [
      "a permit that was handed over is not free for who tries",
      function* (note) {
        const semaphore = new Semaphore(1);
        yield* semaphore.acquire();
        yield* spawn(taking(note, "waiting", semaphore));
        yield* sleep(1);
        semaphore.release();
        note(semaphore.tryAcquire());
        yield* sleep(1);
      },
      "false@1, waiting@1",
    ],
    [
      "with() gives back after an error",
      function* (note) {
        const semaphore = new Semaphore(1);
        yield* noted(note, "with", semaphore.with(failNow("inner")));
        note(semaphore.free);
      },
      "with: inner, 1",
    ],
    [
      "a deadline ends the wait and takes no permit",
      function* (note) {
        const semaphore = new Semaphore(1);
        yield* semaphore.acquire();
        yield* noted(note, "wait", timeout(5, semaphore.acquire()));
        semaphore.release();
        note(semaphore.free);
      },
      "wait: TimeoutError@5, 1@5",
    ],
    [
      "any task may give a permit back",
      function* (note) {
        const semaphore = new Semaphore(1);
        yield* semaphore.acquire();
        yield* spawn(function* () {
          semaphore.release();
        });
        yield* sleep(1);
        note(semaphore.free);
      },
      "1@1",
    ],
    [
      "when its scope is cancelled already, no permit is lost",
      function* (note) {
        const semaphore = new Semaphore(1);
        yield* cancelScope(function* (scope) {
          void scope.cancel();
          yield* semaphore.with(sleep(1));
        });
        note(semaphore.free);
      },
      "1",
    ],
    [
      "tells who holds and who waits",
      function* () {
        const semaphore = new Semaphore(1);
        yield* spawn(semaphore.with(suspend()), { name: "holder" });
        yield* spawn(semaphore.with(suspend()), { name: "waiter" });
        const told = yield* cancelScope(function* () {
          yield* sleep(1);
          const { holders, waiting } = semaphore.statistics();
          return [...holders, ...waiting].map(({ name, since }) => `${name} since ${since}`);
        });
        throw new Error(String(told));
      },
      "! holder since 0,waiter since 0",
    ],
  ]);
});
