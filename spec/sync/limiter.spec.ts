import { describe, expect, it } from "@jest/globals";
import { all, attempt, Limiter, run, sleep, spawn, suspend, timeout } from "coppice";
import { answersSixQuestions, atOnce } from "../support/six-questions.js";
import { simulate, world } from "../support/virtual.js";

/** A limiter whose permits are all out, to borrowers named 0, 1, 2 … */
function full(total: number): Limiter {
  const limiter = new Limiter(total, { name: "threads" });
  for (let i = 0; i < total; i++) limiter.tryAcquireOnBehalfOf(i);
  return limiter;
}

const borrowers = (limiter: Limiter): unknown[] =>
  limiter.statistics().holders.map(({ borrower }) => borrower);

describe("Limiter.acquire", () => {
  answersSixQuestions(
    () => {
      const limiter = full(1);
      return {
        operation: limiter.acquire(),
        complete: atOnce(() => limiter.releaseOnBehalfOf(0)),
        left: () => limiter.statistics().waiting.length,
      };
    },
    { value: undefined },
  );

  it("borrows one permit for the task, and refuses it a second", async () => {
    const limiter = new Limiter(2, { name: "threads" });
    const log: unknown[] = [];
    await simulate(
      function* () {
        yield* limiter.acquire();
        log.push([limiter.total, limiter.borrowed, limiter.available]);
        const again = yield* attempt(limiter.acquire());
        expect(again).toMatchObject({
          ok: false,
          error: {
            code: "COPPICE_BORROWED",
            message:
              'Task "main" cannot acquire a second permit of limiter "threads". Release the first one, or acquire on behalf of something else.',
          },
        });
        expect(() => limiter.tryAcquire()).toThrow('Task "main" cannot acquire a second permit');
        log.push(limiter.borrowed);
        limiter.release();
        log.push(limiter.borrowed);
      },
      { name: "main" },
    );
    expect(log).toEqual([[2, 1, 1], 1, 0]);
  });

  it("serves strictly first come, first served: nobody barges past a waiter", async () => {
    const limiter = full(1);
    const log: string[] = [];
    await simulate(function* () {
      for (const name of ["a", "b"]) {
        yield* spawn(
          limiter.with(function* () {
            log.push(name);
          }),
        );
      }
      yield* sleep(1);
      limiter.releaseOnBehalfOf(0);
      log.push(`barged in: ${limiter.tryAcquire()}`);
      yield* sleep(1);
    });
    expect(log).toEqual(["barged in: false", "a", "b"]);
  });

  it("leaves the permit to the next when a waiter was cancelled before the hand-over", async () => {
    const limiter = full(1);
    const log: string[] = [];
    await simulate(function* () {
      const first = yield* spawn(limiter.acquire());
      yield* spawn(
        limiter.with(function* () {
          log.push("second has it");
        }),
      );
      yield* sleep(1);
      void first.cancel();
      limiter.releaseOnBehalfOf(0);
      yield* sleep(1);
    });
    expect([...log, limiter.borrowed, limiter.statistics().waiting]).toEqual(["second has it", 0, []]);
  });
});

describe("Limiter.acquireOnBehalfOf", () => {
  it("borrows for whatever it is told, several for one task", async () => {
    const limiter = new Limiter(3, { name: "threads" });
    const worker = {};
    await simulate(function* () {
      yield* limiter.acquire();
      yield* limiter.acquireOnBehalfOf("someone");
      yield* limiter.acquireOnBehalfOf(worker);
      expect(borrowers(limiter).slice(1)).toEqual(["someone", worker]);
      expect(limiter.tryAcquireOnBehalfOf("third party")).toBe(false);
      limiter.release();
      limiter.releaseOnBehalfOf(worker);
    });
    expect(borrowers(limiter)).toEqual(["someone"]);
  });

  it("E5 refuses a borrower that has a permit already, and to take back what was not borrowed", async () => {
    const limiter = full(2);
    expect(() => limiter.tryAcquireOnBehalfOf(0)).toThrow(
      'Borrower "the number 0" cannot acquire a second permit',
    );
    expect(await simulate(attempt(limiter.acquireOnBehalfOf(1)))).toMatchObject({ ok: false });
    expect(() => limiter.releaseOnBehalfOf("x")).toThrow(
      'Borrower "x" gave a permit of limiter "threads" back, but has none. Release once for every acquire.',
    );
  });

  it("E5 refuses the second of two that wait for one borrower, when its turn comes", async () => {
    const limiter = full(1);
    const outcomes = await simulate(function* () {
      const tasks = [];
      for (const name of ["x", "x", "y"]) tasks.push(yield* spawn(attempt(limiter.acquireOnBehalfOf(name))));
      yield* sleep(1);
      limiter.total = 3;
      return yield* all(tasks);
    });
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, false, true]);
    expect(borrowers(limiter)).toEqual([0, "x", "y"]);
  });
});

describe("Limiter.release", () => {
  it("E5 refuses a task that has none, and code outside any task", async () => {
    const limiter = full(1);
    expect(() => limiter.release()).toThrow('Limiter "threads" was released outside any task.');
    expect(() => limiter.tryAcquire()).toThrow('Limiter "threads" was acquired outside any task.');
    await simulate(
      function* () {
        yield* sleep(1);
        expect(() => limiter.release()).toThrow(
          'Task "main" gave a permit of limiter "threads" back, but has none.',
        );
      },
      { name: "main" },
    );
    expect(limiter.borrowed).toBe(1);
  });
});

describe("Limiter.total", () => {
  it("made larger lets in those that wait longest; made smaller throws nobody out", async () => {
    const limiter = new Limiter(2);
    await simulate(function* () {
      for (let i = 0; i < 5; i++) yield* spawn(limiter.acquireOnBehalfOf(i));
      yield* sleep(1);
      expect([borrowers(limiter), limiter.statistics().waiting.length]).toEqual([[0, 1], 3]);
      limiter.total += 2;
      expect([borrowers(limiter), limiter.statistics().waiting.length]).toEqual([[0, 1, 2, 3], 1]);
      limiter.total -= 3;
      expect([limiter.borrowed, limiter.total, limiter.available]).toEqual([4, 1, -3]);
      for (const i of [0, 1, 2]) limiter.releaseOnBehalfOf(i);
      expect([borrowers(limiter), limiter.statistics().waiting.length]).toEqual([[3], 1]);
      limiter.releaseOnBehalfOf(3);
      expect([borrowers(limiter), limiter.statistics().waiting.length]).toEqual([[4], 0]);
    });
  });

  it("may be 0, which lets nobody in, and Infinity, which lets in everybody", async () => {
    const limiter = new Limiter(0);
    await simulate(function* () {
      yield* spawn(limiter.acquireOnBehalfOf("a"));
      expect(yield* timeout(5, limiter.acquire(), { otherwise: "waits" })).toBe("waits");
      limiter.total = Infinity;
      yield* limiter.acquire();
      expect([limiter.borrowed, limiter.available]).toEqual([2, Infinity]);
    });
  });

  it("lets all in that it can before any of them goes on", () => {
    const { run: start } = world();
    const limiter = new Limiter(0);
    const log: string[] = [];
    for (const name of ["a", "b"]) {
      void start(function* () {
        yield* limiter.acquireOnBehalfOf(name);
        log.push(`${name} in, ${limiter.borrowed} borrowed`);
      });
    }
    limiter.total = 2;
    expect(log).toEqual(["a in, 2 borrowed", "b in, 2 borrowed"]);
  });

  it.each([-1, 1.5, NaN])("E5 refuses %d", (total) => {
    expect(() => new Limiter(total)).toThrow(RangeError);
    const limiter = new Limiter(1);
    expect(() => {
      limiter.total = total;
    }).toThrow(RangeError);
    expect(limiter.total).toBe(1);
  });
});

describe("Limiter.with", () => {
  it("gives what the operation gives, and the permit back, however it ends", async () => {
    const limiter = new Limiter(1);
    expect(
      await run(
        limiter.with(function* () {
          yield* sleep(0);
          return limiter.borrowed;
        }),
      ),
    ).toBe(1);
    await simulate(function* () {
      const task = yield* spawn(limiter.with(suspend()));
      yield* sleep(1);
      yield* task.cancel();
      yield* attempt(
        limiter.with(function* () {
          yield* sleep(1);
          throw new Error("lost");
        }),
      );
    });
    expect(limiter.borrowed).toBe(0);
  });
});
