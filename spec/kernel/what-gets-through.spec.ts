/** What no code of ours throws and something throws all the same: it may cost the task, and never the others. */
import { expect, it } from "@jest/globals";
import { Queue, run, sleep, suspend, type Operation } from "coppice";

/** An operation whose iterator was written by hand. */
const byHand = (iterator: object): Operation<unknown> => ({
  [Symbol.iterator]: () => iterator as Iterator<never, unknown>,
});

/** Calls itself until the stack is full, and does something on each level. */
function overflow(act: () => void): void {
  act();
  overflow(act);
}

it("a stack that overflows around run() leaves the others running (S2)", async () => {
  const before = run(function* () {
    yield* sleep(0);
    return "before";
  });
  let returned = 0;
  let settled = 0;
  const settle = (): number => settled++;
  const walk = (): void => {
    overflow(() => {
      void run(() => sleep(0)).then(settle, settle);
      returned++;
    });
  };
  expect(walk).toThrow(RangeError);
  expect(await before).toBe("before");
  const after = run(function* () {
    yield* sleep(1);
    return "after";
  });
  expect(await after).toBe("after");
  expect(returned).toBeGreaterThan(100);
  expect(settled).toBe(returned);
});

it("a stack that overflows around a plain call that wakes a task leaves the others running (S3)", async () => {
  const queue = new Queue<number>();
  const reader = run(function* () {
    for (;;) yield* queue.get();
  });
  expect(() => {
    overflow(() => queue.tryPut(1));
  }).toThrow(RangeError);
  const after = run(function* () {
    yield* sleep(0);
    return "after";
  });
  expect(await after).toBe("after");
  // Who was stepping when the stack was full has failed.
  await Promise.allSettled([reader.cancel(), reader]);
  expect(["failed", "cancelled"]).toContain(reader.state);
});

it("a step that gives no result fails the task, as in a yield* (E5)", async () => {
  await expect(run(byHand({ next: () => undefined }))).rejects.toThrow(TypeError);
  expect(
    await run(function* () {
      yield* sleep(0);
      return "next";
    }),
  ).toBe("next");
});

it("a result that cannot be read fails the task with what reading it throws", async () => {
  const broken = new Error("cannot be read");
  for (const key of ["done", "value"]) {
    const result = Object.defineProperty({ done: false, value: 1 }, key, {
      get() {
        throw broken;
      },
    });
    await expect(run(byHand({ next: () => result }))).rejects.toBe(broken);
  }
});

it("a result of return() that cannot be read is an error of the cleanup (C5)", async () => {
  const broken = new Error("cannot be read");
  const parked = suspend()[Symbol.iterator]();
  const result = {
    get done(): boolean {
      throw broken;
    },
  };
  const task = run(byHand({ next: () => parked.next(), return: () => result }));
  await expect(task.cancel()).rejects.toBe(broken);
  expect(task.state).toBe("failed");
});

it("a function whose name cannot be read is like one without", async () => {
  const nameless = Object.defineProperty(
    function* () {
      yield* sleep(0);
      throw new Error("its own");
    },
    "name",
    {
      get() {
        throw new Error("no name");
      },
    },
  );
  const task = run(nameless);
  expect(task.name).toBe("anonymous");
  await expect(task).rejects.toThrow("its own");
});
