import { describe, expect, it } from "@jest/globals";
import { each, Queue, scoped, sleep, spawn, suspend, timeout } from "coppice";
import { simulate, world } from "../support/virtual.js";

/** An async generator that keeps a record of its end. */
async function* recorded(log: string[]) {
  try {
    for (let n = 1; ; n++) {
      await Promise.resolve();
      yield n;
    }
  } finally {
    await new Promise((resolve) => setImmediate(resolve));
    log.push("returned");
  }
}

describe("Loop.value", () => {
  it("E5 refuses to be read while there is no item", async () => {
    const text =
      "`value` was read while there is no item. Write while (yield* loop.next()) { const item = loop.value; … }.";
    await simulate(function* () {
      const loop = each([1]);
      expect(() => loop.value).toThrow(new Error(text));
      yield* loop.next();
      expect(loop.value).toBe(1);
      expect(loop.value).toBe(1);
      yield* loop.next();
      expect(() => loop.value).toThrow(new Error(text));
    });
  });
});

describe("Loop.next", () => {
  it("E5 refuses to be asked again when the question before was not performed: the yield* was forgotten", () => {
    const loop = each([1, 2]);
    const rounds: unknown[] = [];
    expect(() => {
      // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- the mistake that is refused
      while (loop.next()) rounds.push("round");
    }).toThrow(
      new Error(
        "loop.next() was called, but not performed, so the loop would never wait. Write while (yield* loop.next()) …",
      ),
    );
    expect(rounds).toEqual(["round"]);
  });

  it("may be kept and performed again and again", async () => {
    const seen: number[] = [];
    await simulate(function* () {
      const loop = each([1, 2]);
      const next = loop.next();
      while (yield* next) seen.push(loop.value);
    });
    expect(seen).toEqual([1, 2]);
  });

  it("E5 refuses a second task that asks the same loop at the same time", async () => {
    await expect(
      simulate(function* () {
        const loop = each(new Queue<number>());
        yield* spawn(loop.next());
        yield* sleep(1);
        yield* loop.next();
      }),
    ).rejects.toThrow(
      new Error(
        "loop.next() was called while another task waits for the same loop. Use forEach() with `concurrency`.",
      ),
    );
  });

  it("cancelled, takes none: the item is there for the next question", async () => {
    const queue = new Queue<number>();
    await simulate(function* () {
      const loop = each(queue);
      expect(yield* timeout(5, loop.next(), { otherwise: "late" })).toBe("late");
      yield* queue.put(1);
      expect(yield* loop.next()).toBe(true);
      expect(loop.value).toBe(1);
    });
  });

  it("cancelled while an async iterable is asked, has its item for the next question", async () => {
    const released: (() => void)[] = [];
    const source = (async function* () {
      await new Promise<void>((resolve) => released.push(resolve));
      yield "slow";
    })();
    await simulate(function* () {
      const loop = each(source);
      // The source belongs to the boundary that asks first, which is to outlive the timeout.
      const asking = yield* spawn(loop.next());
      yield* sleep(1);
      released[0]?.();
      expect(yield* asking).toBe(true);
      expect(loop.value).toBe("slow");
    });
  });

  it("is a cancellation point, also when it need not wait (S5)", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const task = yield* spawn(function* () {
        const loop = each([1, 2, 3]);
        while (yield* loop.next()) {
          log.push(`item ${loop.value}`);
          if (loop.value === 2) void task.cancel();
        }
        log.push("end");
      });
      yield* sleep(1);
    });
    expect(log).toEqual(["item 1", "item 2"]);
  });
});

describe("the end of a loop", () => {
  it("returns an async iterable, and waits for that, when its boundary ends after a break", async () => {
    const log: string[] = [];
    await simulate(function* () {
      yield* scoped(function* () {
        const loop = each(recorded(log));
        while (yield* loop.next()) if (loop.value === 2) break;
        log.push("broke off");
      });
      log.push("behind");
    });
    expect(log).toEqual(["broke off", "returned", "behind"]);
  });

  it("returns it when the loop is cancelled", async () => {
    const log: string[] = [];
    await simulate(
      timeout(
        5,
        function* () {
          const loop = each(recorded(log));
          while (yield* loop.next()) yield* suspend();
        },
        { otherwise: undefined },
      ),
    );
    expect(log).toEqual(["returned"]);
  });

  it("comes at once by close(), and the loop says false from then on", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const loop = each(recorded(log));
      yield* loop.next();
      yield* loop.close();
      log.push("closed");
      expect(yield* loop.next()).toBe(false);
      expect(() => loop.value).toThrow(/no item/);
      yield* loop.close();
    });
    expect(log).toEqual(["returned", "closed"]);
  });

  it("may come before the beginning", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const loop = each(recorded(log));
      yield* loop.close();
      expect(yield* loop.next()).toBe(false);
    });
    expect(log).toEqual([]);
  });

  it("returns an iterator once, and not one that has ended by itself", async () => {
    const log: string[] = [];
    const source = {
      left: 2,
      [Symbol.iterator]() {
        return this;
      },
      next() {
        return this.left-- > 0
          ? { done: false as const, value: 1 }
          : { done: true as const, value: undefined };
      },
      return() {
        log.push("returned");
        return { done: true as const, value: undefined };
      },
    };
    await simulate(function* () {
      const loop = each(source);
      while (yield* loop.next()) log.push("item");
    });
    expect(log).toEqual(["item", "item"]);
    source.left = 5;
    await simulate(function* () {
      const loop = each(source);
      yield* loop.next();
      yield* loop.close();
    });
    expect(log).toEqual(["item", "item", "returned"]);
  });

  it("leaves nothing behind in a long-lived boundary, when it came by itself", async () => {
    const { run, scheduler } = world();
    await run(function* () {
      for (let i = 0; i < 10; i++) {
        const loop = each([1, 2][Symbol.iterator]());
        while (yield* loop.next()) yield* sleep(0);
      }
    });
    expect([scheduler.timers.size, scheduler.readyCount]).toEqual([0, 0]);
  });
});
