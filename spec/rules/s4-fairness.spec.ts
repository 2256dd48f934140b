import { describe, expect, it } from "@jest/globals";
import {
  checkpoint,
  operation,
  run,
  shield,
  sleep,
  spawn,
  suspend,
  timeout,
  until,
  useScope,
  type Operation,
} from "coppice";
import { steppedWorld, type StepHost } from "../support/step-host.js";
import { simulate } from "../support/virtual.js";

/** Far more steps than a task may take in one go. */
const MANY = 1_000_000;

/** Spins without ever suspending until the condition holds; gives how many steps that took. */
function* spin(until: () => boolean, step: () => Operation<unknown> = useScope): Operation<number> {
  for (let steps = 0; steps < MANY; steps++) {
    if (until()) return steps;
    yield* step();
  }
  throw new Error("Nobody else had a turn.");
}

describe("a task that never suspends", () => {
  it("S4 does not starve the other ready tasks", async () => {
    const steps = await simulate(function* () {
      let hadTurn = false;
      yield* spawn(function* () {
        hadTurn = true;
      });
      return yield* spin(() => hadTurn);
    });
    expect(steps).toBeGreaterThan(0);
    expect(steps).toBeLessThan(10_000);
  });

  it("S4 does not starve them from behind a shield while it is cancelled", async () => {
    let hadTurn = false;
    let steps = 0;
    await simulate(function* () {
      const spinner = yield* spawn(
        shield(function* () {
          yield* checkpoint();
          steps = yield* spin(() => hadTurn);
        }),
      );
      yield* checkpoint();
      void spinner.cancel();
      yield* spawn(function* () {
        hadTurn = true;
      });
      yield* spinner.cancel();
    });
    expect(steps).toBeLessThan(10_000);
  });

  it("S4 does not starve them while it cleans up after a cancel", async () => {
    let hadTurn = false;
    let steps = 0;
    await simulate(function* () {
      const spinner = yield* spawn(function* () {
        try {
          yield* suspend();
        } finally {
          steps = yield* spin(() => hadTurn);
        }
      });
      yield* checkpoint();
      void spinner.cancel();
      yield* spawn(function* () {
        hadTurn = true;
      });
      yield* spinner.cancel();
    });
    expect(steps).toBeLessThan(10_000);
  });

  it("S4 can be cancelled by another task", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const spinner = yield* spawn(function* () {
        try {
          yield* spin(() => false);
        } finally {
          log.push("cut");
        }
      });
      yield* checkpoint();
      yield* spinner.cancel();
    });
    expect(log).toEqual(["cut"]);
  });

  it("S4 is cut by its own deadline", async () => {
    const { host, run: start } = steppedWorld();
    const task = start(
      timeout(
        5,
        spin(
          () => false,
          () => {
            host.work(0.01);
            return useScope();
          },
        ),
        { otherwise: "time is up" },
      ),
    );
    while (host.macrotasks.length > 0) host.turn();
    expect(await task).toBe("time is up");
    expect(host.time).toBeLessThan(10);
  });
});

describe("a drain", () => {
  const costs = [0.001, 0.01, 0.1, 0.5, 1, 2].flatMap((ms) =>
    [
      ["useScope()", useScope],
      ["checkpoint()", checkpoint],
    ].map(([name, step]) => [ms, name, step] as [number, string, () => Operation<unknown>]),
  );

  it.each(costs)("S4 hands over to the host after 8 ms of steps of %d ms with %s", (ms, _, step) => {
    const { host, run: start } = steppedWorld();
    void start(
      spin(
        () => false,
        () => {
          host.work(ms);
          return step();
        },
      ),
    );
    const slices = [host.time];
    for (let turn = 0; turn < 20; turn++) {
      const before = host.time;
      host.turn();
      slices.push(host.time - before);
    }
    expect(Math.min(...slices)).toBeGreaterThanOrEqual(7);
    expect(Math.max(...slices)).toBeLessThan(16);
  });

  /** Calls itself, and works on the way back. */
  const descend = operation(function* (depth: number, host: StepHost): Operation<void> {
    try {
      yield* depth === 0 ? suspend() : descend(depth - 1, host);
    } finally {
      host.work(0.1);
    }
  });

  it("S4 hands over to the host while a deep stack unwinds", () => {
    const { host, run: start } = steppedWorld();
    const task = start(descend(1000, host));
    while (host.macrotasks.length > 0) host.turn();
    expect(host.time).toBe(0);
    void task.cancel();
    const slices = [host.time];
    while (host.macrotasks.length > 0) {
      const before = host.time;
      host.turn();
      slices.push(host.time - before);
    }
    expect(task.state).toBe("cancelled");
    expect(host.time).toBeCloseTo(100.1);
    expect(Math.max(...slices)).toBeLessThan(16);
  });

  it("S4 leaves to the host also what becomes ready meanwhile", () => {
    const { host, run: start } = steppedWorld();
    const log: string[] = [];
    let open: (value: string) => void = () => undefined;
    void start(function* () {
      const gate = new Promise<string>((resolve) => (open = resolve));
      log.push(yield* until(gate));
    });
    void start(function* () {
      for (;;) {
        host.work(1);
        yield* checkpoint();
      }
    });
    expect(host.macrotasks).toHaveLength(1);
    open("resolved");
    return Promise.resolve().then(() => {
      expect(log).toEqual([]);
      host.turn();
      expect(log).toEqual(["resolved"]);
    });
  });

  it("S4 fires what falls due while it goes on", () => {
    const { host, run: start } = steppedWorld();
    let woken: number | undefined;
    void start(function* () {
      yield* sleep(2);
      woken = host.time;
    });
    void start(function* () {
      for (;;) {
        host.work(0.1);
        yield* checkpoint();
      }
    });
    expect(woken).toBeGreaterThanOrEqual(2);
    expect(woken).toBeLessThan(8);
  });
});

describe("the host", () => {
  const loops: [string, () => Operation<unknown>][] = [
    ["give way", checkpoint],
    ["need no waiting", useScope],
    ["wait for resolved promises", () => until(Promise.resolve())],
  ];

  it.each(loops)("S4 has its immediates while operations %s in a loop", async (_, step) => {
    let hadTurn = false;
    setImmediate(() => (hadTurn = true));
    const steps = await run(spin(() => hadTurn, step));
    expect(steps).toBeGreaterThan(0);
  });

  it.each(loops)("S4 has its timers while operations %s in a loop", async (_, step) => {
    let hadTurn = false;
    setTimeout(() => (hadTurn = true), 1);
    const steps = await run(spin(() => hadTurn, step));
    expect(steps).toBeGreaterThan(0);
  });

  it("S4 has its turns while many tasks wait for promises that resolve one after the other", async () => {
    let hadTurn = false;
    setImmediate(() => (hadTurn = true));
    await run(function* () {
      const tasks = [];
      for (let i = 0; i < 10; i++) tasks.push(yield* spawn(spin(() => hadTurn, loops[2]?.[1])));
      for (const task of tasks) yield* task;
    });
    expect(hadTurn).toBe(true);
  });
});
