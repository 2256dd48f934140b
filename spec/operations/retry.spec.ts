import { describe, expect, it } from "@jest/globals";
import {
  ensure,
  errorTrail,
  ExceptionGroup,
  notesOf,
  now,
  operation,
  retry,
  sleep,
  spawn,
  suspend,
  taskGroup,
  timeout,
  TimeoutError,
  type RetryOptions,
} from "coppice";
import { fail } from "../support/fail.js";
import { simulate, VirtualHost, world } from "../support/virtual.js";
import { runOn, Scheduler } from "../../lib/kernel/index.js";
import { rejectionOf } from "../support/rejection.js";

class NetworkError extends Error {}
class ParseError extends Error {}

/** Fails so often, then succeeds; keeps a record of when it was tried. */
function flaky(
  failures: number,
  makeError: (attempt: number) => unknown = (n) => new NetworkError(`no. ${n}`),
) {
  const tried: number[] = [];
  const op = operation(function* flaky() {
    tried.push(now());
    yield* sleep(0);
    if (tried.length <= failures) fail(makeError(tried.length));
    return `after ${tried.length}`;
  });
  return { op, tried };
}

/** The times of the attempts of something that always fails. */
async function timesOf(options: RetryOptions, host = new VirtualHost()): Promise<number[]> {
  const { op, tried } = flaky(Infinity);
  await rejectionOf(runOn(new Scheduler(host), retry(op(), options)));
  return tried;
}

describe("retry", () => {
  it("gives the value of the first attempt that succeeds", async () => {
    const { op, tried } = flaky(2);
    await expect(simulate(retry(op()))).resolves.toBe("after 3");
    expect(tried).toHaveLength(3);
  });

  it("tries once where that succeeds", async () => {
    const { op, tried } = flaky(0);
    await expect(simulate(retry(op, { attempts: 10, delay: 1_000 }))).resolves.toBe("after 1");
    expect(tried).toEqual([0]);
  });

  it("throws the error of the last attempt, with a note of how many there were", async () => {
    const { op, tried } = flaky(Infinity);
    const error = await rejectionOf(simulate(retry(op(), { attempts: 4 })));
    expect(error).toEqual(new NetworkError("no. 4"));
    expect(notesOf(error)).toEqual(["retry gave up after 4 attempts"]);
    expect(tried).toHaveLength(4);
  });

  it("throws the first error as it is when there is one attempt only", async () => {
    const error = await rejectionOf(simulate(retry(flaky(1).op(), { attempts: 1 })));
    expect(notesOf(error)).toEqual([]);
  });

  it("throws what is no object as it is", async () => {
    await expect(simulate(retry(flaky(Infinity, () => "text").op()))).rejects.toBe("text");
  });

  it("waits between attempts: the same pause each time, where nothing else is said", async () => {
    expect(await timesOf({ attempts: 4, delay: 100 })).toEqual([0, 100, 200, 300]);
    expect(await timesOf({ attempts: 3 })).toEqual([0, 0, 0]);
  });

  it("makes the pauses longer by a factor, up to the longest", async () => {
    expect(await timesOf({ attempts: 4, delay: 100, backoff: 2 })).toEqual([0, 100, 300, 700]);
    expect(await timesOf({ attempts: 5, delay: 100, backoff: 3, maxDelay: 500 })).toEqual([
      0, 100, 400, 900, 1_400,
    ]);
  });

  it("asks a function for the pauses, with the number of failures", async () => {
    expect(await timesOf({ attempts: 4, backoff: (failures) => failures * 10 })).toEqual([0, 10, 30, 60]);
  });

  it("leaves a part of each pause to chance, which the host owns", async () => {
    const host = Object.assign(new VirtualHost(), { random: () => 0.5 });
    expect(await timesOf({ attempts: 3, delay: 100, jitter: 0.5 }, host)).toEqual([0, 75, 150]);
    const other = Object.assign(new VirtualHost(), { random: () => 0.25 });
    expect(await timesOf({ attempts: 3, delay: 100, backoff: 2, jitter: true }, other)).toEqual([0, 75, 225]);
    const [, second = 0] = await timesOf({ attempts: 2, delay: 100, jitter: 0.2 });
    expect(second).toBeGreaterThanOrEqual(80);
    expect(second).toBeLessThanOrEqual(100);
  });

  it("tries again only what is worth it: a class, several, or a predicate with the number of failures", async () => {
    const parse = new ParseError("p");
    for (const when of [
      NetworkError,
      [NetworkError, TypeError],
      (error: unknown) => error instanceof NetworkError,
    ]) {
      const { op, tried } = flaky(Infinity, (n) => (n < 3 ? new NetworkError("n") : parse));
      await expect(simulate(retry(op(), { attempts: 9, when }))).rejects.toBe(parse);
      expect(tried).toHaveLength(3);
    }
    const counted: number[] = [];
    const { op } = flaky(Infinity);
    await rejectionOf(
      simulate(retry(op(), { attempts: 9, when: (_, failures) => counted.push(failures) < 4 })),
    );
    expect(counted).toEqual([1, 2, 3, 4]);
  });

  it("tries a group again when every single error in it is worth it", async () => {
    const network = new NetworkError("n");
    const whole = new ExceptionGroup([network, new ExceptionGroup([network])]);
    const mixed = new ExceptionGroup([network, new ExceptionGroup([new ParseError("p")])]);
    const { op, tried } = flaky(Infinity, (n) => (n === 1 ? whole : mixed));
    await expect(simulate(retry(op(), { attempts: 9, when: NetworkError }))).rejects.toBe(mixed);
    expect(tried).toHaveLength(2);
  });

  it("runs each attempt in a boundary of its own, and has it cleaned up before the next", async () => {
    const log: string[] = [];
    let count = 0;
    await simulate(
      retry(function* () {
        const attempt = ++count;
        yield* ensure(() => log.push(`gone ${attempt}`));
        yield* spawn(suspend());
        log.push(`try ${attempt}`);
        if (attempt < 3) fail(new NetworkError("n"));
      }),
    );
    expect(log).toEqual(["try 1", "gone 1", "try 2", "gone 2", "try 3", "gone 3"]);
  });

  it("is bounded by a deadline around it, which tells why the last attempt failed", async () => {
    const { op, tried } = flaky(Infinity);
    const { run, host } = world();
    const error = await rejectionOf(run(timeout(250, retry(op(), { attempts: Infinity, delay: 100 }))));
    expect(host.now()).toBe(250);
    expect(tried).toEqual([0, 100, 200]);
    expect(error).toBeInstanceOf(TimeoutError);
    expect((error as TimeoutError).cause).toEqual(new NetworkError("no. 3"));
  });

  it("tells that also when the deadline passes within an attempt", async () => {
    let count = 0;
    const error = await rejectionOf(
      simulate(
        timeout(
          50,
          retry(function* () {
            if (++count === 1) fail(new NetworkError("first"));
            yield* suspend();
          }),
        ),
      ),
    );
    expect((error as TimeoutError).cause).toEqual(new NetworkError("first"));
    expect(await rejectionOf(simulate(timeout(5, retry(suspend()))))).not.toHaveProperty("cause");
  });

  it("tries again after a timeout of its own attempts", async () => {
    let count = 0;
    const { run, host } = world();
    await expect(
      run(
        retry(
          timeout(20, function* () {
            if (++count < 3) yield* suspend();
            return count;
          }),
          { delay: 5 },
        ),
      ),
    ).resolves.toBe(3);
    expect(host.now()).toBe(50);
  });

  it("stops when cancelled, in an attempt and in a pause", async () => {
    const log: string[] = [];
    const { run, scheduler } = world();
    await run(function* () {
      const attempts = yield* spawn(
        retry(function* () {
          try {
            yield* suspend();
          } finally {
            log.push("cut in an attempt");
          }
        }),
      );
      const pauses = yield* spawn(retry(flaky(Infinity).op(), { delay: 1_000 }));
      yield* sleep(10);
      yield* attempts.cancel();
      yield* pauses.cancel();
      log.push(`${pauses.state} at ${now()}`);
    });
    expect(log).toEqual(["cut in an attempt", "cancelled at 10"]);
    expect(scheduler.timers.size).toBe(0);
  });

  it("does not take a cancellation for a failure", async () => {
    const { op, tried } = flaky(0);
    await simulate(
      timeout(
        1,
        retry(function* () {
          yield* op();
          yield* suspend();
        }),
        { otherwise: undefined },
      ),
    );
    expect(tried).toHaveLength(1);
  });

  it("names itself and what it runs on the way of the error", async () => {
    const error = await rejectionOf(simulate(retry(flaky(Infinity).op(), { attempts: 1 })));
    expect(errorTrail(error).map(({ operation: name }) => name)).toEqual(["flaky", "retry"]);
    const group = await rejectionOf(simulate(taskGroup(() => retry(flaky(Infinity).op()))));
    expect((group as ExceptionGroup).errors).toEqual([new NetworkError("no. 3")]);
  });

  it.each<[RetryOptions, string]>([
    [{ attempts: 0 }, "retry() needs a whole number of at least 1 as `attempts`, got 0."],
    [{ attempts: 1.5 }, "retry() needs a whole number of at least 1 as `attempts`, got 1.5."],
    [{ delay: -1 }, "retry() needs a number of milliseconds as `delay` that is 0 or more, got -1."],
    [
      { maxDelay: Number.NaN },
      "retry() needs a number of milliseconds as `maxDelay` that is 0 or more, got NaN.",
    ],
    [{ jitter: 2 }, "retry() needs a number from 0 to 1 as `jitter`, got 2."],
    [{ backoff: -1 }, "retry() needs a number of 0 or more as `backoff`, got -1."],
  ])("E5 refuses %j where it is called", (options, message) => {
    expect(() => retry(sleep(1), options)).toThrow(new RangeError(message));
  });

  it("E5 refuses misspelt options, a bad filter, and what is no operation", () => {
    expect(() => retry(sleep(1), { attempt: 3 } as never)).toThrow(
      /no option "attempt"\. Did you mean "attempts"\?/,
    );
    expect(() => retry(sleep(1), { when: 5 as never })).toThrow(/^retry\(\) needs a class of errors/);
    expect(() => retry(5 as never)).toThrow(
      /^retry\(\) needs an operation or a function\*, got the number 5/,
    );
  });

  it("E5 refuses a generator object, which cannot run again", () => {
    function* once() {
      yield* sleep(1);
    }
    expect(() => retry(once())).toThrow(
      new TypeError(
        "retry() needs an operation that can run more than once, got a generator object, which cannot. Pass the function*.",
      ),
    );
  });

  it("E5 refuses a pause that a function gives and that is none, when it is given", async () => {
    await expect(simulate(retry(flaky(1).op(), { backoff: () => Number.NaN }))).rejects.toThrow(
      "retry() needs a number of milliseconds as `backoff` that is 0 or more, got NaN.",
    );
  });
});
