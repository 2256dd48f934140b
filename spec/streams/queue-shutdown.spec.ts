import { describe, expect, it } from "@jest/globals";
import { Queue, QueueShutDown, race, run as runReally, sleep, spawn, taskGroup } from "coppice";
import { drained } from "../support/drained.js";
import { answersSixQuestions, atOnce } from "../support/six-questions.js";
import { simulate, world } from "../support/virtual.js";
import { jobs, shutDown } from "./jobs.js";

describe("Queue.join", () => {
  answersSixQuestions(
    () => {
      const queue = jobs();
      queue.tryPut("a");
      return {
        operation: queue.join(),
        complete: atOnce(() => {
          queue.tryGet();
          queue.taskDone();
        }),
        left: () => 0,
      };
    },
    { value: undefined },
  );

  it("does not wait on a queue into which nothing was put", async () => {
    await expect(simulate(jobs().join())).resolves.toBeUndefined();
  });

  it("waits until every item is taken and worked off", async () => {
    const queue = jobs<number>();
    const { run, host } = world();
    const log: string[] = [];
    await run(
      taskGroup(function* (group) {
        for (let i = 0; i < 4; i++) queue.tryPut(i);
        for (const name of ["a", "b"]) {
          group.spawn(function* () {
            for (;;) {
              const item = yield* queue.get();
              yield* sleep(10);
              log.push(`${name}${item}`);
              queue.taskDone();
            }
          });
        }
        yield* queue.join();
        log.push(`joined at ${host.now()}`);
        yield* group.cancel();
      }),
    );
    expect(log).toEqual(["a0", "b1", "a2", "b3", "joined at 20"]);
  });

  it("counts nothing below 0 when dropped items were said to be done before", () => {
    const queue = new Queue<number>({ name: "jobs" });
    queue.tryPut(1);
    queue.taskDone();
    queue.shutdown({ immediate: true });
    expect(queue.unfinished).toBe(0);
    expect(() => queue.taskDone()).toThrow('Queue "jobs" has no unfinished items.');
  });

  it("counts items that an immediate shutdown drops as done", async () => {
    const queue = jobs();
    queue.tryPut("a");
    queue.tryPut("b");
    const task = simulate(queue.join());
    queue.shutdown({ immediate: true });
    await task;
    expect([queue.size, queue.isShutDown]).toEqual([0, true]);
  });

  it("E5 refuses taskDone more often than items were put", () => {
    const queue = jobs();
    queue.tryPut("a");
    queue.taskDone();
    expect(() => queue.taskDone()).toThrow(
      new Error('Queue "jobs" has no unfinished items. Call taskDone() once for every item taken.'),
    );
  });
});

describe("Queue.shutdown", () => {
  it("ends consumers by itself: no sentinels", async () => {
    const queue = jobs<number>(2);
    const taken: number[] = [];
    await simulate(
      taskGroup(function* (group) {
        group.spawn(function* producer() {
          for (let i = 0; i < 10; i++) yield* queue.put(i);
          queue.shutdown();
        });
        for (let n = 0; n < 3; n++) {
          group.spawn(function* consumer() {
            try {
              for (;;) taken.push(yield* queue.get());
            } catch (error) {
              if (!(error instanceof QueueShutDown)) throw error;
            }
          });
        }
      }),
    );
    expect(taken.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("wakes all that wait on both sides, and a second one changes nothing", async () => {
    const full = jobs(1);
    full.tryPut("a");
    const empty = jobs();
    const results = await simulate(function* () {
      const waits = [full.put("b"), empty.get(), empty.get()].map(
        (op) =>
          function* () {
            try {
              yield* op;
              return "went through";
            } catch (error) {
              return error instanceof QueueShutDown ? "shut down" : "another error";
            }
          },
      );
      const tasks = [];
      for (const wait of waits) tasks.push(yield* spawn(wait));
      yield* sleep(1);
      for (const queue of [full, empty, full, empty]) queue.shutdown();
      const ends: string[] = [];
      for (const task of tasks) ends.push(yield* task);
      return ends;
    });
    expect([results, drained(full)]).toEqual([["shut down", "shut down", "shut down"], ["a"]]);
  });

  it("turns from graceful to immediate", () => {
    const queue = jobs();
    queue.tryPut("a");
    queue.shutdown();
    const before = queue.size;
    queue.shutdown({ immediate: true });
    expect([before, queue.size]).toEqual([1, 0]);
    expect(() => queue.tryGet()).toThrow(shutDown("get from"));
  });

  it("E5 refuses misspelt options", () => {
    expect(() => jobs().shutdown({ imediate: true } as never)).toThrow(
      new TypeError('shutdown() has no option "imediate". Did you mean "immediate"?'),
    );
  });
});

describe("new Queue", () => {
  it("is unbounded and called queue unless told otherwise", () => {
    const queue = new Queue();
    expect([queue.capacity, queue.name, queue.isFull, queue.isEmpty, queue.isShutDown]).toEqual([
      Infinity,
      "queue",
      false,
      true,
      false,
    ]);
  });

  it.each([
    [{ capacity: -1 }, RangeError, "new Queue() needs a whole number of at least 0 as `capacity`, got -1."],
    [{ capacity: NaN }, RangeError, "new Queue() needs a whole number of at least 0 as `capacity`, got NaN."],
    [{ capacity: 1.5 }, RangeError, "new Queue() needs a whole number of at least 0 as `capacity`, got 1.5."],
    [
      { capacity: "10" },
      TypeError,
      'new Queue() needs a whole number of at least 0 as `capacity`, got the string "10".',
    ],
    [
      { capacity: null },
      TypeError,
      "new Queue() needs a whole number of at least 0 as `capacity`, got null.",
    ],
    [{ name: 7 }, TypeError, "new Queue() needs a string as `name`, got the number 7."],
    [{ capcity: 5 }, TypeError, 'new Queue() has no option "capcity". Did you mean "capacity"?'],
    [{ size: 5 }, TypeError, 'new Queue() has no option "size". It takes capacity, name.'],
    [100, TypeError, "new Queue() needs an object of options, got the number 100. Write { capacity: … }."],
    [null, TypeError, "new Queue() needs an object of options, got null. Write { capacity: … }."],
  ])("E5 refuses %p", (options, Class, message) => {
    expect(() => new Queue(options as never)).toThrow(new Class(message));
  });

  it("cuts a name that is a book, and keeps control characters out of it", () => {
    const { name } = new Queue({ name: `line\nfeed${"x".repeat(1_000_000)}` });
    expect([name.length, name.startsWith("line feed")]).toEqual([200, true]);
  });

  it("keeps 100,000 items and 100,000 waiters in order", async () => {
    const queue = jobs<number>();
    const count = 100_000;
    const sum = await runReally(function* () {
      for (let i = 0; i < count; i++) queue.tryPut(i);
      let inOrder = true;
      for (let i = 0; i < count; i++) inOrder &&= (yield* queue.get()) === i;
      return inOrder;
    });
    expect(sum).toBe(true);
  });

  it("keeps nothing of waiters that a race gave up", async () => {
    const queue = jobs<string>();
    await simulate(function* () {
      for (let i = 0; i < 1_000; i++) yield* race([queue.get(), sleep(0)]);
    });
    queue.tryPut("a");
    expect(queue.size).toBe(1);
  });
});
