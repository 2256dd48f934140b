/** The kit finds every one of these mistakes, and nothing in the same code without them. */
import { describe, expect, it } from "@jest/globals";
import type { Operable, Operation } from "coppice";
import { cancelEverywhere, explore, runTest } from "coppice/testing";
import { compositions } from "./compositions.js";
import { locks } from "./lock.js";
import type { Scenario } from "./mistake.js";
import { queues } from "./queue.js";
import { semaphores } from "./semaphore.js";
import { signals } from "./signals.js";

const SUBJECTS = [semaphores, queues, locks, signals, compositions];

/** What the kit's ways of looking have found, by their names: the first one only, if that is enough. */
async function lookFor(scenario: Scenario, isFirstEnough: boolean): Promise<Record<string, unknown>> {
  const { make, check, watch = [] } = scenario;
  const options = { watch, timers: 5_000, patience: 200 };
  const checked = { ...options, ...(check === undefined ? {} : { check }) };
  const ways: Record<string, () => Promise<unknown>> = {
    runTest: async () => {
      const value = await runTest(() => operationOf(make()), options);
      check?.({ outcome: "completed", value });
    },
    cancelEverywhere: () => cancelEverywhere(make, checked),
    explore: () => explore(make, { ...checked, runs: 300 }),
  };
  const found: Record<string, unknown> = {};
  for (const [way, look] of Object.entries(ways)) {
    await look().catch((error: unknown) => (found[way] = error));
    if (isFirstEnough && way in found) break;
  }
  return found;
}

function operationOf(op: Operable<unknown>): Operation<unknown> {
  return typeof op === "function" ? op() : op;
}

describe.each(SUBJECTS)("$name", ({ correct, mistakes }) => {
  it.each(correct.map((scenario, i) => [i + 1, scenario] as const))(
    "holds when it is right (%i)",
    async (_, scenario) => {
      expect(await lookFor(scenario, false)).toEqual({});
    },
    30_000,
  );

  it.each(mistakes.map((mistake) => [mistake.name, mistake.scenario] as const))(
    "%s: found",
    async (_, scenario) => {
      expect(Object.keys(await lookFor(scenario, true))).not.toEqual([]);
    },
    30_000,
  );
});

describe("the planted mistakes", () => {
  it("are forty at least, all different", () => {
    const names = SUBJECTS.flatMap(({ mistakes }) => mistakes.map((mistake) => mistake.name));
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThanOrEqual(40);
  });
});
