import { describe, expect, it } from "@jest/globals";
import {
  checkpoint,
  ensure,
  ExceptionGroup,
  map,
  now,
  run,
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
import { rejectionOf } from "../support/rejection.js";
import { answersSixQuestions, atOnce, partByPart } from "../support/six-questions.js";
import { simulate, world } from "../support/virtual.js";
import { double } from "./double.js";

const lost = new Error("lost");

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
    const error = await rejectionOf(
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
    await rejectionOf(
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
    const error = await rejectionOf(
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
    const error = await rejectionOf(
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
    [new WeakMap(), "a WeakMap"],
    [{ get: (url: string) => url }, "an object of class Object"],
  ])("E5 refuses %p as a source", (source, shown) => {
    expect(() => map(source as never, double)).toThrow(
      new TypeError(
        `map() needs an iterable, an async iterable, a queue or something like one, got ${shown}.`,
      ),
    );
  });

  it.each<[string, () => unknown]>([
    ["a Promise. Make it a function*, or give until(promise)", () => Promise.resolve(1)],
    ["the number 1", () => 1],
    ["undefined", () => undefined],
  ])("E5 refuses a source whose get() returns %s", async (shown, get) => {
    const error = await rejectionOf(run(map({ get } as never, double)));
    expect(error).toEqual(
      new TypeError(`A loop needs a source whose get() returns an operation, but it returned ${shown}.`),
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
