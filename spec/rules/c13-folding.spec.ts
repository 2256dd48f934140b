import { describe, expect, it } from "@jest/globals";
import {
  ensure,
  operation,
  scoped,
  shield,
  sleep,
  spawn,
  suspend,
  taskGroup,
  timeout,
  useScope,
  type Operation,
} from "coppice";
import { endOf, everyWay } from "../support/ways-to-cancel.js";
import { world } from "../support/virtual.js";

/** Passes everything on to a generator, and counts how often it is returned. */
function counted(body: () => Operation<void>, count: { returns: number }): Operation<void> {
  return {
    [Symbol.iterator]() {
      const generator = body()[Symbol.iterator]();
      return {
        next: (sent?: unknown) => generator.next(sent),
        throw: (error) => generator.throw?.(error) ?? { done: true, value: undefined },
        return: (value) => {
          count.returns++;
          return generator.return?.(value) ?? { done: true, value: undefined };
        },
      };
    },
  };
}

/** Three steps of cleanup, in each of two nested finally blocks. */
function* victim(log: string[]): Operation<void> {
  const clean = operation(function* (block: string) {
    for (const step of [1, 2, 3]) {
      yield* sleep(2);
      log.push(`${block} ${step}`);
    }
  });
  try {
    try {
      yield* suspend();
    } finally {
      yield* clean("inner");
      yield* clean("inner again");
    }
  } finally {
    yield* clean("outer");
  }
}

const COMPLETE = ["inner", "inner again", "outer"].flatMap((block) =>
  [1, 2, 3].map((step) => `${block} ${step}`),
);

describe("requests to cancel", () => {
  it.each(everyWay)(
    "C13 fold into one return(), however many come while cleanup is suspended: %s",
    async (_, way) => {
      const log: string[] = [];
      const count = { returns: 0 };
      const { run } = world();
      const task = way.start(
        run,
        counted(() => victim(log), count),
        10,
      );
      for (let ms = 9; ms < 30; ms++) {
        await run(sleep(1));
        if (ms >= 10) void task.cancel(`again at ${ms}`);
      }
      await endOf(task);
      expect(log).toEqual(COMPLETE);
      expect(count.returns).toBe(1);
    },
  );

  it("C13 fold when they come from every side in one turn", async () => {
    const log: string[] = [];
    const count = { returns: 0 };
    const { run } = world();
    const task = run(
      timeout(10, function* () {
        const timed = yield* useScope();
        yield* taskGroup(function* (group) {
          group.spawn(function* () {
            yield* sleep(10);
            void group.cancel();
            void timed.cancel();
            void task.cancel();
            throw new Error("and fails");
          });
          yield* scoped(counted(() => victim(log), count));
        });
      }),
    );
    await endOf(task);
    expect(log).toEqual(COMPLETE);
    expect(count.returns).toBe(1);
  });

  it("C13 fold for every boundary on the stack: each is returned once", async () => {
    const log: string[] = [];
    const counts = [0, 1, 2].map(() => ({ returns: 0 }));
    const { run } = world();
    const task = run(function* () {
      yield* counts.reduce<Operation<void>>((inner, count, level) => {
        return scoped(
          counted(function* () {
            try {
              yield* inner;
            } finally {
              yield* sleep(2);
              log.push(`level ${level}`);
              yield* sleep(2);
              log.push(`level ${level} again`);
            }
          }, count),
        );
      }, suspend());
    });
    for (let ms = 0; ms < 15; ms++) {
      void task.cancel();
      await run(sleep(1));
    }
    await endOf(task);
    expect(log).toEqual([0, 1, 2].flatMap((level) => [`level ${level}`, `level ${level} again`]));
    expect(counts.map(({ returns }) => returns)).toEqual([1, 1, 1]);
  });

  it("C13 do not return a generator whose finally runs after its own end", async () => {
    const count = { returns: 0 };
    const log: string[] = [];
    const { run } = world();
    const task = run(
      counted(function* () {
        yield* ensure(function* () {
          yield* sleep(5);
          log.push("ensured");
        });
      }, count),
    );
    void task.cancel();
    await run(sleep(2));
    void task.cancel();
    await endOf(task);
    expect([log, count.returns]).toEqual([["ensured"], 0]);
  });

  it("C13 wait behind a shield in cleanup as elsewhere", async () => {
    const count = { returns: 0 };
    const log: string[] = [];
    const { run } = world();
    const task = run(
      counted(function* () {
        try {
          yield* suspend();
        } finally {
          yield* shield(sleep(5));
          log.push("behind the shield");
          yield* sleep(5);
          log.push("and on");
        }
      }, count),
    );
    void task.cancel();
    await run(sleep(2));
    void task.cancel();
    await endOf(task);
    expect([log, count.returns]).toEqual([["behind the shield", "and on"], 1]);
  });
});

describe("a grace that has run out", () => {
  it("C13 is the exception: every yield of cleanup is returned", async () => {
    const count = { returns: 0 };
    const log: string[] = [];
    const { host, run } = world();
    const task = run(counted(() => victim(log), count));
    await endOf(task.cancel(undefined, { grace: 3 }));
    expect(log).toEqual(["inner 1"]);
    expect([count.returns, host.now()]).toEqual([3, 3]);
  });

  it("C13 is the exception for children as well, and for nobody else", async () => {
    const log: string[] = [];
    const { run } = world();
    const other = run(function* () {
      try {
        yield* suspend();
      } finally {
        yield* victimAlone(log);
      }
    });
    const task = run(function* () {
      yield* spawn(() => victim([]));
      yield* suspend();
    });
    void other.cancel();
    await run(sleep(1));
    await endOf(task.cancel(undefined, { grace: 3 }));
    await endOf(other);
    expect(log).toEqual(["1", "2", "3"]);
  });
});

const victimAlone = operation(function* (log: string[]) {
  for (const step of ["1", "2", "3"]) {
    yield* sleep(4);
    log.push(step);
  }
});
