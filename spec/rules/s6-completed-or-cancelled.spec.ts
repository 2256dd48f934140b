import { describe, expect, it } from "@jest/globals";
import {
  action,
  attempt,
  checkpoint,
  ensure,
  Queue,
  Semaphore,
  sleep,
  spawn,
  suspend,
  timeout,
  until,
  type Operation,
  type Task,
} from "coppice";
import { simulate, world } from "../support/virtual.js";

type Log = string[];

/** A task that says what it was given, goes on until its next yield point, and cleans up. */
function* taker<T>(log: Log, op: Operation<T>): Operation<void> {
  try {
    const value = yield* op;
    log.push(`received ${String(value)}`);
    yield* checkpoint();
    log.push("WENT ON");
  } finally {
    log.push("finally");
  }
}

/** Has something complete a taker's wait and cancel it in one turn, in either order. */
async function inOneTurn<T>(op: Operation<T>, complete: () => void, isCompletedFirst: boolean): Promise<Log> {
  const log: Log = [];
  await simulate(function* () {
    const task = yield* spawn(taker(log, op));
    yield* sleep(1);
    if (isCompletedFirst) complete();
    void task.cancel();
    if (!isCompletedFirst) complete();
    yield* attempt(task);
    log.push(task.state);
  });
  return log;
}

const RECEIVED = ["finally", "cancelled"];

describe("a completion and a cancel in the same turn", () => {
  it("S6 gives an item that came first to the task, and cancels it at its next yield point", async () => {
    const queue = new Queue<string>();
    expect(await inOneTurn(queue.get(), () => queue.tryPut("item"), true)).toEqual([
      "received item",
      ...RECEIVED,
    ]);
    expect(queue.size).toBe(0);
  });

  it("S6 leaves an item that came second in the queue", async () => {
    const queue = new Queue<string>();
    expect(await inOneTurn(queue.get(), () => queue.tryPut("item"), false)).toEqual(RECEIVED);
    expect(queue.tryGet()).toEqual({ value: "item" });
  });

  it("S6 gives an item that came second to the next one that waits", async () => {
    const queue = new Queue<string>();
    const log: Log = [];
    await simulate(function* () {
      const first = yield* spawn(taker(log, queue.get()));
      const second = yield* spawn(queue.get());
      yield* sleep(1);
      void first.cancel();
      queue.tryPut("item");
      log.push(`second has ${yield* second}`);
    });
    expect(log).toEqual(["finally", "second has item"]);
  });

  it.each([
    [true, ["received undefined", ...RECEIVED], 0],
    [false, RECEIVED, 1],
  ])("S6 puts an item once or not at all (completed first: %p)", async (isCompletedFirst, events, size) => {
    const queue = new Queue<string>({ capacity: 1 });
    queue.tryPut("before");
    const log = await inOneTurn(queue.put("item"), () => queue.tryGet(), isCompletedFirst);
    expect(log).toEqual(events);
    expect(queue.size).toBe(1 - size);
  });

  it.each([
    [true, ["received undefined", ...RECEIVED], undefined],
    [false, RECEIVED, undefined],
  ])(
    "S6 hands over at a rendezvous once or not at all (completed first: %p)",
    async (isCompletedFirst, events) => {
      const queue = new Queue<string>({ capacity: 0 });
      let taken: unknown;
      const log = await inOneTurn(queue.put("item"), () => (taken = queue.tryGet()), isCompletedFirst);
      expect(log).toEqual(events);
      expect(taken).toEqual(isCompletedFirst ? { value: "item" } : undefined);
    },
  );

  it.each([
    [true, ["received undefined", ...RECEIVED], 0],
    [false, RECEIVED, 1],
  ])(
    "S6 hands over a permit or leaves it free (completed first: %p)",
    async (isCompletedFirst, events, free) => {
      const semaphore = new Semaphore(1);
      semaphore.tryAcquire();
      expect(await inOneTurn(semaphore.acquire(), () => semaphore.release(), isCompletedFirst)).toEqual(
        events,
      );
      expect(semaphore.free).toBe(free);
    },
  );

  it("S6 gives a permit that was handed over back through the task's finally", async () => {
    const semaphore = new Semaphore(1);
    await simulate(function* () {
      yield* semaphore.acquire();
      const task = yield* spawn(semaphore.with(suspend()));
      yield* sleep(1);
      semaphore.release();
      void task.cancel();
      yield* attempt(task);
    });
    expect(semaphore.free).toBe(1);
  });

  it.each([
    [true, ["received value", ...RECEIVED]],
    [false, RECEIVED],
  ])("S6 holds for callbacks (completed first: %p)", async (isCompletedFirst, events) => {
    let resolve: (value: string) => void = () => undefined;
    const op = action<string>((given) => {
      resolve = given;
    });
    expect(await inOneTurn(op, () => resolve("value"), isCompletedFirst)).toEqual(events);
  });

  it.each([
    [true, ["caught", ...RECEIVED]],
    [false, RECEIVED],
  ])("S6 holds for errors (completed first: %p)", async (isCompletedFirst, events) => {
    const caught: Log = [];
    let reject: (error: unknown) => void = () => undefined;
    function* failing(): Operation<void> {
      try {
        yield* action((_, given) => {
          reject = given;
        });
      } catch {
        caught.push("caught");
        yield* checkpoint();
        caught.push("WENT ON");
      }
    }
    const log = await inOneTurn(failing(), () => reject(new Error("failed")), isCompletedFirst);
    expect([...caught, ...log]).toEqual(events);
  });

  it("S6 holds for a joined task's value", async () => {
    const log: Log = [];
    const queue = new Queue<string>();
    await simulate(function* () {
      const worker = yield* spawn(queue.get());
      const joiner = yield* spawn(taker(log, worker));
      yield* sleep(1);
      queue.tryPut("item");
      // The worker ends in its turn; the joiner has its value then, and is cancelled before it goes on.
      yield* checkpoint();
      void joiner.cancel();
      yield* attempt(joiner);
    });
    expect(log).toEqual(["received item", "finally"]);
  });

  it("S6 holds for a sleep that is over", async () => {
    const log: Log = [];
    await simulate(function* () {
      const tasks: Task<void>[] = [];
      // Woken at the same instant, and steps first.
      yield* spawn(function* canceller() {
        yield* sleep(10);
        for (const task of tasks) void task.cancel();
      });
      tasks.push(yield* spawn(taker(log, sleep(10))));
      tasks.push(yield* spawn(taker(log, sleep(11))));
      for (const task of tasks) yield* attempt(task);
    });
    expect(log).toEqual(["received undefined", "finally", "finally"]);
  });

  it("S6 lets a task whose last wait has completed return its value", async () => {
    const queue = new Queue<string>();
    await simulate(function* () {
      const task = yield* spawn(queue.get());
      yield* sleep(1);
      queue.tryPut("item");
      yield* task.cancel();
      expect([task.state, task.result()]).toEqual(["completed", "item"]);
    });
  });

  it("S6 lets a boundary whose operation has completed deliver its value, however its deadline passes", async () => {
    const log: Log = [];
    await simulate(function* () {
      const value = yield* timeout(10, function* () {
        yield* ensure(() => sleep(20));
        return "value";
      });
      log.push(value);
    });
    expect(log).toEqual(["value"]);
  });

  it("S6 settles a promise's wait once when the promise settles after the cancel", async () => {
    const log: Log = [];
    let resolve: (value: string) => void = () => undefined;
    const promise = new Promise<string>((given) => (resolve = given));
    const { run } = world();
    const task = run(taker(log, until(promise)));
    const gone = task.cancel();
    resolve("late");
    await gone;
    await promise;
    expect(log).toEqual(["finally"]);
  });
});
