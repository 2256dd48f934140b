import { describe } from "@jest/globals";
import { attempt, Barrier, sleep, spawn, timeout, type Operation } from "coppice";
import { noted } from "../support/doings.js";
import { shapeOf, stories, type Note } from "../support/story.js";

function arriving(note: Note, name: string, barrier: Barrier, ms = 0) {
  return function* arrive(): Operation<void> {
    yield* sleep(ms);
    const ended = yield* attempt(barrier.wait());
    note(`${name} ${ended.ok ? ended.value : shapeOf(ended.error)}`);
  };
}

function* parties(note: Note, barrier: Barrier, ...names: string[]): Operation<void> {
  for (const name of names) yield* spawn(arriving(note, name, barrier));
  yield* sleep(1);
}

describe("asyncio.Barrier", () => {
  stories([
    ...([0, -5, 1.5] as const).map(
      (count) =>
        [
          `refuses ${count} parties`,
          function* () {
            new Barrier(count);
          },
          "! COUNT",
        ] as const,
    ),
    [
      "tells how many it is for, and how many wait",
      function* (note) {
        const barrier = new Barrier(3);
        yield* parties(note, barrier, "a", "b");
        note(`${barrier.waiting} of ${barrier.parties}`);
        barrier.abort();
        yield* sleep(1);
      },
      "2 of 3@1, a BrokenBarrierError@1, b BrokenBarrierError@1",
    ],
    [
      "for one lets pass at once",
      function* () {
        return yield* new Barrier(1).wait();
      },
      "= 0",
    ],
    [
      "lets all go on when the last has come, each with its place",
      function* (note) {
        const barrier = new Barrier(3);
        for (const [name, ms] of [
          ["a", 3],
          ["b", 1],
          ["c", 2],
        ] as const) {
          yield* spawn(arriving(note, name, barrier, ms));
        }
        yield* sleep(10);
      },
      "a 2@3, b 0@3, c 1@3",
    ],
    [
      "one place is 0: that task can do what is to be done once",
      function* (note) {
        const barrier = new Barrier(4);
        for (let i = 0; i < 4; i++) {
          yield* spawn(function* () {
            if ((yield* barrier.wait()) === 0) note("once");
          });
        }
        yield* sleep(1);
      },
      "once",
    ],
    [
      "is ready for the next round at once",
      function* (note) {
        const barrier = new Barrier(2);
        for (const name of ["a", "b"]) {
          yield* spawn(function* () {
            for (let round = 0; round < 3; round++) yield* arriving(note, `${name}${round}`, barrier)();
          });
        }
        yield* sleep(10);
        note(barrier.waiting);
      },
      "b0 1, a0 0, a1 1, b1 0, b2 1, a2 0, 0@10",
    ],
    [
      "takes more tasks than it has parties, round by round",
      function* (note) {
        const barrier = new Barrier(2);
        yield* parties(note, barrier, "a", "b", "c");
        note(barrier.waiting);
        yield* parties(note, barrier, "d");
      },
      "b 1, a 0, 1@1, d 1@1, c 0@1",
    ],
    [
      "a cancelled one no longer counts",
      function* (note) {
        const barrier = new Barrier(2);
        const first = yield* spawn(arriving(note, "first", barrier));
        yield* sleep(1);
        yield* first.cancel();
        note(barrier.waiting);
        yield* parties(note, barrier, "second", "third");
      },
      "0@1, third 1@1, second 0@1",
    ],
    [
      "a deadline ends one wait, and breaks nothing",
      function* (note) {
        const barrier = new Barrier(2);
        yield* noted(note, "alone", timeout(5, barrier.wait()));
        note(barrier.isBroken);
        yield* parties(note, barrier, "a", "b");
      },
      "alone: TimeoutError@5, false@5, b 1@5, a 0@5",
    ],
  ]);
});

describe("asyncio.Barrier: reset and abort", () => {
  stories([
    [
      "reset fails those that wait, and the barrier is as new",
      function* (note) {
        const barrier = new Barrier(3);
        yield* parties(note, barrier, "a", "b");
        barrier.reset();
        note(barrier.isBroken);
        yield* parties(note, barrier, "c", "d", "e");
      },
      "false@1, a BrokenBarrierError@1, b BrokenBarrierError@1, e 2@1, c 0@1, d 1@1",
    ],
    [
      "reset of a barrier that nobody waits at does nothing",
      function* (note) {
        const barrier = new Barrier(2);
        barrier.reset();
        yield* parties(note, barrier, "a", "b");
      },
      "b 1, a 0",
    ],
    [
      "reset by one of the tasks, for the others",
      function* (note) {
        const barrier = new Barrier(3);
        yield* parties(note, barrier, "a", "b");
        yield* spawn(function* () {
          barrier.reset();
        });
        yield* sleep(1);
        note(barrier.waiting);
      },
      "a BrokenBarrierError@1, b BrokenBarrierError@1, 0@2",
    ],
    [
      "abort fails those that wait, and those that come",
      function* (note) {
        const barrier = new Barrier(3);
        yield* parties(note, barrier, "a", "b");
        barrier.abort();
        note(barrier.isBroken);
        yield* parties(note, barrier, "late");
      },
      "true@1, a BrokenBarrierError@1, b BrokenBarrierError@1, late BrokenBarrierError@1",
    ],
    [
      "abort of a barrier that nobody waits at fails those that come",
      function* () {
        const barrier = new Barrier(2);
        barrier.abort();
        yield* barrier.wait();
      },
      "! BrokenBarrierError",
    ],
    [
      "abort twice is the same as once",
      function* (note) {
        const barrier = new Barrier(2);
        barrier.abort();
        barrier.abort();
        note(barrier.isBroken);
      },
      "true",
    ],
    [
      "abort, then reset makes it as new",
      function* (note) {
        const barrier = new Barrier(2);
        barrier.abort();
        barrier.reset();
        note(barrier.isBroken);
        yield* parties(note, barrier, "a", "b");
      },
      "false, b 1, a 0",
    ],
    [
      "abort in the turn in which the last has come: all have passed",
      function* (note) {
        const barrier = new Barrier(2);
        yield* spawn(arriving(note, "a", barrier));
        yield* spawn(function* () {
          yield* barrier.wait();
          note("b passed");
          barrier.abort();
        });
        yield* sleep(1);
        note(barrier.isBroken);
      },
      "a 1, b passed, true@1",
    ],
    [
      "one task that fails aborts for all, when it says so",
      function* (note) {
        const barrier = new Barrier(2);
        yield* spawn(arriving(note, "other", barrier));
        yield* spawn(function* () {
          try {
            yield* sleep(1);
            throw new Error("lost");
          } catch {
            barrier.abort();
          }
        });
        yield* sleep(5);
      },
      "other BrokenBarrierError@1",
    ],
    [
      "statistics tell parties, breakage, and who waits since when",
      function* () {
        const barrier = new Barrier(2);
        const task = yield* spawn(barrier.wait(), { name: "early" });
        yield* sleep(5);
        const { parties: count, isBroken, waiting } = barrier.statistics();
        void task.cancel();
        return [count, isBroken, ...waiting.map(({ name, since }) => `${name} since ${since}`)];
      },
      "= 2,false,early since 0",
    ],
  ]);
});
