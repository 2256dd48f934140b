import { describe, expect, it } from "@jest/globals";
import { all, checkpoint, sleep, spawn, taskGroup, timeout, type Operable } from "coppice";
import { runOn, Scheduler, type Host } from "../../lib/kernel/index.js";
import { VirtualHost } from "../support/virtual.js";

/** A host that makes every choice of order from a list of numbers, and counts how many there were. */
class ChoosingHost extends VirtualHost {
  readonly asked: string[] = [];

  constructor(private readonly pick: (count: number) => number) {
    super();
  }

  chooseReady(count: number): number {
    this.asked.push(`${count} ready`);
    return this.pick(count);
  }

  chooseTimer(count: number): number {
    this.asked.push(`${count} timers`);
    return this.pick(count);
  }
}

/** A small generator of numbers with a seed: the same seed makes the same choices. */
function seeded(seed: number): (count: number) => number {
  let state = seed;
  return (count) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * count);
  };
}

async function orderOf(
  pick: (count: number) => number,
  program: (log: string[]) => Operable<unknown>,
): Promise<string> {
  const log: string[] = [];
  await runOn(new Scheduler(new ChoosingHost(pick)), program(log));
  return log.join(" ");
}

const steps = (log: string[]) =>
  taskGroup(function* (group) {
    for (const name of ["a", "b", "c"]) {
      group.spawn(function* () {
        for (let i = 1; i <= 2; i++) {
          log.push(`${name}${i}`);
          yield* checkpoint();
        }
      });
    }
    yield* sleep(0);
  });

const wakings = (log: string[]) =>
  all(
    ["a", "b", "c"].map(
      (name) =>
        function* () {
          yield* sleep(10);
          log.push(name);
        },
    ),
  );

describe("O3 a host owns every choice of order", () => {
  it("O3 chooses which ready task steps next", async () => {
    const first = await orderOf(() => 0, steps);
    const last = await orderOf((count) => count - 1, steps);
    expect([first, last.startsWith("c1 c2 b1 b2")]).toEqual(["a1 b1 c1 a2 b2 c2", true]);
  });

  it("O3 chooses which of the timers of one instant fires first", async () => {
    // The one that fires first is ready first; `chooseReady` then takes them as they are.
    class TimersOnly extends VirtualHost {
      chooseTimer(count: number): number {
        return count - 1;
      }
    }
    const log: string[] = [];
    await runOn(new Scheduler(new TimersOnly()), wakings(log));
    expect(log).toEqual(["c", "b", "a"]);
  });

  it("O3 deadlines still come before the sleepers of the same instant (S4)", async () => {
    for (const pick of [() => 0, (count: number) => count - 1]) {
      const results = await runOn(
        new Scheduler(new ChoosingHost(pick)),
        all([timeout(10, sleep(10), { otherwise: "late" }), timeout(10, sleep(10), { otherwise: "late" })]),
      );
      expect(results).toEqual(["late", "late"]);
    }
  });

  it("O3 the same choices give the same order, other choices another", async () => {
    const program = (log: string[]) =>
      function* () {
        yield* spawn(steps(log));
        yield* wakings(log);
      };
    const orders = await Promise.all([1, 1, 2, 3, 4].map((seed) => orderOf(seeded(seed), program)));
    expect(orders[0]).toBe(orders[1]);
    expect(new Set(orders).size).toBeGreaterThan(2);
  });

  it("O3 reaches every order that is possible", async () => {
    const orders = new Set<string>();
    for (let seed = 0; seed < 200; seed++) orders.add(await orderOf(seeded(seed), wakings));
    expect(orders.size).toBe(6);
  });

  it("O3 is asked only where there is a choice", async () => {
    const host = new ChoosingHost(() => 0);
    await runOn(new Scheduler(host), function* () {
      yield* sleep(1);
      yield* checkpoint();
      yield* sleep(2);
    });
    expect(host.asked).toEqual([]);
  });

  it.each([-1, 99, NaN, 0.5])("O3 a choice of %p that does not exist loses no task", async (choice) => {
    const order = await orderOf(() => choice, steps);
    expect(order.split(" ").sort().join(" ")).toBe("a1 a2 b1 b2 c1 c2");
  });
});

describe("O3 all contact with the outside goes through the host", () => {
  it("O3 a program of sleeps, deadlines and failures asks it for time, one timer at a time, and reports", async () => {
    const calls: string[] = [];
    let now = 0;
    let timer: (() => void) | undefined;
    const host: Host = {
      isClockCheap: true,
      isDebugging: false,
      now: () => now,
      setTimer: (ms, callback) => {
        calls.push(`timer in ${ms}`);
        timer = callback;
      },
      clearTimer: () => calls.push("no timer"),
      macrotask: (callback) => setImmediate(callback),
      unobserved: (error, rejected) => {
        calls.push(`unobserved: ${String(error)}`);
        rejected.catch(() => undefined);
      },
      warn: () => undefined,
    };
    const scheduler = new Scheduler(host);
    runOn(scheduler, function* () {
      yield* timeout(50, sleep(20));
      throw new Error("lost");
    });
    now = 20;
    timer?.();
    await new Promise((resolve) => setImmediate(resolve));
    expect(calls).toEqual(["timer in 20", "unobserved: Error: lost"]);
  });
});
