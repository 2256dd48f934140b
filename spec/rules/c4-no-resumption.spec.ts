import { describe, expect, it } from "@jest/globals";
import { ensure, operation, sleep, suspend, type Operation } from "coppice";
import {
  bounded,
  cancelAt,
  everyFormAndWay,
  everyWay,
  NOTHING,
  plain,
  type Form,
} from "../support/ways-to-cancel.js";

type Log = (event: string) => void;

/** Functions that call one another, `levels` deep; each cleans up in `steps` asynchronous steps. */
function nest(form: Form, levels: number, steps: number, log: Log): () => Operation<void> {
  let inner: () => Operation<void> = suspend;
  for (let level = 1; level <= levels; level++) {
    const callee = inner;
    inner = form.define(function* caller() {
      try {
        yield* callee();
        log(`RESUMED ${level}`);
      } catch {
        log(`CAUGHT ${level}`);
      } finally {
        log(`finally ${level}`);
        for (let step = 1; step <= steps; step++) {
          yield* sleep(1);
          log(`cleaned ${level}.${step}`);
        }
      }
      log(`AFTER ${level}`);
    });
  }
  return inner;
}

/** What the levels must do, from the innermost on. */
function unwound(form: Form, levels: number, steps: number): string[] {
  const events: string[] = [];
  for (let level = 1; level <= levels; level++) {
    events.push(`finally ${level}`);
    // A native delegate performs the one operation it yields, and leaves its `finally` there.
    const performed = form === plain && level < levels ? 0 : steps;
    for (let step = 1; step <= performed; step++) events.push(`cleaned ${level}.${step}`);
  }
  return events;
}

const rows = everyFormAndWay.flatMap(([name, form, way]) =>
  [1, 2, 3].flatMap((levels) =>
    [0, 1, 3].map(
      (steps) => [`${name}, ${levels} deep, ${steps} steps of cleanup`, form, way, levels, steps] as const,
    ),
  ),
);

describe("a cancelled caller", () => {
  it.each(rows)(
    "C4 is never resumed as if the callee had returned: %s",
    async (_, form, way, levels, steps) => {
      const log: string[] = [];
      const trial = await cancelAt(
        way,
        10,
        nest(form, levels, steps, (event) => log.push(event)),
      );
      expect(log).toEqual(unwound(form, levels, steps));
      expect(trial.ended).toBe(way.ended);
      expect(trial.left).toEqual(NOTHING);
    },
  );

  it.each(rows.filter(([, form]) => form === bounded))(
    "C3 gets its outcome after the cleanup of all levels: %s",
    async (_, form, way, levels, steps) => {
      const trial = await cancelAt(
        way,
        10,
        nest(form, levels, steps, () => undefined),
      );
      expect(trial.at).toBe(10 + levels * steps);
    },
  );

  it.each(everyWay)("C4 unwinds through both forms mixed, cancelled by %s", async (_, way) => {
    const log: string[] = [];
    function* innermost(): Operation<void> {
      try {
        yield* suspend();
      } finally {
        yield* sleep(1);
        log.push("NATIVE GOES ON");
      }
    }
    const middle = operation(function* middle() {
      try {
        yield* innermost();
        log.push("RESUMED");
      } finally {
        yield* sleep(1);
        yield* sleep(1);
        log.push("operation cleaned");
      }
      log.push("AFTER");
    });
    function* outer(): Operation<void> {
      try {
        yield* middle();
        log.push("RESUMED");
      } finally {
        yield* sleep(1);
        log.push("outer cleaned");
      }
    }
    const trial = await cancelAt(way, 10, outer);
    expect(log).toEqual(["operation cleaned", "outer cleaned"]);
    expect(trial.at).toBe(14);
  });

  it.each(everyFormAndWay)("C4 unwinds when its callee cleans up with ensure(): %s", async (_, form, way) => {
    const log: string[] = [];
    const inner = operation(function* inner() {
      yield* ensure(function* () {
        yield* sleep(1);
        yield* sleep(1);
        log.push("ensured");
      });
      yield* suspend();
    });
    const caller = form.define(function* caller() {
      yield* inner();
      log.push("RESUMED");
    });
    const trial = await cancelAt(way, 10, caller);
    expect(log).toEqual(["ensured"]);
    expect(trial.at).toBe(12);
  });

  it.each(everyFormAndWay)(
    "C4 is left through loops, returns and nested try blocks: %s",
    async (_, form, way) => {
      const log: string[] = [];
      const callee = form.define(function* callee() {
        for (;;) {
          try {
            yield* suspend();
          } finally {
            yield* sleep(1);
          }
          log.push("LOOPED");
        }
      });
      const caller = form.define(function* caller() {
        try {
          try {
            yield* callee();
            log.push("RESUMED");
          } finally {
            log.push("inner");
          }
          log.push("BETWEEN");
          return "RETURNED";
        } finally {
          log.push("outer");
        }
      });
      await cancelAt(way, 10, function* victim() {
        log.push(yield* caller());
      });
      expect(log).toEqual(["inner", "outer"]);
    },
  );

  it.each(everyWay)("C4 gets no value from a finally that returns one, cancelled by %s", async (_, way) => {
    const log: string[] = [];
    const callee = operation(function* callee() {
      try {
        yield* suspend();
      } finally {
        // eslint-disable-next-line no-unsafe-finally -- the very mistake that must not get through
        return "value";
      }
    });
    await cancelAt(way, 10, function* victim() {
      log.push(yield* callee());
    });
    expect(log).toEqual([]);
  });
});
