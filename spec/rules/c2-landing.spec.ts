import { describe, expect, it } from "@jest/globals";
import { call, operation, Queue, Semaphore, sleep, spawn, suspend, until, type Operation } from "coppice";
import { cancelAt, everyFormAndWay } from "../support/ways-to-cancel.js";
import { simulate } from "../support/virtual.js";

const empty = new Queue<number>();
const full = new Queue<number>({ capacity: 1 });
full.tryPut(0);
const taken = new Semaphore(1);
taken.tryAcquire();

/** Calls that never settle by themselves, but end when aborted. */
const obedient = call(
  (signal) =>
    new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
    }),
);

const waits: [string, Operation<unknown>][] = [
  ["suspend()", suspend()],
  ["sleep()", sleep(1000)],
  ["until() of a pending promise", until(new Promise(() => undefined))],
  ["call() of an aborted function", obedient],
  ["get() of an empty queue", empty.get()],
  ["put() into a full queue", full.put(1)],
  ["join() of a queue with work left", full.join()],
  ["acquire() of a taken permit", taken.acquire()],
];

const rows = everyFormAndWay.flatMap(([name, form, way]) =>
  waits.map(([wait, op]) => [`${wait}, ${name}`, form, way, op] as const),
);

describe("landing", () => {
  it.each(rows)(
    "C2 runs finally blocks, and lets no catch see the cancellation: %s",
    async (_, form, way, op) => {
      const log: string[] = [];
      const body = form.define(function* () {
        try {
          try {
            yield* op;
            log.push("WENT ON");
          } catch {
            log.push("CAUGHT");
            throw new Error("CAUGHT");
          } finally {
            log.push("inner finally");
          }
        } catch {
          log.push("CAUGHT");
        } finally {
          log.push("outer finally");
        }
      });
      const trial = await cancelAt(way, 10, body);
      expect(log).toEqual(["inner finally", "outer finally"]);
      expect(trial.ended).toBe(way.ended);
    },
  );

  it("C2 has nothing to swallow: a loop that catches everything ends", async () => {
    const log: string[] = [];
    const stubborn = operation(function* () {
      for (;;) {
        try {
          yield* sleep(1);
        } catch {
          log.push("CAUGHT");
        }
      }
    });
    await simulate(function* () {
      const task = yield* spawn(stubborn());
      yield* sleep(10);
      yield* task.cancel();
      log.push(task.state);
    });
    expect(log).toEqual(["cancelled"]);
  });

  it("C2 leaves nothing of the waits behind", () => {
    expect([taken.waiting, full.size, empty.size]).toEqual([0, 1, 0]);
  });
});
