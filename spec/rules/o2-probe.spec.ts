import { describe, expect, it } from "@jest/globals";
import {
  all,
  attempt,
  call,
  checkpoint,
  operation,
  Queue,
  scoped,
  shield,
  sleep,
  spawn,
  suspend,
  taskGroup,
  timeout,
  until,
  type Instruction,
  type Operation,
} from "coppice";
import { nodeOf, type TaskNode } from "../../lib/kernel/index.js";
import { placesOf, trailOf } from "../../lib/kernel/probe.js";
import { parkingOperations } from "../support/every-operation.js";
import { allTasks, framesOf } from "../support/parked.js";
import { world } from "../support/virtual.js";

/** Where a task stands: the positions of all generators in all of its boundaries, outermost first. */
function positionsOf(task: TaskNode): string[] {
  return framesOf(task).flatMap(({ driver }) => (driver === null ? [] : trailOf(driver).positions));
}

/** The same as lines of this file. */
function linesOf(task: TaskNode): string[] {
  return framesOf(task).flatMap(({ driver }) => (driver === null ? [] : placesOf(driver).map(lineOf)));
}

function lineOf(place: string): string {
  return /([^/]+:\d+):\d+$/.exec(place)?.[1] ?? place;
}

/** The operation itself, noting the line it stands on. */
function here<T>(op: Operation<T>, lines: string[]): Operation<T> {
  const caller = new Error().stack?.split("\n")[2] ?? "";
  lines.push(lineOf(/([^\s(]+:\d+:\d+)\)?$/.exec(caller)?.[1] ?? ""));
  return op;
}

describe("O2 the probe", () => {
  it("O2 tells where every generator of a chain stands, through delegation and operation() alike", async () => {
    const lines: string[] = [];
    function* delegate() {
      yield* here(suspend(), lines);
    }
    const named = operation(function* named() {
      yield* here(delegate(), lines);
    });
    function* outer() {
      yield* here(
        scoped(() => here(named(), lines)),
        lines,
      );
    }
    const { run } = world();
    const task = run(function* main() {
      yield* here(outer(), lines);
    });
    const seen = linesOf(nodeOf(task));
    await task.cancel();
    // `here` notes outer lines first; the arrow inside `scoped` is no generator, and has no line of its own.
    expect(seen).toEqual([lines[0], lines[1], lines[3], lines[4]]);
    expect(new Set(seen).size).toBe(4);
  });

  it("O2 counts the generators of a chain that delegate to one another", async () => {
    function* chain(n: number): ReturnType<typeof suspendIn> {
      return n > 1 ? yield* chain(n - 1) : yield* suspendIn("");
    }
    const { run } = world();
    for (const length of [1, 2, 7, 100]) {
      const task = run(chain(length));
      const [frame] = framesOf(nodeOf(task));
      const trail = frame?.driver == null ? null : trailOf(frame.driver);
      await task.cancel();
      expect([trail?.depth, trail?.positions.length]).toEqual([length + 1, length + 1]);
    }
  });

  it("O2 runs no user code, and the task stays parked as if nobody had looked", async () => {
    const { run } = world();
    const log: string[] = [];
    const queue = new Queue<string>();
    const task = run(function* () {
      try {
        log.push("before");
        const item = yield* queue.get();
        log.push(item);
      } finally {
        log.push("after");
      }
    });
    const node = nodeOf(task);
    const { wait } = node;
    for (let i = 0; i < 10; i++) positionsOf(node);
    expect([log, task.state, node.wait === wait]).toEqual([["before"], "waiting", true]);
    queue.tryPut("item");
    await task;
    expect(log).toEqual(["before", "item", "after"]);
  });

  it("O2 gives the same answer while a task stays, and another when it has gone on", async () => {
    const { run } = world();
    const seen = await run(function* () {
      const child = yield* spawn(function* () {
        yield* sleep(10);
        yield* sleep(10);
        for (;;) yield* sleep(10);
      });
      const positions: string[] = [];
      for (let i = 0; i < 5; i++) {
        yield* sleep(i === 0 ? 5 : 10);
        positions.push(positionsOf(nodeOf(child)).join(), positionsOf(nodeOf(child)).join());
      }
      return positions;
    });
    const [first, firstAgain, second, secondAgain, third, , fourth] = seen;
    expect([firstAgain, secondAgain, fourth]).toEqual([first, second, third]);
    expect(new Set([first, second, third]).size).toBe(3);
  });

  it("O2 tells two yields on one line apart", async () => {
    const { run } = world();
    const gates = [new Queue<number>(), new Queue<number>()] as const;
    // prettier-ignore
    const task = run(function* () { return (yield* gates[0].get()) + (yield* gates[1].get()); });
    const first = positionsOf(nodeOf(task));
    gates[0].tryPut(1);
    const second = positionsOf(nodeOf(task));
    gates[1].tryPut(2);
    expect(await task).toBe(3);
    expect(first).not.toEqual(second);
  });

  it.each(parkingOperations)("O2 sees through to the line that waits for %s", (_, make) => {
    const { run, scheduler } = world();
    const lines: string[] = [];
    const task = run(function* () {
      yield* here(make(), lines);
    });
    const node = nodeOf(task);
    const waits = allTasks(scheduler).map((each) => each.wait);
    const [seen] = linesOf(node);
    const isUnmoved = allTasks(scheduler).every((each, i) => each.wait === waits[i]);
    expect([seen, isUnmoved]).toEqual([lines[0], true]);
    void task.cancel("", { grace: 0 }).then(undefined, () => undefined);
  });

  it("O2 sees every task of a tree, at any depth", async () => {
    const { run, scheduler } = world();
    let depths: number[] = [];
    await run(
      taskGroup(function* (group) {
        group.spawn(all([timeout(100, suspendIn("a"), { otherwise: "late" }), shield(attempt(sleep(50)))]));
        yield* sleep(5);
        const parked = allTasks(scheduler).filter((task) => task.wait !== null);
        depths = parked.map((task) => positionsOf(task).length);
        yield* group.cancel();
      }),
    );
    // The runner that gathers results, and the two operations that it waits for.
    expect(depths).toEqual([1, 1, 0]);
  });

  it("O2 leaves a task that waits for a promise or a callback where it is", async () => {
    const { run } = world();
    const task = run(function* () {
      return [
        yield* until(new Promise<number>((resolve) => setImmediate(resolve, 1))),
        yield* call(() => Promise.resolve(2)),
      ];
    });
    const before = positionsOf(nodeOf(task));
    expect(before).toHaveLength(1);
    await expect(task).resolves.toEqual([1, 2]);
  });

  it("O2 ends its trail at a foreign iterator, and advances nothing behind it", async () => {
    const { run } = world();
    const log: string[] = [];
    function* inner() {
      yield* sleep(5);
      log.push("inner went on");
      return "value";
    }
    // An iterator that passes nothing on: what hand-written adapters look like.
    const foreign: Operation<string> = {
      [Symbol.iterator]() {
        const iterator = inner();
        return { next: () => iterator.next() };
      },
    };
    const task = run(function* () {
      return yield* foreign;
    });
    positionsOf(nodeOf(task));
    positionsOf(nodeOf(task));
    expect([log, task.state]).toEqual([[], "waiting"]);
    await expect(task).resolves.toBe("value");
    expect(log).toEqual(["inner went on"]);
  });

  it("O2 restores the host's own settings for stacks", async () => {
    const { run } = world();
    const task = run(suspend());
    const settings = () => Object.getOwnPropertyDescriptor(Error, "prepareStackTrace")?.value as unknown;
    const before = [Error.stackTraceLimit, settings()];
    positionsOf(nodeOf(task));
    linesOf(nodeOf(task));
    expect([Error.stackTraceLimit, settings()]).toEqual(before);
    await task.cancel();
  });

  it("O2 sees a task that gives way without moving it in the line", async () => {
    const { run, scheduler } = world();
    const log: string[] = [];
    await run(function* () {
      for (const name of ["a", "b"]) {
        yield* spawn(
          function* () {
            for (let i = 0; i < 2; i++) {
              log.push(`${name}${i}`);
              yield* checkpoint();
            }
          },
          { name },
        );
      }
      yield* checkpoint();
      for (const task of allTasks(scheduler))
        if (task.name !== "main" && task.wait !== null) positionsOf(task);
      yield* sleep(1);
    });
    expect(log).toEqual(["a0", "b0", "a1", "b1"]);
  });
});

function* suspendIn(name: string): Generator<Instruction, string> {
  yield* suspend();
  return name;
}
