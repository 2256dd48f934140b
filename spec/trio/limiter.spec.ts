import { describe } from "@jest/globals";
import { Limiter, sleep, spawn, taskGroup } from "coppice";
import { noted } from "../support/doings.js";
import { shapeOf, stories, type Note } from "../support/story.js";

function plain(note: Note, what: string, act: () => unknown): void {
  try {
    note(`${what}: ${String(act())}`);
  } catch (error) {
    note(`${what}: ${shapeOf(error)}`);
  }
}

describe("Trio's CapacityLimiter is Limiter", () => {
  stories([
    ...([1.5, -1, NaN] as const).map(
      (total) =>
        [
          `refuses a total of ${total}`,
          function* () {
            new Limiter(total);
          },
          "! COUNT",
        ] as const,
    ),
    [
      "tells what is borrowed and what is left",
      function* (note) {
        const limiter = new Limiter(2);
        const told = () => note(`${limiter.borrowed}+${limiter.available}=${limiter.total}`);
        told();
        limiter.tryAcquire();
        told();
        limiter.release();
        told();
      },
      "0+2=2, 1+1=2, 0+2=2",
    ],
    [
      "giving back what one does not have is an error",
      function* (note) {
        const limiter = new Limiter(2);
        plain(note, "release", () => limiter.release());
        note(limiter.borrowed);
      },
      "release: NOT_BORROWED, 0",
    ],
    [
      "a task has one permit at the most",
      function* (note) {
        const limiter = new Limiter(2);
        limiter.tryAcquire();
        plain(note, "again", () => limiter.tryAcquire());
        yield* noted(note, "again", limiter.acquire());
        note(limiter.borrowed);
      },
      "again: BORROWED, again: BORROWED, 1",
    ],
    [
      "a permit can be taken for somebody else, and given back",
      function* (note) {
        const limiter = new Limiter(2);
        yield* limiter.acquire();
        yield* limiter.acquireOnBehalfOf("someone");
        plain(note, "third", () => limiter.tryAcquireOnBehalfOf("third"));
        note(limiter.statistics().holders.length);
        limiter.release();
        note(limiter.statistics().holders.map(({ borrower }) => borrower));
        limiter.releaseOnBehalfOf("someone");
        note(limiter.borrowed);
      },
      "third: false, 2, someone, 0",
    ],
    [
      "with() gives back",
      function* (note) {
        const limiter = new Limiter(1);
        yield* limiter.with(function* () {
          note(limiter.borrowed);
        });
        note(limiter.borrowed);
      },
      "1, 0",
    ],
    [
      "a permit that is given back goes to who waits",
      function* (note) {
        const limiter = new Limiter(1);
        yield* limiter.acquireOnBehalfOf("one");
        yield* spawn(limiter.acquireOnBehalfOf("two"));
        yield* sleep(1);
        limiter.releaseOnBehalfOf("one");
        note(limiter.borrowed);
        plain(note, "three", () => limiter.tryAcquireOnBehalfOf("three"));
        note(limiter.statistics().holders.map(({ borrower }) => borrower));
      },
      "1@1, three: false@1, two@1",
    ],
    [
      "without end, never makes anybody wait",
      function* (note) {
        const limiter = new Limiter(Infinity);
        for (let i = 0; i < 100; i++) yield* limiter.acquireOnBehalfOf(i);
        note(`${limiter.borrowed} ${limiter.available}`);
      },
      "100 Infinity",
    ],
    [
      "its total can be raised and lowered while it is in use",
      function* (note) {
        const limiter = new Limiter(2);
        const told = () => {
          const { holders, waiting } = limiter.statistics();
          note(`${holders.map(({ borrower }) => borrower).join("")} ${waiting.length}`);
        };
        yield* taskGroup(function* (group) {
          for (let i = 0; i < 5; i++) group.spawn(limiter.acquireOnBehalfOf(i));
          yield* sleep(1);
          told();
          limiter.total += 2;
          told();
          limiter.total -= 3;
          note(limiter.available);
          for (const i of [0, 1, 2]) limiter.releaseOnBehalfOf(i);
          told();
          limiter.releaseOnBehalfOf(3);
          told();
        });
      },
      "01 3@1, 0123 1@1, -3@1, 3 1@1, 4 0@1",
    ],
    ...([1.5, -10, NaN] as const).map(
      (total) =>
        [
          `its total cannot become ${total}`,
          function* () {
            new Limiter(2).total = total;
          },
          "! COUNT",
        ] as const,
    ),
    [
      "a cancelled wait leaves nothing behind",
      function* (note) {
        const limiter = new Limiter(1);
        yield* limiter.acquire();
        const task = yield* spawn(limiter.acquire());
        yield* sleep(1);
        yield* task.cancel();
        note(limiter.statistics().waiting.length);
      },
      "0@1",
    ],
  ]);
});
