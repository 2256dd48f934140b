import { describe, expect, it } from "@jest/globals";
import {
  action,
  all,
  allSettled,
  attempt,
  call,
  cancellation,
  checkpoint,
  createContext,
  ensure,
  operation,
  Queue,
  race,
  resource,
  scoped,
  Semaphore,
  sleep,
  spawn,
  suspend,
  taskGroup,
  timeout,
  until,
  useAbortSignal,
  useScope,
  type Operation,
} from "coppice";
import { simulate, world } from "../support/virtual.js";

function* nothing(): Operation<void> {
  // completes at once
}

const name = createContext<string>("name", "nobody");

/** Operations that have nothing to wait for. */
const immediate: [string, () => Operation<unknown>][] = [
  ["sleep(0)", () => sleep(0)],
  ["sleep()", () => sleep(1)],
  ["suspend()", suspend],
  ["checkpoint()", checkpoint],
  ["useScope()", useScope],
  ["cancellation()", cancellation],
  ["context.get()", () => name.get()],
  ["context.set()", () => name.set("somebody")],
  ["context.with()", () => name.with("somebody", nothing)],
  ["useAbortSignal()", useAbortSignal],
  ["ensure()", () => ensure(() => undefined)],
  ["spawn()", () => spawn(nothing)],
  ["scoped()", () => scoped(nothing)],
  ["timeout()", () => timeout(10, nothing)],
  ["attempt()", () => attempt(nothing)],
  ["all([])", () => all([])],
  ["allSettled([])", () => allSettled([])],
  ["race()", () => race([nothing])],
  ["taskGroup()", () => taskGroup(nothing)],
  ["an operation()", operation(nothing)],
  ["until(a resolved promise)", () => until(Promise.resolve())],
  ["call(a function without a promise)", () => call(() => 1)],
  ["action() that resolves at once", () => action<number>((resolve) => resolve(1))],
  ["queue.get() of an item", filledQueue],
  ["queue.put() with room", () => new Queue<number>().put(1)],
  ["queue.join() of an empty queue", () => new Queue<number>().join()],
  ["semaphore.acquire() of a free permit", () => new Semaphore(1).acquire()],
  ["semaphore.with()", () => new Semaphore(1).with(nothing)],
  ["joining an ended task", () => simulate(nothing)],
];

function filledQueue(): Operation<number> {
  const queue = new Queue<number>();
  queue.tryPut(1);
  return queue.get();
}

describe("every yield* of a library operation", () => {
  it.each(immediate)("S5 is a cancellation point, whether it has to wait or not: %s", async (_, make) => {
    const log: string[] = [];
    const op = make();
    await simulate(function* () {
      const task = yield* spawn(function* () {
        void task.cancel();
        log.push("goes on to the next yield*");
        try {
          yield* op;
          log.push("WENT ON");
        } finally {
          log.push("finally");
        }
      });
      yield* attempt(task);
    });
    expect(log).toEqual(["goes on to the next yield*", "finally"]);
  });

  it("S5 has no effect when a cancel lands there instead", async () => {
    const queue = new Queue<number>();
    queue.tryPut(1);
    const semaphore = new Semaphore(1);
    let calls = 0;
    const takers = [queue.get(), queue.put(2), semaphore.acquire(), call(() => calls++)];
    for (const take of takers) {
      await simulate(function* () {
        const task = yield* spawn(function* () {
          void task.cancel();
          yield* take;
        });
        yield* attempt(task);
      });
    }
    expect([queue.size, semaphore.free, calls]).toEqual([1, 1, 0]);
  });

  it("S5 lets nothing intervene between two of them", async () => {
    const counter = { value: 0 };
    const increment = operation(function* () {
      for (let i = 0; i < 1000; i++) {
        const seen = counter.value;
        counter.value = seen + 1;
        expect(counter.value).toBe(seen + 1);
        yield* checkpoint();
      }
    });
    await simulate(all([increment(), increment(), increment()]));
    expect(counter.value).toBe(3000);
  });
});

describe("operations that register something", () => {
  /** Runs an operation of a task that is cancelled already. */
  const whenCancelled = (op: () => Operation<unknown>): Promise<unknown> =>
    simulate(function* () {
      const task = yield* spawn(function* () {
        void task.cancel();
        yield* op();
        throw new Error("The cancellation did not land.");
      });
      yield* attempt(task);
    });

  it("S5 register first: ensure()", async () => {
    const log: string[] = [];
    await whenCancelled(function* () {
      log.push("acquired");
      yield* ensure(() => log.push("released"));
    });
    expect(log).toEqual(["acquired", "released"]);
  });

  it("S5 register first: resource() at its provide", async () => {
    const log: string[] = [];
    let opened: (value: string) => void = () => undefined;
    const connection = resource<string>(function* (provide) {
      const value = yield* action<string>((resolve) => {
        opened = resolve;
      });
      log.push(value);
      try {
        yield* provide(value);
      } finally {
        log.push("closed");
      }
    });
    const { run } = world();
    const task = run(function* () {
      yield* connection;
      log.push("USED");
    });
    await run(function* () {
      opened("opened");
      void task.cancel();
    });
    await Promise.allSettled([task]);
    expect(log).toEqual(["opened", "closed"]);
  });

  it("S5 register first: spawn(), whose child owns what was handed to it", async () => {
    const log: string[] = [];
    await whenCancelled(() =>
      spawn(function* child() {
        try {
          log.push("child owns it");
          yield* suspend();
        } finally {
          log.push("child gives it back");
        }
      }),
    );
    expect(log).toEqual(["child owns it", "child gives it back"]);
  });
});
