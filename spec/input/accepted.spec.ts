/** What looks odd and is in order: it works, and is passed on as it is. */
import { describe, expect, it } from "@jest/globals";
import {
  all,
  allSettled,
  checkpoint,
  Queue,
  race,
  run,
  sleep,
  spawn,
  suspend,
  timeout,
  type Operation,
} from "coppice";
import { simulate, world } from "../support/virtual.js";

describe("lengths of time", () => {
  it.each([Infinity, 2 ** 31, 2 ** 53])("a timeout of %s ms works", async (ms) => {
    const { run: start, scheduler } = world();
    await start(timeout(ms, () => checkpoint()));
    expect(scheduler.timers.size).toBe(0);
  });

  it("a sleep of 0 lets the others have one turn", async () => {
    const log: string[] = [];
    await simulate(function* () {
      yield* spawn(function* () {
        log.push("other");
        yield* sleep(0);
        log.push("other again");
      });
      yield* sleep(0);
      log.push("own");
      yield* sleep(0);
    });
    expect(log).toEqual(["other", "own", "other again"]);
  });
});

describe("items", () => {
  it("undefined is one, and is told from nothing", () => {
    const queue = new Queue<undefined>();
    queue.tryPut(undefined);
    expect([queue.tryGet(), queue.tryGet()]).toEqual([{ value: undefined }, undefined]);
  });

  it("frozen and hostile ones are passed through untouched", async () => {
    const hostile = new Proxy(
      {},
      {
        get: () => {
          throw new Error("touched");
        },
      },
    );
    const items = [Object.freeze({ a: 1 }), hostile];
    const queue = new Queue<object>();
    const got: object[] = [];
    await simulate(function* () {
      for (const item of items) yield* queue.put(item);
      got.push(yield* queue.get(), yield* queue.get());
    });
    expect(got[0] === items[0] && got[1] === hostile).toBe(true);
  });
});

describe("what is thrown", () => {
  it.each([undefined, null, "text", 42, Symbol("s"), Object.freeze(new Error("frozen")), () => 1])(
    "%p arrives as it is, at a catch, at a joiner and at the promise",
    async (thrown) => {
      function* failing(): Operation<never> {
        yield* sleep(1);
        throw thrown;
      }
      const got: unknown[] = [];
      const task = simulate(function* () {
        try {
          yield* failing();
        } catch (error) {
          got.push(error);
        }
        const [result] = yield* allSettled([failing]);
        got.push(result.ok ? "nothing" : result.error);
        yield* failing();
      });
      await task.then(undefined, (error: unknown) => got.push(error));
      expect(got).toHaveLength(3);
      expect(got.every((error) => Object.is(error, thrown))).toBe(true);
    },
  );

  it("an error with a getter that throws does no harm", async () => {
    const error = Object.defineProperty(new Error("x"), "message", {
      get: () => {
        throw new Error("read");
      },
    });
    const caught = await simulate(function* () {
      yield* all([
        function* (): Operation<void> {
          throw error;
        },
      ]);
    }).then(undefined, (thrown: unknown) => thrown);
    expect(caught).toBe(error);
  });
});

describe("lists", () => {
  it("none for all() gives none", async () => {
    expect(await simulate(all([]))).toEqual([]);
  });

  it("a hundred thousand for all() and race() work", async () => {
    const ops = Array.from(
      { length: 100_000 },
      (_, i) =>
        function* (): Operation<number> {
          return i;
        },
    );
    expect((await simulate(all(ops))).at(-1)).toBe(99_999);
    expect(await simulate(race(ops))).toBe(0);
  });

  it("one that throws while it is read starts nothing", () => {
    const started: string[] = [];
    function* ops(): Generator<() => Operation<void>> {
      yield function* () {
        started.push("one");
      };
      throw new Error("no more");
    }
    expect(() => all(ops())).toThrow("no more");
    expect(started).toEqual([]);
  });
});

describe("names and options", () => {
  it("a book as a name is cut at 200 characters, without control characters", async () => {
    const task = run(sleep(0), { name: `<b>\n\u001b${"x".repeat(1_000_000)}` });
    await task;
    expect([task.name.length, task.name.slice(0, 6)]).toEqual([200, "<b>  x"]);
  });

  it("options may have getters, and no prototype", async () => {
    const options = Object.create(null, {
      name: { get: () => "poll", enumerable: true },
    }) as { name: string };
    const task = run(sleep(0), options);
    await task;
    expect(task.name).toBe("poll");
    expect("polluted" in {}).toBe(false);
  });
});

describe("generators that others meddle with", () => {
  it.each([
    ["return", (generator: Generator) => generator.return(7)],
    ["throw", (generator: Generator) => generator.throw(new Error("meddling"))],
    ["next", (generator: Generator) => generator.next()],
  ])("%s() from outside leaves nothing half done", async (_, meddle) => {
    const { scheduler, run: start } = world();
    const generator = (function* work() {
      yield* sleep(5);
      return "ok";
    })();
    const task = start(generator);
    try {
      meddle(generator);
    } catch {
      // The culprit is told.
    }
    await task.then(undefined, () => undefined);
    expect([[...scheduler.roots].length, scheduler.timers.size, scheduler.readyCount]).toEqual([0, 0, 0]);
  });

  it("a finally that returns a value during a cancel does not win against it", async () => {
    const task = simulate(function* () {
      try {
        yield* suspend();
      } finally {
        // eslint-disable-next-line no-unsafe-finally -- the mistake that this is about
        return 5;
      }
    });
    await task.cancel();
    expect(task.state).toBe("cancelled");
  });
});

it("run() inside a task starts a root of its own, which outlives it", async () => {
  const { run: start } = world();
  const inner = await start(function* () {
    const task = run(function* () {
      yield* sleep(5);
      return "outlived";
    });
    return [task];
  });
  expect(await inner[0]).toBe("outlived");
});

it("a second shutdown does nothing", () => {
  const queue = new Queue<number>();
  queue.shutdown();
  expect(() => queue.shutdown()).not.toThrow();
});
