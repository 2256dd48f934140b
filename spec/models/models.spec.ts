/** What tasks share behaves as one plain thing that does one call after the other: linearizability. */
import { describe, expect, it } from "@jest/globals";
import { makeMistake } from "../laws/broken.js";
import type { Subject } from "./history.js";
import { barrierWith, conditionWith, eventWith, limiterOf, lockWith, semaphoreOf } from "./locks.js";
import { broadcastWith, channelOf, queueOf, rendezvous } from "./queues.js";
import { checkSubject } from "./scenario.js";

const SCENARIOS = 1_500;

/** A check of a subject; the types of things and of models differ. */
interface Row {
  readonly name: string;
  readonly check: (this: void, runs: number, seed?: number) => string | null;
}

function row<T, S>(subject: Subject<T, S>): Row {
  return { name: subject.name, check: (runs, seed) => checkSubject(subject, runs, seed) };
}

const rows = [
  row(queueOf(1, false)),
  row(queueOf(2, true)),
  row(queueOf(Infinity, true)),
  row(rendezvous),
  row(channelOf(1)),
  row(broadcastWith()),
  row(semaphoreOf(1)),
  row(semaphoreOf(2)),
  row(lockWith()),
  row(limiterOf(2)),
  row(conditionWith()),
  row(eventWith()),
  row(barrierWith()),
];

/** Models that say something else than the thing does. */
const wrong = [
  row(queueOf(1, false, 2)),
  row(queueOf(2, true, 1)),
  row(channelOf(1, 2)),
  row(broadcastWith(true)),
  row(semaphoreOf(1, 2)),
  row(lockWith(true)),
  row(limiterOf(2, 1)),
  row(conditionWith(true)),
  row(eventWith(true)),
  row(barrierWith(true)),
];

describe("histories of three tasks with four calls each, with cancels in any order", () => {
  it.each(rows.map((each) => [each.name, each] as const))(
    "have a legal order, first come first served: %s",
    (_, { check }) => {
      expect(check(SCENARIOS)).toBeNull();
    },
    60_000,
  );

  it.each(wrong.map((each) => [each.name, each] as const))(
    "have none when the model is another: %s",
    (_, { check }) => {
      expect(check(SCENARIOS, 1)).toMatch(/no legal order/);
    },
    60_000,
  );

  it.each<readonly [string, Row]>([
    ["Queue", row(queueOf(1, false))],
    ["Semaphore", row(semaphoreOf(1))],
    ["Lock", row(lockWith())],
    ["Limiter", row(limiterOf(2))],
  ])("have none when a cancelled waiter stays in its line: %s", (_, { check }) => {
    const repair = makeMistake("a cancelled waiter stays in its line");
    try {
      expect(check(SCENARIOS, 1)).not.toBeNull();
    } finally {
      repair();
    }
  });

  it("are found unfair when a line serves who came last", () => {
    const repair = makeMistake("a line serves who came last");
    try {
      expect(checkSubject(semaphoreOf(1), SCENARIOS, 1)).toMatch(/had waited longer/);
    } finally {
      repair();
    }
  });
});
