import { describe, expect, it } from "@jest/globals";
import {
  all,
  attempt,
  Barrier,
  BrokenBarrierError,
  operation,
  select,
  sleep,
  spawn,
  timeout,
  type Attempt,
} from "coppice";
import { answersSixQuestions, atOnce } from "../support/six-questions.js";
import { simulate } from "../support/virtual.js";

/** Lets as many tasks wait as are given, each started when those before wait. */
const arrivals = operation(function* (barrier: Barrier, count: number) {
  const tasks = [];
  for (let i = 0; i < count; i++) {
    tasks.push(yield* spawn(attempt(barrier.wait())));
    yield* sleep(1);
  }
  return yield* all(tasks);
});

const passed = (...indices: number[]): Attempt<number>[] => indices.map((value) => ({ ok: true, value }));

describe("Barrier.wait", () => {
  answersSixQuestions(
    () => {
      const barrier = new Barrier(2, { name: "start" });
      return {
        operation: barrier.wait(),
        *complete() {
          yield* sleep(1);
          yield* timeout(1, barrier.wait(), { otherwise: "nobody came" });
        },
        fail: atOnce(() => barrier.abort()),
        left: () => barrier.waiting,
      };
    },
    { value: 0, error: new BrokenBarrierError('Cannot wait at barrier "start": it was aborted.') },
  );

  it("lets all go on when the last arrives, and gives each its place in the order of arrival", async () => {
    const barrier = new Barrier(3);
    expect(await simulate(arrivals(barrier, 3))).toEqual(passed(0, 1, 2));
    expect([barrier.waiting, barrier.isBroken]).toEqual([0, false]);
  });

  it("lets nobody go on before", async () => {
    const barrier = new Barrier(3);
    const log: unknown[] = [];
    await simulate(function* () {
      for (let i = 0; i < 3; i++) {
        yield* spawn(function* () {
          yield* barrier.wait();
          log.push("passed");
        });
        yield* sleep(1);
        log.push(barrier.waiting);
      }
    });
    expect(log).toEqual([1, 2, "passed", "passed", "passed", 0]);
  });

  it("does not wait with one party, however often", async () => {
    const barrier = new Barrier(1);
    const indices = await simulate(function* () {
      return [yield* barrier.wait(), yield* barrier.wait()];
    });
    expect([indices, barrier.waiting]).toEqual([[0, 0], 0]);
  });

  it("is ready for the next round at once: nobody is let through twice", async () => {
    const barrier = new Barrier(3);
    const log: string[] = [];
    await simulate(function* () {
      yield* all(
        Array.from({ length: 3 }, () =>
          operation(function* () {
            for (let round = 1; round <= 3; round++) {
              yield* barrier.wait();
              log.push(`${round}`);
            }
          })(),
        ),
      );
    });
    expect(log).toEqual(["1", "1", "1", "2", "2", "2", "3", "3", "3"]);
  });

  it("lets more tasks than parties through in rounds", async () => {
    const barrier = new Barrier(2);
    expect(await simulate(arrivals(barrier, 6))).toEqual(passed(0, 1, 0, 1, 0, 1));
  });

  it("no longer counts a task that was cancelled; places stay different", async () => {
    const barrier = new Barrier(3);
    const indices: number[] = [];
    const enter = operation(function* () {
      indices.push(yield* barrier.wait());
    });
    await simulate(function* () {
      const first = yield* spawn(enter());
      yield* spawn(enter());
      yield* sleep(1);
      yield* first.cancel();
      expect(barrier.waiting).toBe(1);
      yield* spawn(enter());
      yield* sleep(1);
      expect(indices).toEqual([]);
      yield* enter();
      yield* sleep(1);
    });
    expect(indices.sort()).toEqual([0, 1, 2]);
  });

  it("S6 has let all through once the last has arrived: a cancel after that lands later", async () => {
    const barrier = new Barrier(2);
    const log: string[] = [];
    await simulate(function* () {
      const waiter = yield* spawn(function* () {
        yield* barrier.wait();
        log.push("passed");
        yield* sleep(1);
        log.push("never");
      });
      yield* sleep(1);
      yield* barrier.wait();
      yield* waiter.cancel();
    });
    expect(log).toEqual(["passed"]);
  });

  it("E5 counts a task once: a select cannot name one barrier twice", async () => {
    const barrier = new Barrier(2, { name: "start" });
    await expect(simulate(select([barrier.wait(), barrier.wait()]))).rejects.toThrow(
      'select() waits twice at barrier "start", and a task counts once. Name it once.',
    );
    expect(barrier.waiting).toBe(0);
  });
});

describe("Barrier.abort", () => {
  it("breaks the barrier for all that wait, and for all that come until it is reset", async () => {
    const barrier = new Barrier(3);
    const outcomes = await simulate(function* () {
      const waiting = [];
      for (let i = 0; i < 2; i++) waiting.push(yield* spawn(attempt(barrier.wait())));
      yield* sleep(1);
      barrier.abort();
      const broken = yield* all([...waiting, attempt(barrier.wait())]);
      expect([barrier.isBroken, barrier.waiting]).toEqual([true, 0]);
      barrier.reset();
      return [broken, yield* arrivals(barrier, 3)];
    });
    const broken = {
      ok: false,
      error: new BrokenBarrierError('Cannot wait at barrier "barrier": it was aborted.'),
    };
    expect(outcomes).toEqual([[broken, broken, broken], passed(0, 1, 2)]);
    expect(barrier.isBroken).toBe(false);
  });

  it("does nothing to those that were let through already", async () => {
    const barrier = new Barrier(2);
    const outcomes = await simulate(function* () {
      const first = yield* spawn(attempt(barrier.wait()));
      yield* sleep(1);
      const second = yield* attempt(barrier.wait());
      barrier.abort();
      return [yield* first, second];
    });
    expect(outcomes).toEqual(passed(0, 1));
  });
});

describe("Barrier.reset", () => {
  it("breaks it for all that wait, and makes it as new", async () => {
    const barrier = new Barrier(3);
    const outcomes = await simulate(function* () {
      const waiting = [];
      for (let i = 0; i < 2; i++) waiting.push(yield* spawn(attempt(barrier.wait())));
      yield* sleep(1);
      barrier.reset();
      const broken = yield* all(waiting);
      return [broken, yield* arrivals(barrier, 3)];
    });
    const broken = {
      ok: false,
      error: new BrokenBarrierError('Cannot wait at barrier "barrier": it was reset.'),
    };
    expect(outcomes).toEqual([[broken, broken], passed(0, 1, 2)]);
  });

  it("lets those wait again at once that it broke it for", async () => {
    const barrier = new Barrier(3);
    const outcomes = await simulate(function* () {
      const again = operation(function* () {
        yield* attempt(barrier.wait());
        return yield* attempt(barrier.wait());
      });
      const waiting = [yield* spawn(again()), yield* spawn(again())];
      yield* sleep(1);
      barrier.reset();
      yield* sleep(1);
      const last = yield* attempt(barrier.wait());
      return [...(yield* all(waiting)), last];
    });
    expect(outcomes).toEqual(passed(0, 1, 2));
  });

  it("does nothing to a barrier at which nobody waits", () => {
    const barrier = new Barrier(3);
    barrier.reset();
    expect([barrier.waiting, barrier.isBroken]).toEqual([0, false]);
  });
});

describe("new Barrier", () => {
  it.each([0, -4, 1.5, NaN])("E5 refuses %d parties", (parties) => {
    expect(() => new Barrier(parties)).toThrow(RangeError);
  });

  it("E5 refuses what is no number, and misspelt options", () => {
    // @ts-expect-error a text is no number
    expect(() => new Barrier("3")).toThrow(TypeError);
    // @ts-expect-error no such option
    expect(() => new Barrier(3, { nam: "x" })).toThrow('Did you mean "name"?');
  });
});
