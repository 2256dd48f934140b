import { describe, expect, it } from "@jest/globals";
import { Readable } from "node:stream";
import { each, forEach, operation, sleep, spawn, suspend, timeout } from "coppice";
import { endOf, quiet } from "../support/ways-to-cancel.js";
import { simulate, world } from "../support/virtual.js";

/** Counts from 0, noting what is asked of it. */
async function* counting(log: string[]): AsyncGenerator<number> {
  try {
    for (let n = 0; ; n++) {
      log.push(`made ${n}`);
      yield await Promise.resolve(n);
    }
  } finally {
    await quiet();
    log.push("returned");
  }
}

describe("an async iterable in a loop", () => {
  it("is pulled only when the loop asks", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const loop = each(counting(log));
      yield* loop.next();
      yield* sleep(10);
      log.push("asks again");
      yield* loop.next();
    });
    expect(log).toEqual(["made 0", "asks again", "made 1", "returned"]);
  });

  it("has its return() called and awaited when the boundary ends after a break", async () => {
    const log: string[] = [];
    await simulate(function* () {
      yield* operation(function* () {
        const loop = each(counting(log));
        while (yield* loop.next()) if (loop.value === 1) break;
      })();
      log.push("after");
    });
    expect(log).toEqual(["made 0", "made 1", "returned", "after"]);
  });

  it("has its return() called and awaited when the loop is cancelled", async () => {
    const { run } = world();
    const log: string[] = [];
    const task = run(forEach(counting(log), () => suspend(), { concurrency: 1 }));
    await quiet();
    await task.cancel();
    log.push("cancelled");
    expect(log).toEqual(["made 0", "returned", "cancelled"]);
  });

  it("S6 loses no item when a wait for it was given up", async () => {
    let arrive: (n: number) => void = () => undefined;
    const slow = {
      async *[Symbol.asyncIterator]() {
        yield 0;
        yield await new Promise<number>((resolve) => (arrive = resolve));
      },
    };
    const seen = await simulate(function* () {
      const loop = each(slow);
      yield* loop.next();
      const first = yield* timeout(5, () => loop.next(), { otherwise: "late" as const });
      arrive(7);
      yield* loop.next();
      return [first, loop.value];
    });
    expect(seen).toEqual(["late", 7]);
  });

  it("throws what the source throws", async () => {
    const error = new Error("source");
    const broken = {
      async *[Symbol.asyncIterator]() {
        yield await Promise.resolve(1);
        throw error;
      },
    };
    expect((await endOf(simulate(forEach(broken, () => sleep(0))))).error).toBe(error);
  });

  it("C1 leaves an idle Node stream at once when cancelled, and destroys it", async () => {
    const { run } = world();
    const idle = new Readable({ read: () => undefined });
    const task = run(forEach(idle, () => sleep(0)));
    await quiet();
    await task.cancel();
    expect(idle.destroyed).toBe(true);
    expect(task.state).toBe("cancelled");
  });
});

describe("a ReadableStream in a loop", () => {
  function source(log: unknown[]): ReadableStream<number> {
    let n = 0;
    return new ReadableStream<number>(
      {
        pull(controller) {
          log.push(`made ${n}`);
          controller.enqueue(n++);
          if (n === 5) controller.close();
        },
        cancel(reason) {
          log.push(reason);
        },
      },
      { highWaterMark: 0 },
    );
  }

  it("is read with backpressure, to its end", async () => {
    const log: unknown[] = [];
    await simulate(function* () {
      yield* forEach(
        source(log),
        function* (n) {
          yield* sleep(1);
          log.push(`done ${n}`);
        },
        { concurrency: 1 },
      );
    });
    expect(log.slice(0, 4)).toEqual(["made 0", "done 0", "made 1", "done 1"]);
    expect(log.at(-1)).toBe("done 4");
  });

  it("O4 is cancelled with the reason, also of a scope further out", async () => {
    const { run } = world();
    const log: unknown[] = [];
    const reason = new Error("gone");
    await run(function* () {
      const task = yield* spawn(function* outer() {
        yield* operation(function* inner() {
          const loop = each(source(log));
          yield* loop.next();
          yield* suspend();
        })();
      });
      yield* sleep(1);
      yield* task.cancel(reason);
    });
    expect(log).toEqual(["made 0", reason]);
  });

  it("is cancelled while a read is under way", async () => {
    const { run } = world();
    const seen: unknown[] = [];
    const idle = new ReadableStream({
      cancel: (reason) => {
        seen.push(reason);
      },
    });
    const task = run(forEach(idle, () => sleep(0)));
    await quiet();
    await task.cancel("no more");
    expect(seen).toEqual(["no more"]);
    expect(idle.locked).toBe(false);
  });
});
