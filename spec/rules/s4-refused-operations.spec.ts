/** An operation that is refused where it is performed, in a loop that catches the refusal and goes on. */
import { describe, expect, it } from "@jest/globals";
import { attempt, each, on, Queue, shield, sleep, spawn, type Operation } from "coppice";
import { fail } from "../support/fail.js";
import { steppedWorld } from "../support/step-host.js";
import { endOf } from "../support/ways-to-cancel.js";
import { simulate } from "../support/virtual.js";

/** More rounds than a task may take in one go, and few enough for a spec that fails to end. */
const MANY = 2_000;

const generator = (function* (): Operation<void> {
  yield* sleep(0);
})();
await simulate(generator);
const broken = { on: () => fail(new Error("cannot listen")), off: () => undefined };
const loop = each(new Queue<number>());

const refusals: [name: string, message: string, perform: () => Operation<unknown>][] = [
  ["spawn()", "A generator object can run only once", () => spawn(generator)],
  ["on()", "cannot listen", () => on(broken as never, "event")],
  ["loop.next()", "another task waits for the same loop", () => loop.next()],
];

/** @param round - called in each round; true ends the loop */
function retrying(perform: () => Operation<unknown>, log: string[], round: () => unknown): Operation<void> {
  return (function* () {
    try {
      for (let i = 0; i < MANY && round() !== true; i++) {
        try {
          yield* perform();
        } catch (error) {
          if (log.length === 0) log.push((error as Error).message);
        }
      }
      log.push("went on");
    } finally {
      log.push("cleaned up");
    }
  })();
}

describe.each(refusals)("a loop that goes on after each refusal of %s", (name, message, perform) => {
  /** Where another task is part of the mistake. */
  function* prepare(): Operation<void> {
    if (name !== "loop.next()") return;
    yield* spawn(loop.next());
    yield* sleep(1);
  }

  it("S4 does not starve other tasks", async () => {
    const log: string[] = [];
    let rounds = 0;
    let hadTurn = false;
    await simulate(function* () {
      yield* prepare();
      yield* spawn(function* () {
        hadTurn = true;
      });
      yield* retrying(perform, log, () => ++rounds > 0 && hadTurn);
    });
    expect(log).toEqual([expect.stringContaining(message), "went on", "cleaned up"]);
    expect(rounds).toBeLessThan(MANY);
  });

  it("S4 does not starve the host, and is cancelled in its turn", async () => {
    const log: string[] = [];
    const { host, run } = steppedWorld();
    const task = run(function* () {
      yield* prepare();
      yield* retrying(perform, log, () => host.work(0.1));
    });
    if (host.timer !== null) host.fireTimer();
    expect([log, host.macrotasks.length]).toEqual([[expect.stringContaining(message)], 1]);
    const ending = endOf(task.cancel());
    while (host.macrotasks.length > 0) host.turn();
    await ending;
    expect(log).toEqual([expect.stringContaining(message), "cleaned up"]);
    expect(task.state).not.toBe("completed");
  });

  it("C6 goes on behind a shield, and is cancelled when that ends", async () => {
    const log: string[] = [];
    const outcome = await simulate(function* () {
      yield* prepare();
      const worker = yield* spawn(function* () {
        yield* shield(retrying(perform, log, () => void worker.cancel()));
        yield* sleep(1);
        log.push("RESUMED");
      });
      return yield* attempt(worker);
    });
    expect(outcome).toMatchObject({ ok: false, error: { name: "CancelledError" } });
    expect(log).toEqual([expect.stringContaining(message), "went on", "cleaned up"]);
  });
});

it("E2 a refusal at which a cancellation lands is told to who cancelled", async () => {
  const task = simulate(function* () {
    const worker = yield* spawn(function* () {
      void worker.cancel();
      try {
        yield* spawn(generator);
      } catch {
        throw new Error("resumed");
      }
    });
    yield* sleep(1);
  });
  await expect(task).rejects.toThrow("A generator object can run only once");
});
