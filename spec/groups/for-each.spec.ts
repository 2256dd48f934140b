import { describe, expect, it } from "@jest/globals";
import { ensure, forEach, now, operation, Queue, sleep, spawn, suspend, taskGroup, timeout } from "coppice";
import { fail } from "../support/fail.js";
import { Gate } from "../support/gate.js";
import { Gauge } from "../support/gauge.js";
import { answersSixQuestions, atOnce, partByPart } from "../support/six-questions.js";
import { simulate, world } from "../support/virtual.js";

const lost = new Error("lost");

describe("forEach", () => {
  answersSixQuestions(
    () => {
      const gate = new Gate();
      return {
        operation: forEach([1, 2], () => gate.pass),
        complete: partByPart(() => {
          gate.open();
        }),
        fail: atOnce(() => gate.fail(lost)),
        left: () => gate.waiting,
      };
    },
    { value: undefined, error: lost },
  );

  it("runs an operation for every item, at most `concurrency` at once", async () => {
    const gauge = new Gauge();
    const seen: number[] = [];
    const { run, host } = world();
    await run(
      forEach(
        [1, 2, 3, 4],
        (n) =>
          gauge.count(
            (function* () {
              yield* sleep(10);
              seen.push(n);
            })(),
          ),
        { concurrency: 2 },
      ),
    );
    expect(seen).toEqual([1, 2, 3, 4]);
    expect([gauge.most, host.now()]).toEqual([2, 20]);
  });

  it("gives nothing, and with `settled` how each ended, in the order of the items", async () => {
    await expect(simulate(forEach([1, 2], () => sleep(1)))).resolves.toBeUndefined();
    await expect(
      simulate(
        forEach(
          [2, 1],
          function* (n) {
            yield* sleep(n);
            return n === 1 ? fail(lost) : "done";
          },
          { settled: true },
        ),
      ),
    ).resolves.toEqual([
      { ok: true, value: "done" },
      { ok: false, error: lost },
    ]);
  });

  it("the first failure cancels the rest", async () => {
    const log: string[] = [];
    await expect(
      simulate(
        forEach([1, 2], function* (n) {
          yield* ensure(() => log.push(`gone ${n}`));
          yield* sleep(n);
          fail(lost);
        }),
      ),
    ).rejects.toBe(lost);
    expect(log).toEqual(["gone 1", "gone 2"]);
  });

  it("E5 refuses what it cannot work with, where it is called", () => {
    expect(() => forEach(5 as never, () => sleep(1))).toThrow(/^forEach\(\) needs an iterable/);
    expect(() => forEach([1], 5 as never)).toThrow(/^forEach\(\) needs a function\*/);
    expect(() => forEach([1], () => sleep(1), { concurrency: 0 })).toThrow(
      /^forEach\(\) needs a whole number/,
    );
  });
});

describe("forEach over a queue", () => {
  it("works off what comes until the queue was shut down and is empty", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const queue = new Queue<number>({ capacity: 2 });
      yield* spawn(function* () {
        for (let n = 1; n <= 5; n++) yield* queue.put(n);
        log.push(`all put at ${now()}`);
        queue.shutdown();
      });
      yield* forEach(
        queue,
        function* (n) {
          yield* sleep(10);
          log.push(`${n} at ${now()}`);
        },
        { concurrency: 1 },
      );
      log.push(`end at ${now()}`);
    });
    expect(log).toEqual([
      ...["1 at 10", "2 at 20", "all put at 20", "3 at 30", "4 at 40", "5 at 50"],
      "end at 50",
    ]);
  });

  it("takes an item only when there is somebody to work on it: backpressure reaches the producer", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const queue = new Queue<number>({ capacity: 0 });
      yield* spawn(function* () {
        for (let n = 1; n <= 4; n++) {
          yield* queue.put(n);
          log.push(`${n} taken at ${now()}`);
        }
        queue.shutdown();
      });
      yield* forEach(queue, () => sleep(10), { concurrency: 2 });
    });
    expect(log).toEqual(["1 taken at 0", "2 taken at 0", "3 taken at 10", "4 taken at 10"]);
  });

  it("S6 loses no item to a cancel: what was taken is begun, what was not stays in the queue", async () => {
    const queue = new Queue<number>();
    const begun: number[] = [];
    await simulate(function* () {
      const consumer = yield* spawn(
        forEach(
          queue,
          function* (n) {
            begun.push(n);
            yield* suspend();
          },
          { concurrency: 2 },
        ),
      );
      yield* sleep(1);
      queue.tryPut(1);
      queue.tryPut(2);
      // Handed over in this very turn, and cancelled before the consumer has gone on.
      yield* consumer.cancel();
      queue.tryPut(3);
    });
    expect(begun).toEqual([1]);
    const left: unknown[] = [];
    for (let item = queue.tryGet(); item !== undefined; item = queue.tryGet()) left.push(item.value);
    expect(left).toEqual([2, 3]);
  });

  it("lets several consumers share one queue", async () => {
    const seen: string[] = [];
    await simulate(function* () {
      const queue = new Queue<number>();
      for (let n = 0; n < 6; n++) yield* queue.put(n);
      queue.shutdown();
      yield* taskGroup(function* (group) {
        for (const name of ["a", "b"]) {
          group.spawn(
            forEach(
              queue,
              function* (n) {
                seen.push(`${name}${n}`);
                yield* sleep(1);
              },
              { concurrency: 1 },
            ),
          );
        }
        yield* sleep(0);
      });
    });
    expect(seen).toEqual(["a0", "b1", "a2", "b3", "a4", "b5"]);
  });

  it("goes with join: who uses it calls taskDone for each item", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const queue = new Queue<number>();
      for (let n = 0; n < 3; n++) yield* queue.put(n);
      yield* spawn(
        forEach(
          queue,
          function* () {
            yield* sleep(10);
            queue.taskDone();
          },
          { concurrency: 1 },
        ),
      );
      yield* queue.join();
      log.push(`joined at ${now()}`);
    });
    expect(log).toEqual(["joined at 30"]);
  });

  it("fails with what the queue's store fails with, not with its end", async () => {
    const broken = { get: operation(() => fail(lost)) };
    await expect(simulate(forEach(broken, () => sleep(1)))).rejects.toBe(lost);
  });

  it("ends at once, when the timeout around it is over, and leaves nothing behind", async () => {
    const { run, scheduler, host } = world();
    const queue = new Queue<number>();
    await run(
      timeout(
        5,
        forEach(queue, () => suspend()),
        { otherwise: undefined },
      ),
    );
    expect([host.now(), scheduler.timers.size]).toEqual([5, 0]);
    expect(queue.tryPut(1)).toBe(true);
    expect(queue.size).toBe(1);
  });
});
