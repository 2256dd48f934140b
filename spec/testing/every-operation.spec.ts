/** Every public operation that waits, cancelled at every yield point and run in many orders, in four surroundings. */
import { afterAll, describe, expect, it } from "@jest/globals";
import { race, sleep, taskGroup, timeout, type Operation } from "coppice";
import { cancelEverywhere, explore } from "coppice/testing";
import { everyOperation } from "../support/every-operation.js";
import { bridges } from "./stories/bridges.js";
import { coordination } from "./stories/coordination.js";
import type { Scene, Story } from "./stories/story.js";
import { streams } from "./stories/streams.js";
import { structure } from "./stories/structure.js";

const STORIES: readonly Story[] = [...coordination, ...streams, ...bridges, ...structure];

const SURROUNDINGS: readonly (readonly [
  name: string,
  put: (op: Operation<unknown>) => Operation<unknown>,
])[] = [
  ["by itself", (op) => op],
  ["inside race()", (op) => race([op, sleep(3)])],
  ["inside timeout()", (op) => timeout(3, op, { otherwise: 0 })],
  [
    "in a group that is cancelled",
    (op) =>
      taskGroup(function* (group) {
        group.spawn(op);
        yield* sleep(2);
        group.cancel("enough");
      }),
  ],
];

const covered = new Map<string, number>();
const total = { points: 0, cancelledRuns: 0, orders: 0 };

describe.each(STORIES.map((story) => [story.covers.join(", "), story] as const))(
  "%s",
  (_, { covers, set }) => {
    it.each(SURROUNDINGS)("stands every cancellation and every order %s", async (_name, put) => {
      let scene: Scene | null = null;
      const make = (): Operation<unknown> => {
        scene = set();
        return put(scene.op);
      };
      const check = (): void => scene?.check?.();
      const { points, runs } = await cancelEverywhere(make, { check });
      const explored = await explore(make, { check, runs: 50 });
      total.points += points;
      total.cancelledRuns += runs - 1;
      total.orders += explored.runs;
      for (const name of covers) covered.set(name, (covered.get(name) ?? 0) + points);
    });
  },
);

describe("the stories", () => {
  it("are told of every public operation", () => {
    const told = new Set(STORIES.flatMap(({ covers }) => covers));
    expect(everyOperation.map(([name]) => name).filter((name) => !told.has(name))).toEqual([]);
    expect([...told].filter((name) => !everyOperation.some(([known]) => known === name))).toEqual([]);
  });
});

afterAll(() => {
  const lines = [...covered].sort().map(([name, points]) => `${String(points).padStart(5)}  ${name}`);
  const sums = `${total.points} yield points, ${total.cancelledRuns} runs with a cancel, ${total.orders} orders`;
  console.info(
    `Yield points cancelled at, in the stories of each operation:\n${lines.join("\n")}\nIn all: ${sums}`,
  );
});
