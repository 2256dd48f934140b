/** Scenes that are swept: cancelled at every moment, and run in many orders of tasks and timers. */
import { describe, expect, it } from "@jest/globals";
import { taskGroup, type Operation } from "coppice";
import { cancelEverywhere, explore } from "coppice/testing";

/** What is run, and what has to hold when it has ended, whatever was cancelled at whatever moment. */
export interface Scene {
  readonly run: () => Operation<unknown>;
  /** What is left of it, as text: holders, waiters, items that are nowhere. */
  readonly left: () => string;
  readonly clean: string;
  /** Whether a task waits for its partners: then only all of them are cancelled, and not one alone. */
  readonly isMutual?: boolean;
}

/** Three tasks that want the same thing at the same time. */
export function* three(use: (n: number) => Operation<unknown>): Operation<void> {
  yield* taskGroup(function* (group) {
    for (const n of [1, 2, 3]) group.spawn(() => use(n), { name: `task ${n}` });
  });
}

/** States for every scene that it is left clean, each as specs of its own. */
export function leaveNothing(scenes: readonly (readonly [name: string, make: () => Scene])[]): void {
  describe.each(scenes)("%s", (_, make) => {
    it("is safe against a cancel at every yield point, before it waits, while it does, and when it was handed over", async () => {
      let scene = make();
      const report = await cancelEverywhere(() => (scene = make()).run(), {
        tasks: scene.isMutual !== true,
        check: () => expect(scene.left()).toBe(scene.clean),
      });
      expect(report.runs).toBeGreaterThan(report.points);
    });

    it("is left as clean in any order of tasks and timers", async () => {
      let scene = make();
      const report = await explore(() => (scene = make()).run(), {
        runs: 200,
        check: () => expect(scene.left()).toBe(scene.clean),
      });
      expect(report.runs).toBeGreaterThan(0);
    });
  });
}
