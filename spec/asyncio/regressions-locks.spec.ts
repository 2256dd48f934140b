import { describe } from "@jest/globals";
import { Barrier, Condition, Event, Semaphore, sleep, spawn, taskGroup, timeout } from "coppice";
import { noted } from "../support/doings.js";
import { stories } from "../support/story.js";
import { taking } from "./taking.js";

describe("what asyncio's locks have had wrong", () => {
  stories([
    [
      "a semaphore serves in order when its waiters come while others leave",
      function* (note) {
        const semaphore = new Semaphore(1);
        for (const name of ["a", "b"]) yield* spawn(taking(note, name, semaphore, 2));
        yield* sleep(1);
        for (const name of ["c", "d"]) yield* spawn(taking(note, name, semaphore, 2));
        yield* sleep(20);
      },
      "a, b@2, c@4, d@6",
    ],
    [
      "two permits come back, the first waiter is cancelled: the second has one, one is free",
      function* (note) {
        const semaphore = new Semaphore(2);
        yield* semaphore.acquire();
        yield* semaphore.acquire();
        const first = yield* spawn(semaphore.acquire());
        const second = yield* spawn(semaphore.acquire());
        yield* sleep(1);
        void first.cancel();
        semaphore.release();
        semaphore.release();
        yield* sleep(1);
        note(`${second.state} ${semaphore.free} ${semaphore.waiting}`);
      },
      "completed 1 0@2",
    ],
    [
      "all waiters cancelled in one turn: the permit is free again",
      function* (note) {
        const semaphore = new Semaphore(1);
        yield* semaphore.acquire();
        const tasks = [];
        for (let i = 0; i < 3; i++) tasks.push(yield* spawn(semaphore.acquire()));
        yield* sleep(1);
        for (const task of tasks) void task.cancel();
        semaphore.release();
        yield* sleep(1);
        note(`${semaphore.free} ${semaphore.waiting}`);
      },
      "1 0@2",
    ],
    [
      "tasks that take and give back in a loop neither hang nor starve each other",
      function* (note) {
        const semaphore = new Semaphore(2);
        const rounds = new Map<string, number>();
        yield* taskGroup(function* (group) {
          for (const name of ["a", "b", "c"]) {
            group.spawn(function* () {
              for (let i = 0; i < 4; i++) {
                yield* semaphore.with(sleep(1));
                rounds.set(name, i + 1);
              }
            });
          }
        });
        note([...rounds.values()]);
      },
      "4,4,4@6",
    ],
    [
      "a deadline in a block that holds it gives it back",
      function* (note) {
        const semaphore = new Semaphore(1);
        yield* noted(note, "block", timeout(5, semaphore.with(sleep(100))));
        note(semaphore.free);
      },
      "block: TimeoutError@5, 1@5",
    ],
    [
      "an event that is set in the turn in which a waiter is cut: the others are woken",
      function* (note) {
        const event = new Event();
        yield* spawn(noted(note, "short", timeout(5, event.wait())));
        yield* spawn(noted(note, "long", event.wait()));
        yield* sleep(5);
        event.set();
        yield* sleep(1);
      },
      "short: TimeoutError@5, long: undefined@5",
    ],
    [
      "notified and cut in the same turn: another waiter goes on instead",
      function* (note) {
        const condition = new Condition();
        const waiting = (name: string, ms: number) =>
          noted(note, name, timeout(ms, condition.with(condition.wait())));
        yield* spawn(waiting("short", 5));
        yield* spawn(waiting("long", 50));
        yield* sleep(1);
        yield* spawn(
          condition.with(function* () {
            yield* sleep(4);
            condition.notify();
          }),
        );
        yield* sleep(10);
      },
      "short: TimeoutError@5, long: undefined@5",
    ],
    [
      "a barrier for many tasks, many rounds: every round has each place once",
      function* (note) {
        const barrier = new Barrier(5);
        const places: number[][] = [[], [], []];
        yield* taskGroup(function* (group) {
          for (let i = 0; i < 5; i++) {
            group.spawn(function* () {
              for (const round of places) {
                yield* sleep(i);
                round.push(yield* barrier.wait());
              }
            });
          }
        });
        note(places.map((round) => [...round].sort().join("")));
      },
      "01234,01234,01234@12",
    ],
    [
      "a barrier that is aborted between two rounds fails the second only",
      function* (note) {
        const barrier = new Barrier(2);
        const party = (name: string) =>
          spawn(function* () {
            yield* noted(note, `${name}1`, barrier.wait());
            yield* sleep(1);
            yield* noted(note, `${name}2`, barrier.wait());
          });
        yield* party("a");
        yield* party("b");
        yield* sleep(0.5);
        barrier.abort();
        yield* sleep(5);
      },
      "b1: 1, a1: 0, b2: BrokenBarrierError@1, a2: BrokenBarrierError@1",
    ],
    [
      "a barrier that half have reached is reset: the next round needs all again",
      function* (note) {
        const barrier = new Barrier(4);
        for (const name of ["a", "b"]) yield* spawn(noted(note, name, barrier.wait()));
        yield* sleep(1);
        barrier.reset();
        for (const name of ["c", "d", "e"]) yield* spawn(noted(note, name, barrier.wait()));
        yield* sleep(1);
        note(barrier.waiting);
        barrier.abort();
        yield* sleep(1);
      },
      "a: BrokenBarrierError@1, b: BrokenBarrierError@1, 3@2, c: BrokenBarrierError@2, d: BrokenBarrierError@2, e: BrokenBarrierError@2",
    ],
  ]);
});
