import { describe, expect, it } from "@jest/globals";
import {
  ensure,
  operation,
  resource,
  scoped,
  sleep,
  spawn,
  suspend,
  timeout,
  useScope,
  type Operation,
} from "coppice";
import { bounded, cancelAt, everyFormAndWay, everyWay, NOTHING } from "../support/ways-to-cancel.js";
import { simulate, world } from "../support/virtual.js";

type Log = (event: string) => void;

function* child(log: Log, name: string, cleanupMs: number): Operation<void> {
  try {
    yield* suspend();
  } finally {
    log(`${name} cancelled`);
    yield* sleep(cleanupMs);
    log(`${name} gone`);
  }
}

const held = (log: Log, name: string): Operation<string> =>
  resource<string>(function* (provide) {
    try {
      yield* provide(name);
    } finally {
      log(`${name} released`);
      yield* sleep(1);
      log(`${name} gone`);
    }
  });

function* cleanup(log: Log, name: string): Operation<void> {
  yield* ensure(function* () {
    log(`${name} begins`);
    yield* sleep(1);
    log(`${name} ends`);
  });
}

/** Creates entries of all kinds, in the order of the alphabet. */
function* create(log: Log): Operation<void> {
  yield* spawn(child(log, "child a", 1));
  yield* cleanup(log, "cleanup b");
  yield* spawn(child(log, "child c", 3));
  yield* spawn(child(log, "child d", 1));
  yield* held(log, "resource e");
  yield* spawn(child(log, "child f", 1));
  yield* cleanup(log, "cleanup g");
  yield* sleep(0);
}

const UNDONE = [
  ...["cleanup g begins", "cleanup g ends"],
  ...["child f cancelled", "child f gone"],
  ...["resource e released", "resource e gone"],
  ...["child d cancelled", "child c cancelled", "child d gone", "child c gone"],
  ...["cleanup b begins", "cleanup b ends"],
  ...["child a cancelled", "child a gone"],
];

/** As a cancellation reaches all children at once, their own cleanup overlaps; what waits for them does not. */
const inOrder = (log: readonly string[], kinds: RegExp): string[] => log.filter((event) => kinds.test(event));

const boundaries: [string, (op: () => Operation<unknown>) => Operation<unknown>][] = [
  ["scoped()", scoped],
  ["an operation()", (op) => operation(op)()],
  ["timeout()", (op) => timeout(1000, op)],
];

describe("a boundary", () => {
  it.each(boundaries)("B2 undoes its entries in reverse order when it returns: %s", async (_, enclose) => {
    const log: string[] = [];
    await simulate(function* () {
      yield* enclose(function* () {
        yield* create((event) => log.push(event));
        log.push("returns");
      });
      log.push("outcome delivered");
    });
    expect(log).toEqual(["returns", ...UNDONE, "outcome delivered"]);
  });

  it.each(boundaries)("B2 undoes its entries in reverse order when it throws: %s", async (_, enclose) => {
    const log: string[] = [];
    await simulate(function* () {
      try {
        yield* enclose(function* () {
          yield* create((event) => log.push(event));
          log.push("throws");
          throw new Error("failed");
        });
      } catch {
        log.push("caught");
      }
    });
    expect(log).toEqual(["throws", ...UNDONE, "caught"]);
  });

  it.each(everyFormAndWay)(
    "B2 undoes its entries in reverse order when it is cancelled: %s",
    async (_, form, way) => {
      const log: string[] = [];
      const write: Log = (event) => log.push(event);
      const body = form.define(function* () {
        yield* create(write);
        yield* suspend();
      });
      const trial = await cancelAt(way, 10, body);
      expect(inOrder(log, /cleanup|resource/)).toEqual(inOrder(UNDONE, /cleanup|resource/));
      expect([...log].sort()).toEqual([...UNDONE].sort());
      expect(log.indexOf("child a gone")).toBeGreaterThan(-1);
      expect(trial.left).toEqual(NOTHING);
    },
  );

  it.each(everyWay)(
    "B2 waits for newer children before it undoes what is older, cancelled by %s",
    async (_, way) => {
      const log: string[] = [];
      const write: Log = (event) => log.push(event);
      await cancelAt(way, 10, function* () {
        yield* cleanup(write, "cleanup");
        yield* held(write, "resource");
        yield* spawn(child(write, "slow", 9));
        yield* spawn(child(write, "quick", 1));
        yield* suspend();
      });
      expect(log.slice(2)).toEqual([
        ...[
          "quick gone",
          "slow gone",
          "resource released",
          "resource gone",
          "cleanup begins",
          "cleanup ends",
        ],
      ]);
    },
  );

  it("B2 undoes an inner boundary's entries before an outer one's", async () => {
    const log: string[] = [];
    const nested = (level: number): Operation<void> =>
      bounded.define(function* () {
        yield* cleanup((event) => log.push(event), `level ${level}`);
        if (level > 0) yield* nested(level - 1);
        else yield* suspend();
      })();
    const task = simulate(nested(3));
    await task.cancel();
    expect(log.filter((event) => event.endsWith("begins"))).toEqual(
      [0, 1, 2, 3].map((level) => `level ${level} begins`),
    );
    expect(log.filter((_, i) => i % 2 === 1).every((event) => event.endsWith("ends"))).toBe(true);
  });

  it("B2 lets nothing that it started outlive it, tasks of tasks included", async () => {
    const { run, scheduler } = world();
    let alive = 0;
    const tree = (depth: number): Operation<void> =>
      operation(function* () {
        alive++;
        try {
          for (let i = 0; i < 3 && depth > 0; i++) yield* spawn(tree(depth - 1));
          yield* suspend();
        } finally {
          yield* sleep(depth);
          alive--;
        }
      })();
    await run(function* () {
      yield* scoped(function* () {
        yield* spawn(tree(4));
        yield* sleep(10);
      });
      expect(alive).toBe(0);
    });
    expect(scheduler.timers.size).toBe(0);
  });

  it("B2 refuses new entries once it is undoing its entries, and names itself", async () => {
    let error: unknown;
    await simulate(
      scoped(function* outer() {
        const scope = yield* useScope();
        yield* ensure(() => {
          try {
            scope.spawn(suspend());
          } catch (thrown) {
            error = thrown;
          }
        });
      }),
    );
    expect(String(error)).toMatch(/Cannot spawn "anonymous" in scope "outer": it is closing/);
  });
});
