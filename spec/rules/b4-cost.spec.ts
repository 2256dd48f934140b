import { describe, expect, it } from "@jest/globals";
import {
  checkpoint,
  operation,
  Queue,
  Semaphore,
  sleep,
  spawn,
  suspend,
  taskGroup,
  timeout,
  until,
  useScope,
} from "coppice";
import { boundaryOf, instantly, nodeOf, type Frame, type ScopeNode } from "../../lib/kernel/index.js";
import { world } from "../support/virtual.js";

/** The frame in which the asking code runs. */
const frame = instantly(boundaryOf);

function entries(scope: ScopeNode | null): number {
  let count = 0;
  for (let entry = scope?.oldest ?? null; entry !== null; entry = entry.newer) count++;
  return count;
}

describe("a boundary without entries", () => {
  it("B4 has no scope, whatever it waits for", async () => {
    const queue = new Queue<number>({ capacity: 1 });
    const permits = new Semaphore(1);
    const frames: Frame[] = [];
    const ordinary = operation(function* () {
      frames.push(yield* frame);
      yield* checkpoint();
      yield* sleep(1);
      yield* queue.put(1);
      yield* queue.get();
      yield* permits.acquire();
      permits.release();
      yield* until(Promise.resolve());
      frames.push(yield* frame);
    });
    await world().run(function* () {
      yield* ordinary();
      yield* ordinary();
    });
    expect(frames).toHaveLength(4);
    expect(frames.map(({ scope }) => scope)).toEqual([null, null, null, null]);
  });
});

describe("a scope", () => {
  it("B4 frees children that have finished, while it goes on", async () => {
    const counts: number[] = [];
    await world().run(function* () {
      const { scope } = yield* frame;
      expect(scope).toBeNull();
      for (let i = 0; i < 100; i++) yield* yield* spawn(sleep(1));
      yield* spawn(suspend());
      counts.push(entries((yield* frame).scope));
    });
    expect(counts).toEqual([1]);
  });

  it("B4 frees children that were cancelled or have failed, while it goes on", async () => {
    const counts: number[] = [];
    await world().run(
      taskGroup(function* (group) {
        for (let i = 0; i < 100; i++) yield* group.spawn(suspend()).cancel();
        counts.push(entries((yield* frame).scope));
      }),
    );
    expect(counts).toEqual([0]);
  });

  it("B4 frees the boundaries that were opened in it", async () => {
    const { run, scheduler } = world();
    const counts: number[] = [];
    await run(function* () {
      yield* useScope();
      for (let i = 0; i < 100; i++) yield* timeout(1000, checkpoint());
      counts.push(entries((yield* frame).scope), scheduler.timers.size);
    });
    expect(counts).toEqual([0, 0]);
  });

  it("B4 keeps nothing of a task that ended: its frames and generators are gone", async () => {
    const task = world().run(function* () {
      yield* spawn(sleep(1));
      yield* sleep(10);
      return "value";
    });
    await task;
    const { frame: top, root } = nodeOf(task);
    expect(top).toBeNull();
    expect(root.driver).toBeNull();
    expect(entries(root.scope)).toBe(0);
  });
});
