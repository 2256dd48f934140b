import { describe, expect, it } from "@jest/globals";
import { all, Semaphore, sleep, spawn, suspend, timeout } from "coppice";
import { fail } from "../support/fail.js";
import { answersSixQuestions, partByPart } from "../support/six-questions.js";
import { simulate, world } from "../support/virtual.js";

const lost = new Error("lost");

function taken(permits: number): Semaphore {
  const semaphore = new Semaphore(permits, { name: "limit" });
  for (let i = 0; i < permits; i++) semaphore.tryAcquire();
  return semaphore;
}

describe("Semaphore.with", () => {
  answersSixQuestions(
    () => {
      const semaphore = taken(1);
      return {
        operation: semaphore.with(function* () {
          return "held";
        }),
        complete: partByPart(() => {
          if (semaphore.free === 0) semaphore.release();
        }),
        left: () => semaphore.waiting,
      };
    },
    { value: "held" },
  );

  it("lets no more than its permits run at the same time", async () => {
    const { run, host } = world();
    const semaphore = new Semaphore(3);
    let [running, most] = [0, 0];
    await run(
      all(
        Array.from({ length: 10 }, () =>
          semaphore.with(function* () {
            most = Math.max(most, ++running);
            yield* sleep(10);
            running--;
          }),
        ),
      ),
    );
    expect([most, host.now(), semaphore.free]).toEqual([3, 40, 3]);
  });

  it.each(["throw", "cancel"])("gives the permit back when its operation ends by %s", async (how) => {
    const semaphore = new Semaphore(1);
    const task = simulate(
      semaphore.with(function* () {
        yield* sleep(1);
        if (how === "throw") fail(lost);
        yield* suspend();
      }),
    );
    if (how === "cancel") await task.cancel();
    await task.catch(() => undefined);
    expect(semaphore.free).toBe(1);
  });

  it("gives the permit back only when what its operation started is gone", async () => {
    const semaphore = new Semaphore(1);
    const log: string[] = [];
    await simulate(function* () {
      yield* semaphore.with(function* () {
        yield* spawn(function* () {
          try {
            yield* suspend();
          } finally {
            yield* sleep(1);
            log.push(`child gone, ${semaphore.free} free`);
          }
        });
        yield* sleep(1);
      });
      log.push(`over, ${semaphore.free} free`);
    });
    expect(log).toEqual(["child gone, 0 free", "over, 1 free"]);
  });

  it("takes no permit when it is timed out in the line", async () => {
    const semaphore = taken(1);
    const result = await simulate(timeout(5, semaphore.with(sleep(1)), { otherwise: "too late" }));
    semaphore.release();
    expect([result, semaphore.free]).toEqual(["too late", 1]);
  });

  it.each([
    [undefined, "Semaphore.with() needs an operation or a function*, got undefined."],
    [5, "Semaphore.with() needs an operation or a function*, got the number 5."],
    [
      Promise.resolve(),
      "Semaphore.with() needs an operation or a function*, got a Promise. Use until(promise).",
    ],
    [
      async function load() {
        await Promise.resolve();
      },
      'Semaphore.with() needs an operation or a function*, got the async function "load". Write a function*, or use call(load).',
    ],
  ])("E5 refuses %p where it is called, and takes no permit", (op, message) => {
    const semaphore = new Semaphore(1);
    expect(() => semaphore.with(op as never)).toThrow(new TypeError(message));
    expect(semaphore.free).toBe(1);
  });

  it("E5 refuses a generator object the second time, and gives the permit back", async () => {
    const semaphore = new Semaphore(1);
    const once = (function* () {
      yield* sleep(1);
    })();
    await simulate(semaphore.with(once));
    await expect(simulate(semaphore.with(once))).rejects.toThrow("A generator object can run only once");
    expect(semaphore.free).toBe(1);
  });
});

describe("new Semaphore", () => {
  it("E5 refuses a release without an acquire", () => {
    const semaphore = new Semaphore(2, { name: "limit" });
    expect(() => semaphore.release()).toThrow(
      new Error('Semaphore "limit" has all its 2 permits back. Release once for every acquire.'),
    );
    semaphore.tryAcquire();
    semaphore.release();
    expect(() => semaphore.release()).toThrow(Error);
    expect(semaphore.free).toBe(2);
  });

  it("with Infinity never makes anybody wait", async () => {
    const semaphore = new Semaphore(Infinity);
    await simulate(all(Array.from({ length: 1_000 }, () => semaphore.acquire())));
    expect([semaphore.free, semaphore.waiting]).toEqual([Infinity, 0]);
  });

  it.each([
    [0, RangeError, "new Semaphore() needs a whole number of at least 1 as `permits`, got 0."],
    [-1, RangeError, "new Semaphore() needs a whole number of at least 1 as `permits`, got -1."],
    [NaN, RangeError, "new Semaphore() needs a whole number of at least 1 as `permits`, got NaN."],
    [1.5, RangeError, "new Semaphore() needs a whole number of at least 1 as `permits`, got 1.5."],
    ["3", TypeError, 'new Semaphore() needs a whole number of at least 1 as `permits`, got the string "3".'],
    [undefined, TypeError, "new Semaphore() needs a whole number of at least 1 as `permits`, got undefined."],
  ])("E5 refuses %p permits", (permits, Class, message) => {
    expect(() => new Semaphore(permits as never)).toThrow(new Class(message));
  });

  it("E5 refuses misspelt options", () => {
    expect(() => new Semaphore(1, { nam: "x" } as never)).toThrow(
      new TypeError('new Semaphore() has no option "nam". Did you mean "name"?'),
    );
  });
});
