/** Nothing of either tree outlives the other: looked at with the testing kit, with their own scopes, and with the heap. */
import { describe, expect, it } from "@jest/globals";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as theirs from "effection";
import {
  abandonedWork,
  attempt,
  ensure,
  race,
  run,
  sleep,
  spawn,
  suspend,
  timeout,
  type Operation,
} from "coppice";
import { fromEffection, toEffection } from "coppice/effection";
import { cancelEverywhere, runTest } from "coppice/testing";
import { ourTurn, theirCleanup, theirThing, theirTurn } from "./support.js";

/** The scopes of theirs that hang below their root. */
const children = theirs.createContext<Set<theirs.Scope>>("@effection/scope.children");
const theirScopes = (): number => theirs.global.expect(children).size;

/** A program with every kind of crossing. */
const everyWay = (log: unknown[] = []) =>
  function* (): Operation<unknown> {
    yield* fromEffection(theirThing(log, "thing"));
    yield* spawn(fromEffection(() => theirCleanup(log)));
    yield* race([fromEffection(() => theirCleanup(log)), ourTurn()]);
    yield* attempt(
      fromEffection(function* () {
        yield* theirTurn();
        throw new Error("theirs");
      }),
    );
    return yield* fromEffection(function* () {
      void (yield* theirs.spawn(() => toEffection(suspend())));
      yield* theirs.ensure(() => toEffection(ourTurn()));
      return yield* toEffection(function* () {
        yield* ensure(() => fromEffection(theirTurn));
        return yield* fromEffection(theirTurn());
      });
    });
  };

describe("the testing kit", () => {
  it("finds no task, timer or listener left of either side (runTest)", async () => {
    const before = theirScopes();
    await runTest(everyWay());
    expect(theirScopes()).toBe(before);
  });

  it("finds nothing left when a crossing is cancelled at any of its points (cancelEverywhere)", async () => {
    const before = theirScopes();
    const logs: unknown[][] = [];
    const report = await cancelEverywhere(
      () => {
        const log: unknown[] = [];
        logs.push(log);
        return everyWay(log);
      },
      {
        check: () => {
          const log = logs.at(-1) ?? [];
          const count = (text: string) => log.filter((line) => line === text).length;
          expect(count("theirs gone")).toBe(count("theirs waits"));
          expect(theirScopes()).toBe(before);
        },
      },
    );
    expect(report.points).toBeGreaterThan(10);
    expect([...abandonedWork()]).toEqual([]);
  }, 180_000);

  it("keeps virtual time for ours on the far side of theirs", async () => {
    await runTest(function* (clock) {
      yield* fromEffection(() => toEffection(sleep(3_600_000)));
      expect(clock.now).toBe(3_600_000);
    });
  });

  it("lets a timeout of virtual time cut theirs", async () => {
    await runTest(function* () {
      const ended = yield* attempt(
        timeout(
          60_000,
          fromEffection(() => toEffection(suspend())),
        ),
      );
      expect(ended.ok).toBe(false);
    });
  });
});

describe("ten thousand crossings in one task", () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;

  /** How much more the heap holds after the second five thousand than after the first. */
  async function growth(): Promise<{ grown: number; scopes: number }> {
    const before = theirScopes();
    const used: number[] = [];
    const rounds = function* (count: number): Operation<void> {
      for (let i = 0; i < count; i++) {
        yield* fromEffection(function* () {
          return yield* toEffection(function* () {
            return yield* fromEffection(theirs.call(() => i));
          });
        });
      }
      collect();
      used.push(process.memoryUsage().heapUsed);
    };
    await run(function* () {
      yield* rounds(5_000);
      yield* rounds(5_000);
    });
    const [first = 0, second = 0] = used;
    return { grown: second - first, scopes: theirScopes() - before };
  }

  it("keep memory flat, and leave no scope of theirs", async () => {
    const { grown, scopes } = await growth();
    // A single object kept per crossing would be half a megabyte and more.
    expect(grown).toBeLessThan(500_000);
    expect(scopes).toBe(0);
  }, 180_000);

  it("keep memory flat in theirs, too", async () => {
    const used: number[] = [];
    await theirs.run(function* () {
      for (const count of [5_000, 5_000]) {
        for (let i = 0; i < count; i++) yield* toEffection(ourValue(i));
        collect();
        used.push(process.memoryUsage().heapUsed);
      }
    });
    const [first = 0, second = 0] = used;
    expect(second - first).toBeLessThan(500_000);
  }, 180_000);
});

const ourValue = (value: number) =>
  function* (): Operation<number> {
    yield* sleep(0);
    return value;
  };
