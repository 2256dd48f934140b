/** `yield` for `yield*`, in a loop that catches what it is told: the likeliest mistake, at its worst. */
import { describe, expect, it } from "@jest/globals";
import { attempt, operation, Queue, scoped, shield, sleep, spawn, timeout, type Operation } from "coppice";
import { steppedWorld } from "../support/step-host.js";
import { endOf } from "../support/ways-to-cancel.js";
import { simulate } from "../support/virtual.js";

const jobs = new Queue<number>({ name: "jobs" });
const MISTAKE = "used `yield` on an operation. Write `yield*`.";
/** More rounds than a task may take in one go, and few enough for a spec that fails to end. */
const MANY = 2_000;

/** @param round - called in each round; true ends the loop */
function working(log: string[], round: () => unknown = () => false): () => Operation<void> {
  return function* work() {
    try {
      for (let i = 0; i < MANY && round() !== true; i++) {
        try {
          yield jobs.get() as never;
        } catch (error) {
          if (log.length === 0) log.push((error as Error).message);
        }
      }
      log.push("went on");
    } finally {
      yield* sleep(0);
      log.push("cleaned up");
    }
  };
}

const forms: [string, (work: () => Operation<void>) => Operation<void> | (() => Operation<void>)][] = [
  ["as a task", (work) => work],
  ["called by a task", (work) => operation(work)()],
  ["in a scope", (work) => scoped(work)],
];

describe("a loop that goes on after each refusal of a bare yield", () => {
  it.each(forms)("S4 does not starve other tasks: %s", async (_, form) => {
    const log: string[] = [];
    let rounds = 0;
    let hadTurn = false;
    const round = (): boolean => ++rounds > 0 && hadTurn;
    await simulate(
      function* () {
        yield* spawn(function* () {
          hadTurn = true;
        });
        yield* scoped(form(working(log, round)));
      },
      { name: "worker" },
    );
    expect(log).toEqual([`Task "worker" ${MISTAKE}`, "went on", "cleaned up"]);
    expect(rounds).toBeLessThan(MANY);
  });

  it.each(forms)("S4 does not starve the host, and is cancelled in its turn: %s", async (_, form) => {
    const log: string[] = [];
    const { host, run } = steppedWorld();
    const task = run(form(working(log, () => host.work(0.1))), { name: "worker" });
    expect([log, host.macrotasks.length]).toEqual([[`Task "worker" ${MISTAKE}`], 1]);
    const ending = endOf(task.cancel());
    while (host.macrotasks.length > 0) host.turn();
    // E2: the mistake at which it landed.
    expect((await ending).error).toEqual(new TypeError(`Task "worker" ${MISTAKE}`));
    expect(log).toEqual([`Task "worker" ${MISTAKE}`, "cleaned up"]);
  });

  it("C6 goes on behind a shield, and is cancelled when that ends", async () => {
    const log: string[] = [];
    const outcome = await simulate(function* () {
      const worker = yield* spawn(
        function* () {
          yield* shield(working(log, () => void worker.cancel()));
          yield* sleep(1);
          log.push("RESUMED");
        },
        { name: "worker" },
      );
      return yield* attempt(worker);
    });
    expect(outcome).toMatchObject({ ok: false, error: { name: "CancelledError" } });
    expect(log).toEqual([`Task "worker" ${MISTAKE}`, "went on", "cleaned up"]);
  });

  it("C11 is cut by a deadline", async () => {
    const log: string[] = [];
    const result = simulate(timeout(0, working(log)), { name: "worker" });
    await expect(result).rejects.toThrow(MISTAKE);
    expect(log).toEqual(["cleaned up"]);
  });
});
