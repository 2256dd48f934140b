import { describe, expect, it } from "@jest/globals";
import {
  all,
  call,
  checkpoint,
  ensure,
  Lock,
  operation,
  Queue,
  race,
  resource,
  scoped,
  Semaphore,
  shield,
  sleep,
  spawn,
  taskGroup,
  timeout,
  until,
} from "coppice";
import { CancellationPointError, cancelEverywhere } from "coppice/testing";
import { fail } from "../support/fail.js";

async function failureOf(promise: Promise<unknown>): Promise<CancellationPointError> {
  const error: unknown = await promise.then(
    () => new Error("did not fail"),
    (thrown: unknown) => thrown,
  );
  return error as CancellationPointError;
}

describe("cancelEverywhere", () => {
  it("counts the yield points and cancels at each of them, at every moment it has", async () => {
    const moments: string[] = [];
    const report = await cancelEverywhere(
      function* work() {
        yield* checkpoint();
        yield* sleep(10);
        yield* ensure(() => undefined);
      },
      { check: (run) => void moments.push(`${run.point} ${run.moment} ${run.outcome}`) },
    );
    expect(report).toEqual({ points: 3, runs: 7 });
    expect(moments).toEqual([
      "0 never completed",
      "1 before cancelled",
      "1 waiting cancelled",
      "2 before cancelled",
      "2 waiting cancelled",
      "2 handed over cancelled",
      "3 before cancelled",
    ]);
  });

  it("cancels each scope around a point in turn, the whole operation first", async () => {
    const scopes: string[] = [];
    await cancelEverywhere(
      function* work() {
        yield* timeout(50, function* slow() {
          yield* taskGroup(function* () {
            yield* sleep(10);
          });
        });
      },
      {
        only: 3,
        again: false,
        check: (run) => {
          if (run.moment === "before") scopes.push(run.scope);
        },
      },
    );
    expect(scopes).toEqual(['task "work"', 'the time of "slow", which runs out', 'group "task group"']);
  });

  it("names the point, its line and the tree when the check fails", async () => {
    let open = 0;
    const error = await failureOf(
      cancelEverywhere(
        function* transfer() {
          open = 0;
          yield* checkpoint();
          open++;
          yield* sleep(5);
          open--;
        },
        { check: () => expect(open).toBe(0) },
      ),
    );
    expect(error).toBeInstanceOf(CancellationPointError);
    expect(error.point).toBe(2);
    expect(error.line).toMatch(/^spec\/testing\/cancel-everywhere\.spec\.ts:\d+:\d+$/);
    expect(error.tree).toMatch(/task "transfer" #\d+ waits for sleep/);
    expect(error.message).toContain(
      '"transfer" does not stand being cancelled at point 2 of 2, before it waited.',
    );
    expect(error.cause).toHaveProperty("matcherResult");
  });

  it("finds a permit that is lost when the task is cancelled between the hand-over and its try", async () => {
    const make = () => {
      const semaphore = new Semaphore(1, { name: "slots" });
      state = semaphore;
      return all([
        function* () {
          yield* semaphore.acquire();
          yield* checkpoint();
          try {
            yield* sleep(1);
          } finally {
            semaphore.release();
          }
        },
        semaphore.with(sleep(1)),
      ]);
    };
    let state = new Semaphore(1);
    const error = await failureOf(cancelEverywhere(make, { check: () => expect(state.free).toBe(1) }));
    expect(error).toBeInstanceOf(CancellationPointError);
    expect(error.message).toContain("checkpoint");
  });

  it("passes what cleans up after itself", async () => {
    let state = { lock: new Lock(), queue: new Queue<number>(), semaphore: new Semaphore(2) };
    const report = await cancelEverywhere(
      () => {
        const lock = new Lock();
        const queue = new Queue<number>({ capacity: 1 });
        const semaphore = new Semaphore(2);
        state = { lock, queue, semaphore };
        return operation(function* () {
          yield* taskGroup(function* (group) {
            group.spawn(function* () {
              for (let i = 0; i < 3; i++) yield* queue.put(i);
              queue.shutdown();
            });
            group.spawn(lock.with(semaphore.with(sleep(3))));
            group.spawn(lock.with(timeout(10, sleep(1))));
            for (let i = 0; i < 3; i++) yield* queue.get();
          });
          yield* race([sleep(1), sleep(2)]);
          yield* shield(sleep(1));
          yield* scoped(function* () {
            yield* resource<number>(function* (provide) {
              yield* semaphore.acquire();
              try {
                yield* provide(1);
              } finally {
                semaphore.release();
              }
            });
            yield* spawn(sleep(100));
          });
        })();
      },
      {
        check: () => {
          expect(state.lock.isLocked).toBe(false);
          expect(state.semaphore.free).toBe(2);
        },
      },
    );
    expect(report.points).toBeGreaterThan(20);
  });

  it("fails when cleanup fails", async () => {
    const error = await failureOf(
      cancelEverywhere(function* () {
        let isDone = false;
        try {
          yield* sleep(5);
          isDone = true;
        } finally {
          if (!isDone) fail(new Error("cleanup broke"));
        }
      }),
    );
    expect(error.message).toContain("found: Error: cleanup broke");
  });

  it("fails when cleanup waits for ever", async () => {
    const error = await failureOf(
      cancelEverywhere(() => {
        const lock = new Lock({ name: "log" });
        return function* writer() {
          yield* lock.acquire();
          try {
            yield* sleep(5);
          } finally {
            // Released before it is taken again only when nothing interrupts.
            if (lock.isLocked) yield* all([lock.acquire()]);
            lock.release();
          }
        };
      }),
    );
    expect(error.message).toContain("Deadlock");
  });

  it("gives the operation's own failure when nothing is cancelled", async () => {
    await expect(
      cancelEverywhere(function* () {
        yield* sleep(1);
        throw new RangeError("plain");
      }),
    ).rejects.toThrow(RangeError);
  });

  it("says so when the operation does not do the same each time", async () => {
    let run = 0;
    const error = await failureOf(
      cancelEverywhere(function* () {
        if (run++ === 0) yield* checkpoint();
        yield* sleep(1);
      }),
    );
    expect(error.message).toContain("does not do the same each time");
  });

  it("cancels operations that wait for real completions", async () => {
    let open = 0;
    const report = await cancelEverywhere(
      function* () {
        open++;
        try {
          yield* until(Promise.resolve(1));
          yield* call(() => new Promise<void>((resolve) => setTimeout(resolve, 1)));
        } finally {
          open--;
        }
      },
      { check: () => expect(open).toBe(0) },
    );
    expect(report.points).toBe(2);
  });

  it("runs a check that is an operation", async () => {
    let checks = 0;
    await cancelEverywhere(() => sleep(1), {
      *check() {
        yield* sleep(1);
        checks++;
      },
    });
    expect(checks).toBe(4);
  });

  it("cancels the whole once more during the cleanup of a part", async () => {
    const log: string[] = [];
    const report = await cancelEverywhere(
      function* () {
        yield* timeout(
          100,
          function* part() {
            try {
              yield* sleep(10);
            } finally {
              yield* sleep(1);
              log.push("cleaned");
            }
          },
          { otherwise: 0 },
        );
      },
      { check: () => expect(log.splice(0).length).toBeLessThanOrEqual(1) },
    );
    expect(report.runs).toBeGreaterThan(10);
  });

  it("sweeps an operation of forty points in less than a second", async () => {
    const began = performance.now();
    const report = await cancelEverywhere(
      function* () {
        for (let i = 0; i < 20; i++) {
          yield* sleep(1);
          yield* checkpoint();
        }
      },
      { again: false },
    );
    expect(report.points).toBe(40);
    expect(performance.now() - began).toBeLessThan(3_000);
  });
});
