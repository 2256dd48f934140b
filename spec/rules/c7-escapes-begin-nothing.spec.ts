import { describe, expect, it } from "@jest/globals";
import { CleanupError, ensure, Queue, sleep, type Operation } from "coppice";
import { endOf } from "../support/ways-to-cancel.js";
import { world } from "../support/virtual.js";

/* eslint-disable no-unsafe-finally -- what unsafe finally blocks do is the subject here */

/**
 * Takes items and works on each; its `finally` throws, and a `catch` around it sends it back to the queue.
 *
 * @param hasScope - it has something to clean up, too
 */
const consumer = (hasScope: boolean, jobs: Queue<number>, log: string[]) =>
  function* consume(): Operation<void> {
    if (hasScope) yield* ensure(() => log.push("cleans up"));
    for (;;) {
      try {
        try {
          log.push(`takes ${yield* jobs.get()}`);
          yield* sleep(5);
        } finally {
          throw new Error("cannot close");
        }
      } catch {
        // and tries again
      }
    }
  };

describe("a task whose finally blocks cannot wait, and that goes back to work when it is cut,", () => {
  it.each([
    ["a bare one", false, []],
    ["one with a scope", true, ["cleans up"]],
  ] as const)("C7 takes nothing more: %s", async (_, hasScope, cleanup) => {
    const jobs = new Queue<number>();
    const log: string[] = [];
    const task = world().run(consumer(hasScope, jobs, log));
    for (const job of [1, 2, 3]) jobs.tryPut(job);
    const { error } = await endOf(task.cancel());
    expect(error).toBeInstanceOf(CleanupError);
    expect([log, jobs.size]).toEqual([["takes 1", ...cleanup], 2]);
  });
});
