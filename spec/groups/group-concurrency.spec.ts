import { describe, expect, it } from "@jest/globals";
import { ExceptionGroup, now, sleep, spawn, suspend, taskGroup, timeout, type Task } from "coppice";
import { fail } from "../support/fail.js";
import { simulate, world } from "../support/virtual.js";

const lost = new Error("lost");

/** Keeps count of how many run at once. */
class Gauge {
  running = 0;
  most = 0;

  work(ms: number, done?: () => void) {
    // An arrow function cannot be a generator.
    // eslint-disable-next-line @typescript-eslint/no-this-alias
    const gauge = this;
    return function* () {
      gauge.most = Math.max(gauge.most, ++gauge.running);
      try {
        yield* sleep(ms);
        done?.();
      } finally {
        gauge.running--;
      }
    };
  }
}

describe("taskGroup with concurrency", () => {
  it("runs at most so many tasks at once, the others in order, each as soon as one has ended", async () => {
    const gauge = new Gauge();
    const log: string[] = [];
    await simulate(
      taskGroup(
        function* (group) {
          for (const [name, ms] of [
            ["a", 10],
            ["b", 30],
            ["c", 5],
            ["d", 5],
            ["e", 20],
          ] as const) {
            group.spawn(gauge.work(ms, () => log.push(`${name} at ${now()}`)));
          }
          yield* sleep(0);
        },
        { concurrency: 2 },
      ),
    );
    expect(gauge.most).toBe(2);
    expect(log).toEqual(["a at 10", "c at 15", "d at 20", "b at 30", "e at 40"]);
  });

  it("gives every task at once, and its result after the group", async () => {
    const tasks: Task<number>[] = [];
    await simulate(
      taskGroup(
        function* (group) {
          for (let i = 0; i < 5; i++) {
            tasks.push(
              group.spawn(function* () {
                yield* sleep(1);
                return i;
              }),
            );
          }
          expect(tasks.map(({ state }) => state)).toEqual(["ready", "ready", "ready", "ready", "ready"]);
          yield* sleep(0);
          expect(tasks.map(({ state }) => state)).toEqual(["waiting", "ready", "ready", "ready", "ready"]);
        },
        { concurrency: 1 },
      ),
    );
    expect(tasks.map((task) => task.result())).toEqual([0, 1, 2, 3, 4]);
  });

  it("does not count the body, nor tasks that were spawned elsewhere", async () => {
    const { run, host } = world();
    await run(
      taskGroup(
        function* (group) {
          group.spawn(sleep(10));
          yield* spawn(sleep(10));
          yield* sleep(10);
        },
        { concurrency: 1 },
      ),
    );
    expect(host.now()).toBe(10);
  });

  it("lets tasks that run spawn more, which wait their turn", async () => {
    const gauge = new Gauge();
    const { run, host } = world();
    await run(
      taskGroup(
        function* (group) {
          group.spawn(function* () {
            yield* gauge.work(1)();
            for (let i = 0; i < 4; i++) group.spawn(gauge.work(10));
          });
          yield* sleep(0);
        },
        { concurrency: 2 },
      ),
    );
    expect(gauge.most).toBe(2);
    expect(host.now()).toBe(21);
  });

  it("gives the turn of a failed or cancelled task to the next", async () => {
    const log: string[] = [];
    await simulate(
      taskGroup(
        function* (group) {
          const first = group.spawn(suspend());
          group.spawn(function* () {
            log.push(`second at ${now()}`);
            yield* sleep(1);
          });
          yield* sleep(5);
          yield* first.cancel();
        },
        { concurrency: 1 },
      ),
    );
    expect(log).toEqual(["second at 5"]);
  });

  it("a task that waits its turn and is cancelled does not wait on: it runs to its first yield point (C12)", async () => {
    const log: string[] = [];
    await simulate(
      taskGroup(
        function* (group) {
          group.spawn(sleep(100));
          const waiting = group.spawn(function* () {
            try {
              log.push("began");
              yield* sleep(1);
              log.push("went on");
            } finally {
              log.push("cleaned up");
            }
          });
          const next = group.spawn(function* () {
            log.push(`next at ${now()}`);
            yield* sleep(0);
          });
          yield* sleep(5);
          yield* waiting.cancel();
          log.push(`cancelled at ${now()}, next is ${next.state}`);
        },
        { concurrency: 1 },
      ),
    );
    expect(log).toEqual(["began", "cleaned up", "cancelled at 5, next is ready", "next at 100"]);
  });

  it("cancelled as a whole, runs all that wait to their first yield point, newest first, and ends", async () => {
    const log: string[] = [];
    const { run, host, scheduler } = world();
    await run(
      taskGroup(
        function* (group) {
          for (let i = 0; i < 4; i++) {
            group.spawn(function* () {
              log.push(`began ${i}`);
              try {
                yield* suspend();
              } finally {
                log.push(`left ${i}`);
              }
            });
          }
          yield* sleep(5);
          yield* group.cancel();
        },
        { concurrency: 1 },
      ),
    );
    expect(log).toEqual(["began 0", "began 3", "left 3", "began 2", "left 2", "began 1", "left 1", "left 0"]);
    expect(host.now()).toBe(5);
    expect(scheduler.timers.size).toBe(0);
  });

  it("spawned into when it was cancelled already, runs the task to its first yield point at once", async () => {
    const log: string[] = [];
    await simulate(
      taskGroup(
        function* (group) {
          group.spawn(suspend());
          yield* sleep(1);
          void group.cancel();
          group.spawn(function* () {
            log.push("began");
            yield* sleep(0);
            log.push("went on");
          });
        },
        { concurrency: 1 },
      ),
    );
    expect(log).toEqual(["began"]);
  });

  it("ends with the first failure, and with what the cleanup of all adds", async () => {
    const error: unknown = await simulate(
      taskGroup(
        function* (group) {
          group.spawn(function* () {
            yield* sleep(1);
            fail(lost);
          });
          for (let i = 0; i < 3; i++) {
            group.spawn(function* () {
              try {
                yield* suspend();
              } finally {
                fail(`cleanup ${i}`);
              }
            });
          }
          yield* suspend();
        },
        { concurrency: 2 },
      ),
    ).catch((thrown: unknown) => thrown);
    expect((error as ExceptionGroup).errors).toEqual([lost, "cleanup 2", "cleanup 1", "cleanup 0"]);
  });

  it("holds through a timeout around it, with ten thousand tasks", async () => {
    const gauge = new Gauge();
    const { run, host } = world();
    await run(
      timeout(
        100,
        taskGroup(
          function* (group) {
            for (let i = 0; i < 10_000; i++) group.spawn(gauge.work(10));
            yield* sleep(0);
          },
          { concurrency: 50 },
        ),
        { otherwise: undefined },
      ),
    );
    expect(host.now()).toBe(100);
    expect(gauge.running).toBe(0);
  });

  it.each([0, -1, 1.5, Number.NaN])("E5 refuses %p", (concurrency) => {
    expect(() => taskGroup(() => suspend(), { concurrency })).toThrow(
      new RangeError(
        `taskGroup() needs a whole number of at least 1 as \`concurrency\`, got ${concurrency}.`,
      ),
    );
  });

  it("has no limit at Infinity", async () => {
    const gauge = new Gauge();
    await simulate(
      taskGroup(
        function* (group) {
          for (let i = 0; i < 100; i++) group.spawn(gauge.work(1));
          yield* sleep(0);
        },
        { concurrency: Infinity },
      ),
    );
    expect(gauge.most).toBe(100);
  });
});
