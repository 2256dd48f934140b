import { describe, expect, it } from "@jest/globals";
import { all, call, checkpoint, Lock, Queue, sleep, taskGroup, until } from "coppice";
import { explore, replay, ScheduleError } from "coppice/testing";

async function failureOf(promise: Promise<unknown>): Promise<ScheduleError> {
  const error: unknown = await promise.then(
    () => new Error("did not fail"),
    (thrown: unknown) => thrown,
  );
  return error as ScheduleError;
}

/** Two tasks that read, wait and write: one update is lost when they overlap. */
function lostUpdate(): { operation: () => Generator<never, void>; balance: () => number } {
  let balance = 0;
  return {
    balance: () => balance,
    operation: function* transfer() {
      balance = 0;
      // The first deposit is over before the second begins, unless the order is changed.
      yield* taskGroup(function* (group) {
        group.spawn(function* first() {
          const before = balance;
          yield* checkpoint();
          balance = before + 1;
        });
        group.spawn(function* second() {
          yield* checkpoint();
          yield* checkpoint();
          const before = balance;
          yield* checkpoint();
          balance = before + 1;
        });
      });
    } as () => Generator<never, void>,
  };
}

function* steps(count: number): Generator<never, void> {
  for (let i = 1; i < count; i++) yield* checkpoint() as Iterable<never>;
}

function* racers(tasks: number, count: number): Generator<never, void> {
  yield* taskGroup(function* (group) {
    for (let i = 0; i < tasks; i++) group.spawn(() => steps(count));
  }) as Iterable<never>;
}

describe("explore", () => {
  it("finds an order that fails, and names its seed and a shortest schedule", async () => {
    const { operation, balance } = lostUpdate();
    const error = await failureOf(explore(operation, { check: () => expect(balance()).toBe(2) }));
    expect(error).toBeInstanceOf(ScheduleError);
    expect(error.schedule.split(" ").length).toBeLessThanOrEqual(2);
    expect(error.schedule.length).toBeLessThan(120);
    expect(error.message).toContain(`seed: ${error.seed}`);
    expect(error.message).toContain(`schedule: "${error.schedule}"`);
    expect(error.message).toMatch(/choice \d+: task 3 "second" goes before task 2 "first"/);
    expect(error.cause).toHaveProperty("matcherResult");
  });

  it("passes what holds in every order", async () => {
    let balance = 0;
    const report = await explore(
      () => {
        balance = 0;
        const lock = new Lock();
        const deposit = lock.with(function* () {
          const before = balance;
          yield* checkpoint();
          balance = before + 1;
        });
        return all([deposit, deposit, deposit]);
      },
      { runs: 300, check: () => expect(balance).toBe(3) },
    );
    expect(report.schedules).toBeGreaterThan(20);
    expect(report.schedules).toBe(report.runs);
    expect(report.isComplete).toBe(true);
  });

  it("tries the plain order first", async () => {
    const error = await failureOf(
      explore(function* () {
        yield* all([checkpoint(), checkpoint()]);
        throw new Error("always");
      }),
    );
    expect(error.schedule).toBe("plain");
    expect(error.message).toContain("(run 1)");
  });

  it("tries the same orders for the same seed, and others for another one", async () => {
    const orders = async (seed: number): Promise<string[]> => {
      const schedules: string[] = [];
      await explore(() => racers(3, 3), {
        runs: 20,
        seed,
        check: (run) => void schedules.push(run.schedule),
      });
      return schedules;
    };
    const first = await orders(7);
    expect(await orders(7)).toEqual(first);
    expect(await orders(8)).not.toEqual(first);
  });

  it("chooses as it did on other machines", async () => {
    const schedules: string[] = [];
    await explore(() => racers(3, 2), {
      runs: 6,
      seed: 42,
      check: (run) => void schedules.push(run.schedule),
    });
    expect(schedules).toEqual(RECORDED);
  });

  it.each([
    [2, 3, 20],
    [3, 2, 90],
    [3, 3, 1_680],
  ])("tries every order of %i tasks of %i steps, which are %i", async (tasks, count, orders) => {
    const report = await explore(() => racers(tasks, count), { exhaustive: true, runs: 10_000 });
    expect(report).toEqual({ runs: orders, schedules: orders, isComplete: true });
  });

  it("chooses among timers of the same instant", async () => {
    const orders = new Set<string>();
    let log: number[] = [];
    await explore(
      () => {
        log = [];
        return all(
          [1, 2, 3].map(
            (id) =>
              function* () {
                yield* sleep(10);
                log.push(id);
              },
          ),
        );
      },
      { runs: 200, check: () => void orders.add(log.join("")) },
    );
    expect([...orders].sort()).toEqual(["123", "132", "213", "231", "312", "321"]);
  });

  it("makes one run where there is nothing to choose", async () => {
    expect(await explore(() => sleep(10))).toEqual({ runs: 1, schedules: 1, isComplete: true });
  });

  it("finds a deadlock that only some orders have", async () => {
    const error = await failureOf(
      explore(() => {
        const [a, b] = [new Lock({ name: "a" }), new Lock({ name: "b" })];
        return all([
          function* left() {
            yield* a.with(b.with(checkpoint()));
          },
          function* right() {
            yield* checkpoint();
            yield* b.with(function* () {
              yield* checkpoint();
              yield* a.with(checkpoint());
            });
          },
          a.with(function* () {
            yield* checkpoint();
            yield* b.with(checkpoint());
          }),
        ]);
      }),
    );
    expect(error.message).toContain("Deadlock");
    expect(error.message).toContain("Cycle:");
  });

  it("says so when the same seed makes another run", async () => {
    let calls = 0;
    const error = await failureOf(
      explore(function* () {
        yield* all([checkpoint(), checkpoint(), checkpoint()]);
        if (calls++ > 1) yield* all([checkpoint(), checkpoint(), checkpoint()]);
      }),
    );
    expect(error.message).toContain("The same order made another run");
  });

  it("explores operations that wait for real completions", async () => {
    const report = await explore(
      function* () {
        yield* all([until(Promise.resolve()), call(() => Promise.resolve()), checkpoint()]);
      },
      { runs: 50 },
    );
    expect(report).toMatchObject({ runs: 50, isComplete: false });
  });

  it("tries every order of what is small, and no more, unless it is told to go by chance", async () => {
    expect(await explore(() => racers(2, 2))).toEqual({ runs: 6, schedules: 6, isComplete: true });
    const byChance = await explore(() => racers(2, 2), { runs: 30, exhaustive: false });
    expect(byChance).toMatchObject({ runs: 30, isComplete: false });
  });

  it("begins with the order of its own seed, after the plain one", async () => {
    const seen: string[] = [];
    const options = { runs: 2, seed: 99, check: (run: { schedule: string }) => void seen.push(run.schedule) };
    await explore(() => racers(3, 3), options);
    const { schedule } = await replay(() => racers(3, 3), 99);
    expect(seen.at(-1)).toBe(schedule);
  });

  it("runs a hundred thousand orders a minute", async () => {
    const began = performance.now();
    await explore(() => racers(3, 3), { runs: 2_000 });
    expect(performance.now() - began).toBeLessThan(3_000);
  });

  it("refuses a seed that is no whole number", async () => {
    await expect(explore(() => sleep(1), { seed: 1.5 })).rejects.toThrow(RangeError);
    await expect(explore(() => sleep(1), { seed: "7" as never })).rejects.toThrow(TypeError);
  });
});

describe("a schedule", () => {
  it("is short: neighbouring choices of the same place are one", async () => {
    const seen: string[] = [];
    const { schedule } = await replay(() => racers(3, 4), "2-4:1 6:1");
    await replay(() => racers(3, 4), schedule, { check: (run) => void seen.push(run.schedule) });
    expect([schedule, ...seen]).toEqual(["2-4:1 6:1", "2-4:1 6:1"]);
  });

  it.each(["4-2:1", "0:1", "1-:2", "1:1,2:1", "1-9999999:1"])("is refused when it is %s", async (text) => {
    await expect(replay(() => racers(2, 2), text)).rejects.toThrow("needs a seed, or a schedule");
  });
});

describe("replay", () => {
  it("takes the seed of a run that was one of all orders", async () => {
    const { operation, balance } = lostUpdate();
    const check = (): void => {
      expect(balance()).toBe(2);
    };
    const error = await failureOf(explore(operation, { check, exhaustive: true, runs: 100_000 }));
    const again = await failureOf(replay(operation, error.seed ?? -1, { check }));
    expect(again).toBeInstanceOf(ScheduleError);
    expect(again.cause).toHaveProperty("matcherResult");
  });

  it("makes exactly the run of a seed or of a schedule again", async () => {
    const { operation, balance } = lostUpdate();
    const check = (): void => {
      expect(balance()).toBe(2);
    };
    const found = await failureOf(explore(operation, { check }));
    for (let i = 0; i < 100; i++) {
      const bySeed = await failureOf(replay(operation, found.seed ?? 0, { check }));
      expect(bySeed).toBeInstanceOf(ScheduleError);
      expect(bySeed.message).toContain("expect(");
      const bySchedule = await failureOf(replay(operation, found.schedule, { check }));
      expect(bySchedule.schedule).toBe(found.schedule);
    }
  });

  it("takes the operation that was explored last when it is given none", async () => {
    const { operation, balance } = lostUpdate();
    const found = await failureOf(explore(operation, { check: () => expect(balance()).toBe(2) }));
    expect((await failureOf(replay(found.schedule))).schedule).toBe(found.schedule);
    expect((await failureOf(replay(found.seed ?? 0))).seed).toBe(found.seed);
    expect((await failureOf(replay(String(found.seed)))).seed).toBe(found.seed);
  });

  it("tells how a run in order has ended", async () => {
    const queue = new Queue<number>();
    const run = await replay(function* () {
      yield* queue.put(1);
      yield* sleep(5);
      return yield* queue.get();
    }, "plain");
    expect(run).toEqual({ outcome: "completed", value: 1, error: undefined, time: 5, schedule: "plain" });
  });

  it("refuses what is neither a seed nor a schedule", async () => {
    await expect(replay(() => sleep(1), "first come")).rejects.toThrow('such as "3:1 7:2"');
    await expect(replay(() => sleep(1), null as never)).rejects.toThrow("A seed is a whole number");
  });
});

const RECORDED = ["plain", "plain", "plain", "3:2 4:1", "2:2", "3-4:1", "1-2:1 3:2 5:1"];
