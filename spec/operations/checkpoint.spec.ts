import { describe, expect, it } from "@jest/globals";
import { checkpoint, shield, sleep, spawn } from "coppice";
import { runOn, Scheduler } from "../../lib/kernel/index.js";
import { simulate, VirtualHost, world } from "../support/virtual.js";

/** Time goes on with every look at it, and no host timer ever fires. */
class TickingHost extends VirtualHost {
  #looks = 0;

  override now(): number {
    return this.#looks++;
  }

  override setTimer(): void {
    // Only a scheduler that looks at the clock by itself lets sleepers wake here.
  }
}

describe("checkpoint", () => {
  it("lets the tasks that are ready take their turns, in order, and gives nothing", async () => {
    const log: unknown[] = [];
    const counter = (name: string) =>
      function* () {
        for (let i = 1; i <= 3; i++) {
          log.push(`${name}${i}`);
          log.push(yield* checkpoint());
        }
      };
    await simulate(function* () {
      yield* spawn(counter("a"));
      yield* spawn(counter("b"));
      yield* sleep(1);
    });
    expect(log.filter((entry) => entry !== undefined)).toEqual(["a1", "b1", "a2", "b2", "a3", "b3"]);
    expect(log).toHaveLength(12);
  });

  it("takes no time, and leaves nothing behind", async () => {
    const { run, host, scheduler } = world();
    await run(checkpoint());
    expect([host.now(), scheduler.timers.size, scheduler.readyCount]).toEqual([0, 0, 0]);
  });

  it("lets timers through, so that a loop of checkpoints does not stop the time (S4)", async () => {
    let isOver = false;
    let turns = 0;
    await runOn(new Scheduler(new TickingHost()), function* () {
      yield* spawn(function* () {
        yield* sleep(5);
        isOver = true;
      });
      while (!isOver && turns < 100_000) {
        turns++;
        yield* checkpoint();
      }
    });
    expect(isOver).toBe(true);
  });

  it("leaves when its task is cancelled while it gives way", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const child = yield* spawn(function* () {
        try {
          for (let i = 0; ; i++) {
            log.push(`turn ${i}`);
            yield* checkpoint();
          }
        } finally {
          log.push("cleanup");
        }
      });
      yield* checkpoint();
      yield* checkpoint();
      yield* child.cancel();
      log.push(child.state);
    });
    expect(log).toEqual(["turn 0", "turn 1", "cleanup", "cancelled"]);
  });

  it("does not give way when its task was cancelled before it starts", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const child = yield* spawn(function* () {
        try {
          yield* checkpoint();
          log.push("went on");
        } finally {
          log.push("cleanup");
        }
      });
      yield* child.cancel();
      log.push(child.state);
    });
    expect(log).toEqual(["cleanup", "cancelled"]);
  });

  it("goes on behind a shield that stands in a cancelled scope", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const child = yield* spawn(function* () {
        yield* shield(function* () {
          yield* sleep(1);
          yield* checkpoint();
          log.push("went on");
        });
        log.push("never");
      });
      yield* checkpoint();
      yield* child.cancel();
      log.push(child.state);
    });
    expect(log).toEqual(["went on", "cancelled"]);
  });
});
