import { describe, expect, it } from "@jest/globals";
import { operation, scoped, sleep, spawn, suspend, timeout, type Operable, type Operation } from "coppice";
import { byCancel, cancelAt } from "../support/ways-to-cancel.js";

/** Cleans up in two steps, and says so. */
function* victim(log: string[]): Operation<void> {
  try {
    yield* suspend();
  } finally {
    yield* sleep(1);
    log.push("step 1");
    yield* sleep(1);
    log.push("step 2");
  }
}

/** A wrapper whose finally waits, around whatever it is given. */
function* wrapped(log: string[], body: () => Operation<unknown>): Operation<void> {
  try {
    yield* body();
    yield* suspend();
  } finally {
    yield* sleep(1);
    log.push("step 1");
    yield* sleep(1);
    log.push("step 2");
  }
}

class Service {
  constructor(private readonly log: string[]) {}

  method(): Operation<void> {
    return victim(this.log);
  }

  readonly bound = operation(this.method.bind(this));

  [Symbol.iterator](): Iterator<never, void> {
    return this.method()[Symbol.iterator]() as Iterator<never, void>;
  }
}

/** The same generator, however it comes about: what unwinds it must not depend on the text of the function. */
const sources: [string, (log: string[]) => Operable<unknown>][] = [
  ["a function*", (log) => () => victim(log)],
  ["a generator object", (log) => victim(log)],
  ["a bound function", (log) => victim.bind(null, log)],
  ["a proxy of a function", (log) => new Proxy(() => victim(log), {})],
  [
    "an arrow that returns another's generator",
    (log) => () =>
      wrapped(log, function* () {
        yield* sleep(1);
      }),
  ],
  [
    "an operation() of such an arrow",
    (log) =>
      operation(() =>
        wrapped(log, function* () {
          yield* sleep(1);
        }),
      )(),
  ],
  ["an operation() of a bound function", (log) => operation(victim.bind(null, log))()],
  ["an iterable object", (log) => new Service(log)],
  ["an operation() of a bound method", (log) => new Service(log).bound()],
  ["an iterator written by hand", byHand],
  ["an operation in operations", (log) => operation(() => scoped(timeout(1000, () => victim(log))))()],
];

function byHand(log: string[]): Operation<void> {
  return {
    [Symbol.iterator]() {
      const generator = victim(log)[Symbol.iterator]();
      return {
        next: (value?: unknown) => generator.next(value),
        return: (value) => generator.return?.(value) ?? { done: true, value: undefined },
        throw: (error) => generator.throw?.(error) ?? { done: true, value: undefined },
      };
    },
  };
}

describe("a cancelled generator", () => {
  it.each(sources)("C4 cleans up completely, wherever it comes from: %s", async (_, make) => {
    const log: string[] = [];
    const trial = await cancelAt(byCancel, 10, make(log));
    expect(log).toEqual(["step 1", "step 2"]);
    expect([trial.at, trial.ended]).toEqual([12, "CancelledError"]);
  });

  it.each(sources)("C4 cleans up completely as a child: %s", async (_, make) => {
    const log: string[] = [];
    await cancelAt(byCancel, 10, function* () {
      yield* spawn(make(log));
      yield* suspend();
    });
    expect(log).toEqual(["step 1", "step 2"]);
  });

  it.each(sources)("C4 cleans up completely as a boundary on the stack: %s", async (_, make) => {
    const log: string[] = [];
    await cancelAt(byCancel, 10, function* () {
      yield* scoped(make(log));
      log.push("RESUMED");
    });
    expect(log).toEqual(["step 1", "step 2"]);
  });
});
