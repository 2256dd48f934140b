import { describe, expect, it } from "@jest/globals";
import {
  createScope,
  ensure,
  operation,
  race,
  resource,
  scoped,
  sleep,
  spawn,
  suspend,
  taskGroup,
  timeout,
} from "coppice";
import { nodeOf, TaskNode, type ScopeNode } from "../../lib/kernel/index.js";
import { fail } from "../support/fail.js";
import { allTasks, framesOf } from "../support/parked.js";
import { world } from "../support/virtual.js";

/** The live tree as nested names. */
interface Shape {
  [task: string]: Shape;
}

function shapeOf(task: TaskNode): Shape {
  const shape: Shape = {};
  for (const frame of framesOf(task)) {
    for (const entry of entriesOf(frame.scope))
      if (entry instanceof TaskNode) shape[entry.name] = shapeOf(entry);
  }
  return shape;
}

function entriesOf(scope: ScopeNode | null): unknown[] {
  const entries: unknown[] = [];
  for (let entry = scope?.oldest ?? null; entry !== null; entry = entry.newer) entries.push(entry);
  return entries;
}

describe("O5 the tree is the one registry", () => {
  it("O5 shows every running task, where it belongs", async () => {
    const { run, scheduler } = world();
    const service = operation(function* service() {
      yield* resource<string>(function* usePool(provide) {
        yield* spawn(suspend(), { name: "heartbeat" });
        yield* provide("pool");
      });
      yield* taskGroup(function* (group) {
        group.spawn(suspend(), { name: "producer" });
        group.spawn(
          scoped(function* () {
            yield* spawn(suspend(), { name: "fetcher" });
            yield* suspend();
          }),
          { name: "consumer" },
        );
        yield* suspend();
      });
    });
    const task = run(service());
    run(suspend(), { name: "other root" });
    await new Promise((resolve) => setImmediate(resolve));
    const shape = Object.fromEntries(Array.from(scheduler.roots, (root) => [root.name, shapeOf(root)]));
    expect(shape).toEqual({
      service: { usePool: { heartbeat: {} }, producer: {}, consumer: { fetcher: {} } },
      "other root": {},
    });
    await task.cancel();
    expect(Array.from(scheduler.roots, (root) => root.name)).toEqual(["other root"]);
  });

  it("O5 a task is in it as long as it runs, and not a moment longer", async () => {
    const { run, scheduler } = world();
    const seen: string[][] = [];
    const look = () =>
      seen.push(
        allTasks(scheduler)
          .map(({ name }) => name)
          .slice(1),
      );
    await run(function* () {
      const task = yield* spawn(
        function* () {
          try {
            yield* sleep(5);
          } finally {
            yield* sleep(5);
          }
        },
        { name: "child" },
      );
      look();
      yield* sleep(7);
      look();
      yield* task;
      look();
    });
    expect(seen).toEqual([["child"], ["child"], []]);
  });

  it("O5 20,000 short children leave a long-lived scope as it was", async () => {
    const { run } = world();
    const left = await run(function* () {
      const scope = createScope();
      for (let i = 0; i < 10_000; i++) {
        yield* spawn(sleep(0));
        scope.run(function* () {
          return i;
        });
        if (i % 100 === 99) yield* sleep(1);
      }
      yield* sleep(1);
      yield* scope.cancel();
      return "done";
    });
    expect(left).toBe("done");
  });

  it("O5 lists children in the order of their creation, and drops those that end, wherever they stand", async () => {
    const { run } = world();
    const orders = await run(function* parent() {
      const seen: string[] = [];
      const tasks = [];
      for (const name of ["a", "b", "c", "d"]) tasks.push(yield* spawn(suspend(), { name }));
      const own = tasks.map((task) => nodeOf(task).owner)[0] ?? null;
      const look = () =>
        seen.push(
          entriesOf(own)
            .map((entry) => (entry as TaskNode).name)
            .join(""),
        );
      look();
      yield* tasks[1]?.cancel() ?? fail("no task");
      look();
      yield* tasks[3]?.cancel() ?? fail("no task");
      look();
      yield* tasks[0]?.cancel() ?? fail("no task");
      look();
      yield* spawn(suspend(), { name: "e" });
      look();
      return seen;
    });
    expect(orders).toEqual(["abcd", "acd", "ac", "c", "ce"]);
  });

  it.each([
    ["completes", () => sleep(1)],
    ["fails", () => failing()],
    ["is timed out", () => timeout(5, suspend(), { otherwise: 1 })],
    ["loses a race", () => race([suspend(), sleep(1)])],
    ["is cancelled inside", () => cancelsItself()],
  ])("O5 nothing is left in it when everything %s", async (_, op) => {
    const { run, scheduler } = world();
    await run(function* () {
      yield* ensure(() => undefined);
      yield* spawn(suspend());
      yield* op();
    }).then(undefined, () => undefined);
    expect([allTasks(scheduler).length, scheduler.timers.size, scheduler.readyCount]).toEqual([0, 0, 0]);
  });

  it("O5 tasks have ids of their own, in the order of their creation", async () => {
    const { run } = world();
    const ids = await run(function* () {
      const tasks = [];
      for (let i = 0; i < 5; i++) tasks.push(yield* spawn(sleep(0)));
      return tasks.map(({ id }) => id);
    });
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
  });
});

function* failing() {
  yield* sleep(1);
  fail(new Error("lost"));
}

function* cancelsItself() {
  const child = yield* spawn(suspend());
  yield* child.cancel();
}
