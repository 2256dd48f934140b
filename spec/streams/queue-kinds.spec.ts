import { describe, expect, it } from "@jest/globals";
import { attempt, Queue, QueueShutDown, sleep, spawn, type Operation } from "coppice";
import { answersSixQuestions, atOnce } from "../support/six-questions.js";
import { simulate } from "../support/virtual.js";
import { queueKinds } from "./store-kinds.js";

/** Every way to use a queue that was shut down. */
function* uses(queue: Queue<number>): Operation<unknown[]> {
  const errors = [yield* attempt(queue.put(9)), yield* attempt(queue.get())].map(
    (outcome) => !outcome.ok && outcome.error,
  );
  for (const plain of [() => queue.tryPut(9), () => queue.tryGet()]) {
    try {
      errors.push(plain());
    } catch (error) {
      errors.push(error);
    }
  }
  return errors.map((error) => error instanceof QueueShutDown);
}

const REFUSED = [true, true, true, true];

describe.each(queueKinds)("%s", (name, make) => {
  describe("get", () => {
    answersSixQuestions(
      () => {
        const queue = make({ name: "jobs" });
        return {
          operation: queue.get(),
          complete: atOnce(() => queue.isEmpty && queue.tryPut(1)),
          fail: atOnce(() => queue.shutdown()),
          left: () => queue.statistics().getting.length,
        };
      },
      { value: 1, error: new QueueShutDown('Cannot get from queue "jobs": it was shut down.') },
    );
  });

  describe("put", () => {
    answersSixQuestions(
      () => {
        const queue = make({ name: "jobs", capacity: 1 });
        queue.tryPut(1);
        return {
          operation: queue.put(2),
          complete: atOnce(() => queue.tryGet()),
          fail: atOnce(() => queue.shutdown()),
          left: () => queue.statistics().putting.length,
        };
      },
      { value: undefined, error: new QueueShutDown('Cannot put into queue "jobs": it was shut down.') },
    );
  });

  describe("join", () => {
    answersSixQuestions(
      () => {
        const queue = make();
        queue.tryPut(1);
        queue.tryGet();
        return {
          operation: queue.join(),
          complete: atOnce(() => queue.unfinished > 0 && queue.taskDone()),
          left: () => queue.statistics().joining.length,
        };
      },
      { value: undefined },
    );
  });

  it("knows how much is in it, and whether it is full or empty", () => {
    const queue = make({ capacity: 2 });
    const states = [[queue.size, queue.isEmpty, queue.isFull]];
    for (const item of [1, 2]) {
      queue.tryPut(item);
      states.push([queue.size, queue.isEmpty, queue.isFull]);
    }
    expect(states).toEqual([
      [0, true, false],
      [1, false, false],
      [2, false, true],
    ]);
    expect([queue.capacity, queue.tryPut(3)]).toEqual([2, false]);
    expect(make().isFull).toBe(false);
  });

  it("lets a putter in for every item that is taken, and no more", async () => {
    const queue = make({ capacity: 2 });
    const put: number[] = [];
    await simulate(function* () {
      yield* spawn(function* () {
        for (let item = 0; item < 4; item++) {
          yield* queue.put(item);
          put.push(item);
        }
      });
      yield* sleep(1);
      expect(put).toEqual([0, 1]);
      queue.tryGet();
      yield* sleep(1);
      expect(put).toEqual([0, 1, 2]);
      yield* queue.get();
      yield* sleep(1);
      expect(put).toEqual([0, 1, 2, 3]);
    });
  });

  it("loses no item to a getter that is cancelled in the turn in which items are put", async () => {
    const queue = make();
    const got: number[] = [];
    const getter = function* (): Operation<void> {
      got.push(yield* queue.get());
    };
    await simulate(function* () {
      const readers = [yield* spawn(getter), yield* spawn(getter), yield* spawn(getter)];
      yield* sleep(1);
      void readers[0]?.cancel();
      queue.tryPut(1);
      queue.tryPut(2);
      yield* sleep(1);
    });
    expect([got, queue.size]).toEqual([[1, 2], 0]);
  });

  it("takes no item of a putter that is cancelled in the turn in which room comes up", async () => {
    const queue = make({ capacity: 1 });
    await simulate(function* () {
      yield* queue.put(1);
      const writers = [yield* spawn(queue.put(2)), yield* spawn(queue.put(3))];
      yield* sleep(1);
      void writers[0]?.cancel();
      expect(queue.tryGet()).toEqual({ value: 1 });
      expect(yield* queue.get()).toBe(3);
      expect([queue.size, queue.statistics().putting]).toEqual([0, []]);
    });
  });

  it("joins when every item that was put was said to be done, by several workers", async () => {
    const queue = make();
    let sum = 0;
    await simulate(function* () {
      for (let item = 0; item < 100; item++) queue.tryPut(item);
      const workers = [];
      for (let i = 0; i < 2; i++) {
        workers.push(
          yield* spawn(function* () {
            for (;;) {
              sum += yield* queue.get();
              yield* sleep(1);
              queue.taskDone();
            }
          }),
        );
      }
      yield* queue.join();
      expect([sum, queue.unfinished]).toEqual([4_950, 0]);
      yield* queue.join();
      for (const worker of workers) yield* worker.cancel();
    });
  });

  it("E5 refuses taskDone for what was never put", () => {
    expect(() => make({ name: "jobs" }).taskDone()).toThrow(
      'Queue "jobs" has no unfinished items. Call taskDone() once for every item taken.',
    );
  });

  it("shut down while empty wakes the getters, joins, and refuses everything", async () => {
    const queue = make();
    await simulate(function* () {
      const getter = yield* spawn(attempt(queue.get()));
      yield* sleep(1);
      queue.shutdown();
      yield* queue.join();
      expect((yield* getter).ok).toBe(false);
      expect(yield* uses(queue)).toEqual(REFUSED);
    });
    expect([queue.isShutDown, queue.size]).toEqual([true, 0]);
  });

  it("shut down with items wakes the putters, gives what is in it, and joins when that is done", async () => {
    const queue = make({ capacity: 1 });
    await simulate(function* () {
      yield* queue.put(1);
      const joining = yield* spawn(queue.join());
      const putting = yield* spawn(attempt(queue.put(2)));
      yield* sleep(1);
      queue.shutdown();
      expect(queue.size).toBe(1);
      expect((yield* putting).ok).toBe(false);
      expect(yield* queue.get()).toBe(1);
      yield* sleep(1);
      expect(joining.state).toBe("waiting");
      expect(yield* uses(queue)).toEqual(REFUSED);
      queue.taskDone();
      yield* joining;
      expect(() => queue.taskDone()).toThrow("has no unfinished items");
    });
  });

  it("shut down at once drops its items, counts them as done, and joins", async () => {
    const queue = make();
    await simulate(function* () {
      yield* queue.put(1);
      const joining = yield* spawn(queue.join());
      yield* sleep(1);
      queue.shutdown({ immediate: true });
      expect([queue.size, queue.unfinished]).toEqual([0, 0]);
      yield* joining;
      expect(yield* uses(queue)).toEqual(REFUSED);
      expect(() => queue.taskDone()).toThrow("has no unfinished items");
    });
  });

  it("shut down at once waits in join for what was taken and is not done", async () => {
    const queue = make();
    await simulate(function* () {
      queue.tryPut(1);
      queue.tryPut(1);
      const joining = yield* spawn(queue.join());
      yield* queue.get();
      queue.shutdown({ immediate: true });
      yield* sleep(1);
      expect([joining.state, queue.unfinished]).toEqual(["waiting", 1]);
      queue.taskDone();
      yield* joining;
      expect(() => queue.taskDone()).toThrow("has no unfinished items");
    });
  });

  it("with capacity 0 hands over from task to task, and holds nothing", async () => {
    const queue = make({ capacity: 0 });
    const log: string[] = [];
    await simulate(function* () {
      yield* spawn(function* () {
        for (const item of [1, 2]) {
          yield* queue.put(item);
          log.push(`put ${item}`);
        }
      });
      yield* sleep(1);
      log.push(`size ${queue.size}, tryPut ${queue.tryPut(9)}`);
      log.push(`got ${yield* queue.get()}`);
      yield* sleep(1);
      log.push(`got ${queue.tryGet()?.value}`);
      yield* sleep(1);
      yield* spawn(queue.get());
      yield* sleep(1);
      log.push(`full ${queue.isFull}, tryPut ${queue.tryPut(3)}`);
    });
    expect(log).toEqual([
      "size 0, tryPut false",
      "got 1",
      "put 1",
      "got 2",
      "put 2",
      "full false, tryPut true",
    ]);
  });

  it("E5 names itself when it refuses options", () => {
    expect(() => make({ capacity: -1 })).toThrow(
      `new ${name}() needs a whole number of at least 0 as \`capacity\``,
    );
    // @ts-expect-error no such option
    expect(() => make({ maxsize: 3 })).toThrow(`new ${name}() has no option "maxsize".`);
  });
});
