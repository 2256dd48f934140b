import { describe, expect, it } from "@jest/globals";
import {
  Broadcast,
  checkpoint,
  ensure,
  ExceptionGroup,
  map,
  now,
  operation,
  Queue,
  sleep,
  spawn,
  suspend,
  timeout,
  type Attempt,
  type Operation,
} from "coppice";
import { fail } from "../support/fail.js";
import { Gate } from "../support/gate.js";
import { Gauge } from "../support/gauge.js";
import { answersSixQuestions, atOnce, partByPart } from "../support/six-questions.js";
import { simulate, world } from "../support/virtual.js";

const lost = new Error("lost");

const double = operation(function* double(n: number) {
  yield* sleep(n);
  return n * 2;
});

async function thrownBy(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("did not fail");
}

describe("map", () => {
  answersSixQuestions(
    () => {
      const gate = new Gate<string>();
      return {
        operation: map([1, 2], () => gate.pass),
        complete: partByPart(() => gate.open("a")),
        fail: atOnce(() => gate.fail(lost)),
        left: () => gate.waiting,
      };
    },
    { value: ["a", "a"], error: lost },
  );

  it("runs an operation for every item, together, and gives the results in the order of the items", async () => {
    const { run, host } = world();
    await expect(run(map([3, 1, 2], double))).resolves.toEqual([6, 2, 4]);
    expect(host.now()).toBe(3);
  });

  it("gives them in the order of completion when they need not be ordered", async () => {
    await expect(simulate(map([3, 1, 2], double, { ordered: false }))).resolves.toEqual([2, 4, 6]);
  });

  it("tells the operation the index", async () => {
    await expect(
      simulate(
        map(["a", "b"], function* (item, index) {
          yield* sleep(5 - index);
          return `${index}${item}`;
        }),
      ),
    ).resolves.toEqual(["0a", "1b"]);
  });

  it("gives an empty list for nothing", async () => {
    await expect(simulate(map([], double))).resolves.toEqual([]);
  });

  it("runs at most `concurrency` at once", async () => {
    const gauge = new Gauge();
    const { run, host } = world();
    await run(map(Array(100).keys(), () => gauge.count(sleep(10)), { concurrency: 10 }));
    expect(gauge.most).toBe(10);
    expect(host.now()).toBe(100);
  });

  it("one after the other with a concurrency of 1", async () => {
    const log: string[] = [];
    await simulate(
      map(
        [1, 2, 3],
        function* (n) {
          log.push(`begin ${n}`);
          yield* sleep(5 - n);
          log.push(`end ${n}`);
        },
        { concurrency: 1 },
      ),
    );
    expect(log).toEqual(["begin 1", "end 1", "begin 2", "end 2", "begin 3", "end 3"]);
  });

  it("pulls the source only when there is somebody to work on the next item", async () => {
    const log: string[] = [];
    function* source() {
      for (let n = 1; n <= 4; n++) {
        log.push(`pull ${n} at ${now()}`);
        yield n;
      }
    }
    await simulate(map(source(), () => sleep(10), { concurrency: 2 }));
    expect(log).toEqual(["pull 1 at 0", "pull 2 at 0", "pull 3 at 10", "pull 4 at 10"]);
  });

  it("the first failure cancels the rest, and is thrown when they are gone", async () => {
    const log: string[] = [];
    const error = await thrownBy(
      simulate(
        map([1, 2, 3], function* (n) {
          try {
            yield* sleep(n * 10);
            if (n === 1) fail(lost);
          } finally {
            if (n === 2) yield* sleep(50);
            log.push(`${n} gone at ${now()}`);
          }
        }),
      ),
    );
    expect(error).toBe(lost);
    expect(log).toEqual(["1 gone at 10", "3 gone at 10", "2 gone at 60"]);
  });

  it("pulls nothing more after a failure", async () => {
    const pulled: number[] = [];
    function* source() {
      for (let n = 0; ; n++) {
        pulled.push(n);
        yield n;
      }
    }
    await thrownBy(
      simulate(
        map(
          source(),
          function* (n) {
            yield* sleep(1);
            if (n === 3) fail(lost);
          },
          { concurrency: 2 },
        ),
      ),
    );
    expect(pulled).toEqual([0, 1, 2, 3]);
  });

  it("throws a group when cleanup adds to the failure (E2)", async () => {
    const error = await thrownBy(
      simulate(
        map([1, 2], function* (n) {
          yield* ensure(() => {
            if (n === 2) fail("cleanup");
          });
          yield* sleep(n);
          fail(lost);
        }),
      ),
    );
    expect((error as ExceptionGroup).errors).toEqual([lost, "cleanup"]);
  });

  it("throws what the operation's function throws before it makes an operation", async () => {
    await expect(simulate(map([1], () => fail(lost) as Operation<number>))).rejects.toBe(lost);
  });

  it("collects failures among the results when settled", async () => {
    const results = await simulate(function* () {
      const settled: Attempt<number>[] = yield* map(
        [2, 1, 3],
        function* (n) {
          yield* sleep(n);
          return n === 1 ? fail(lost) : n;
        },
        { settled: true },
      );
      return settled;
    });
    expect(results).toEqual([
      { ok: true, value: 2 },
      { ok: false, error: lost },
      { ok: true, value: 3 },
    ]);
  });

  it("collects them in the order of completion too", async () => {
    const results = await simulate(
      map(
        [2, 1],
        function* (n) {
          yield* sleep(n);
          return n === 1 ? fail(lost) : n;
        },
        { settled: true, ordered: false },
      ),
    );
    expect(results).toEqual([
      { ok: false, error: lost },
      { ok: true, value: 2 },
    ]);
  });

  it("throws what the source throws, even when settled", async () => {
    function* source() {
      yield 1;
      fail(lost);
    }
    await expect(simulate(map(source(), double, { settled: true }))).rejects.toBe(lost);
  });

  it("throws what cleanup throws when it is cancelled, also when settled (C5)", async () => {
    const error = await thrownBy(
      simulate(
        timeout(
          5,
          map(
            [1],
            function* () {
              yield* ensure(() => fail(lost));
              yield* suspend();
            },
            { settled: true },
          ),
        ),
      ),
    );
    expect(error).toBe(lost);
  });

  it("has each item in a boundary of its own: what it holds is given back when it is done", async () => {
    const log: string[] = [];
    await simulate(
      map(
        [1, 2],
        function* (n) {
          yield* ensure(() => log.push(`gave back ${n}`));
          yield* spawn(suspend());
          log.push(`used ${n}`);
          yield* sleep(0);
        },
        { concurrency: 1 },
      ),
    );
    expect(log).toEqual(["used 1", "gave back 1", "used 2", "gave back 2"]);
  });

  it("can run again, over a source that can", async () => {
    const op = map([1, 2], double);
    await expect(
      simulate(function* () {
        return [yield* op, yield* op];
      }),
    ).resolves.toEqual([
      [2, 4],
      [2, 4],
    ]);
  });

  it("lets others have their turns while it goes through a long list (S4)", async () => {
    const log: string[] = [];
    const { run } = world();
    await run(function* () {
      yield* spawn(function* () {
        for (let i = 0; i < 3; i++) yield* checkpoint();
        log.push("other");
      });
      yield* map(
        Array(100_000).keys(),
        function* () {
          yield* checkpoint();
        },
        { concurrency: 1 },
      );
      log.push("map");
    });
    expect(log).toEqual(["other", "map"]);
  });

  it.each<[unknown, string]>([
    [null, "null"],
    [undefined, "undefined"],
    [5, "the number 5"],
    [{}, "an object of class Object"],
    [sleep(1), "an operation. Give it what the operation gives: map(yield* …)"],
    [double(1), "an operation. Give it what the operation gives: map(yield* …)"],
    [sleep, 'the function "sleep"'],
    [Promise.resolve([]), "a Promise"],
  ])("E5 refuses %p as a source", (source, shown) => {
    expect(() => map(source as never, double)).toThrow(
      new TypeError(
        `map() needs an iterable, an async iterable, a queue or something like one, got ${shown}.`,
      ),
    );
  });

  it("E5 refuses what is no function, a bad concurrency, and misspelt options", () => {
    expect(() => map([1], 5 as never)).toThrow(new TypeError("map() needs a function*, got the number 5."));
    expect(() =>
      map([1], async function load() {
        await Promise.resolve();
      } as never),
    ).toThrow(/^map\(\) needs an operation or a function\*, got the async function "load"/);
    for (const concurrency of [0, -1, 1.5, Number.NaN]) {
      expect(() => map([1], double, { concurrency })).toThrow(
        new RangeError(`map() needs a whole number of at least 1 as \`concurrency\`, got ${concurrency}.`),
      );
    }
    expect(() => map([1], double, { concurency: 2 } as never)).toThrow(
      new TypeError('map() has no option "concurency". Did you mean "concurrency"?'),
    );
  });
});

describe("map over a queue", () => {
  it("gives the results when the queue was shut down and is empty", async () => {
    await expect(
      simulate(function* () {
        const queue = new Queue<number>();
        yield* spawn(function* () {
          for (const n of [1, 2, 3]) {
            yield* queue.put(n);
            yield* sleep(10);
          }
          queue.shutdown();
        });
        return yield* map(queue, double);
      }),
    ).resolves.toEqual([2, 4, 6]);
  });
});

describe("map over a broadcast", () => {
  it("sees what is sent while it runs, and unsubscribes at its end", async () => {
    const prices = new Broadcast<number>();
    await expect(
      simulate(function* () {
        yield* spawn(function* () {
          yield* sleep(1);
          for (const n of [1, 2]) prices.send(n);
          prices.shutdown();
        });
        return yield* map(prices, double);
      }),
    ).resolves.toEqual([2, 4]);
    expect(prices.subscribers).toBe(0);
  });
});

describe("map over an async iterable", () => {
  /** An async generator that keeps a record of what is done with it. */
  function recorded(log: string[], count = 3) {
    return (async function* () {
      try {
        for (let n = 1; n <= count; n++) {
          log.push(`pull ${n}`);
          await Promise.resolve();
          yield n;
        }
      } finally {
        await new Promise((resolve) => setImmediate(resolve));
        log.push("returned");
      }
    })();
  }

  it("pulls it as fast as it is worked off, and gives the results", async () => {
    const log: string[] = [];
    const results = await simulate(
      map(
        recorded(log),
        function* (n) {
          log.push(`begin ${n}`);
          yield* sleep(5);
          log.push(`end ${n}`);
          return n;
        },
        { concurrency: 1 },
      ),
    );
    expect(results).toEqual([1, 2, 3]);
    expect(log).toEqual([
      ...["pull 1", "begin 1", "end 1", "pull 2", "begin 2", "end 2", "pull 3", "begin 3", "end 3"],
      "returned",
    ]);
  });

  it("returns it, and waits for that, when cancelled", async () => {
    const log: string[] = [];
    await simulate(
      timeout(
        5,
        map(
          recorded(log),
          function* (n) {
            try {
              yield* suspend();
            } finally {
              log.push(`left ${n}`);
            }
          },
          { concurrency: 2 },
        ),
        { otherwise: undefined },
      ),
    );
    log.push("behind");
    expect(log).toEqual(["pull 1", "pull 2", "left 2", "left 1", "returned", "behind"]);
  });

  it("returns it, and waits for that, when an item fails", async () => {
    const log: string[] = [];
    await expect(
      simulate(
        map(
          recorded(log),
          function* () {
            yield* sleep(1);
            fail(lost);
          },
          { concurrency: 1 },
        ),
      ),
    ).rejects.toBe(lost);
    expect(log).toEqual(["pull 1", "returned"]);
  });

  it("adds what the return throws to the failure", async () => {
    const source = (async function* () {
      try {
        yield await Promise.resolve(1);
        yield 2;
      } finally {
        fail("cleanup");
      }
    })();
    const error = await thrownBy(
      simulate(
        map(
          source,
          function* () {
            yield* sleep(1);
            fail(lost);
          },
          { concurrency: 1 },
        ),
      ),
    );
    expect((error as ExceptionGroup).errors).toEqual([lost, "cleanup"]);
  });

  it("throws what it throws, without returning it", async () => {
    const calls: string[] = [];
    const source = {
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.reject(lost),
        return: () => {
          calls.push("return");
          return Promise.resolve({ done: true as const, value: undefined });
        },
      }),
    };
    await expect(simulate(map(source, double))).rejects.toBe(lost);
    expect(calls).toEqual([]);
  });

  it("works with one that has no return", async () => {
    let count = 0;
    const source = {
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.resolve({ done: count === 2, value: count++ }),
      }),
    };
    await expect(simulate(map(source as AsyncIterable<number>, double))).resolves.toEqual([0, 2]);
  });

  it("works over a ReadableStream, and cancels it when cut off", async () => {
    const log: string[] = [];
    const make = () =>
      new ReadableStream<number>({
        start(controller) {
          controller.enqueue(1);
          controller.enqueue(2);
          if (log.length > 0) return;
          controller.close();
        },
        cancel: (reason) => void log.push(`cancelled: ${String(reason)}`),
      });
    await expect(simulate(map(make(), double))).resolves.toEqual([2, 4]);
    log.push("second");
    const task = simulate(map(make(), double));
    await new Promise((resolve) => setImmediate(resolve));
    await task.cancel("enough");
    expect(log).toEqual(["second", "cancelled: enough"]);
  });
});

describe("map over an iterable", () => {
  it("returns an iterator that it leaves before its end", async () => {
    const log: string[] = [];
    function* source() {
      try {
        for (let n = 0; ; n++) yield n;
      } finally {
        log.push("returned");
      }
    }
    await simulate(
      timeout(
        5,
        map(source(), () => suspend(), { concurrency: 2 }),
        { otherwise: undefined },
      ),
    );
    expect(log).toEqual(["returned"]);
  });

  it("takes a text by its characters, a Set and a Map by their entries", async () => {
    const same = operation(function* same<T>(item: T) {
      yield* sleep(0);
      return item;
    });
    await expect(simulate(map("ab", same))).resolves.toEqual(["a", "b"]);
    await expect(simulate(map(new Map([["k", 1]]), same))).resolves.toEqual([["k", 1]]);
  });
});
