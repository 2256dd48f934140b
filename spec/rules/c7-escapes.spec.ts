import { describe, expect, it } from "@jest/globals";
import { CleanupError, operation, sleep, suspend, type Operation } from "coppice";
import { byCancel, cancelAt, endOf, everyFormAndWay, NOTHING } from "../support/ways-to-cancel.js";
import { simulate, world } from "../support/virtual.js";

/* eslint-disable no-unsafe-finally -- what unsafe finally blocks do is the subject here */

const aLittle = operation(function* () {
  yield* sleep(1);
});

/** Loops that go back to the very wait at which they were cut. */
const loops: [string, () => Operation<unknown>][] = [
  [
    "continue in a finally",
    function* () {
      for (;;) {
        try {
          yield* sleep(5);
        } finally {
          continue;
        }
      }
    },
  ],
  [
    "continue in a finally that cleans up",
    function* () {
      for (;;) {
        try {
          yield* sleep(5);
        } finally {
          yield* sleep(1);
          continue;
        }
      }
    },
  ],
  [
    "continue in a finally, around a call",
    function* () {
      for (;;) {
        try {
          yield* aLittle();
        } finally {
          continue;
        }
      }
    },
  ],
  [
    "break in a finally, inside another loop",
    function* () {
      for (;;) {
        for (;;) {
          try {
            yield* sleep(5);
          } finally {
            break;
          }
        }
      }
    },
  ],
  [
    "a catch around a finally that throws",
    function* () {
      for (;;) {
        try {
          try {
            yield* sleep(5);
          } finally {
            throw new Error("cleanup failed");
          }
        } catch {
          // and tries again
        }
      }
    },
  ],
  [
    "a delegate with a loop of its own",
    function* () {
      function* retry(): Operation<void> {
        for (;;) {
          try {
            yield* sleep(5);
          } finally {
            continue;
          }
        }
      }
      yield* retry();
    },
  ],
];

const rows = everyFormAndWay.flatMap(([name, form, way]) =>
  loops.map(([loop, body]) => [`${loop}, ${name}`, form, way, body] as const),
);

describe("a loop that goes back to where it was cut", () => {
  it.each(rows)(
    "C7 is cut again, and abandoned after a bounded number of times: %s",
    async (_, form, way, body) => {
      const log: string[] = [];
      const trial = await cancelAt(
        way,
        12,
        form.define(function* () {
          try {
            yield* operation(body)();
            log.push("RESUMED");
          } finally {
            log.push("caller cleans up");
          }
        }),
      );
      expect(log).toEqual(["caller cleans up"]);
      expect(trial.error).toBeDefined();
      expect(trial.left).toEqual(NOTHING);
    },
  );

  it("C7 is named by the error that reports it", async () => {
    const task = simulate(loops[0]?.[1] ?? suspend, { name: "stubborn" });
    const { error } = await endOf(task.cancel());
    expect(error).toBeInstanceOf(CleanupError);
    expect(String(error)).toMatch(
      /Task "stubborn" would not be cancelled: .* at .*c7-escapes\.spec\.ts:\d+:\d+/,
    );
  });

  it("C7 ends quietly when it gives up by itself", async () => {
    let attempts = 0;
    const trial = await cancelAt(byCancel, 12, function* () {
      for (;;) {
        try {
          yield* sleep(5);
        } finally {
          if (++attempts < 10) continue;
        }
      }
    });
    expect(attempts).toBe(10);
    expect(trial.ended).toBe("CancelledError");
  });

  it("C7 does not keep others from running", async () => {
    const log: string[] = [];
    const { host, run } = world();
    const stubborn = run(loops[1]?.[1] ?? suspend);
    void run(function* () {
      yield* sleep(20);
      log.push(`another at ${host.now()}`);
    });
    await run(sleep(10));
    log.push(`abandoned: ${(await endOf(stubborn.cancel())).error instanceof CleanupError}`);
    expect(log).toEqual(["another at 20", "abandoned: true"]);
  });
});

/** Escapes from unwinding to another wait than the one that was cut. */
const escapes: [string, (log: string[]) => Operation<unknown>][] = [
  [
    "break in a finally",
    function* (log) {
      for (;;) {
        try {
          yield* suspend();
        } finally {
          break;
        }
      }
      log.push("escaped");
      yield* sleep(2000);
      log.push("goes on");
    },
  ],
  [
    "a catch around a finally that throws",
    function* (log) {
      try {
        try {
          yield* suspend();
        } finally {
          throw new Error("cleanup failed");
        }
      } catch {
        log.push("escaped");
      }
      yield* sleep(2000);
      log.push("goes on");
    },
  ],
];

describe("an escape to another wait", () => {
  it.each(escapes)("C7 is ended by grace: %s", async (_, body) => {
    const log: string[] = [];
    const { host, run } = world();
    const task = run(() => body(log));
    const { error } = await endOf(task.cancel(undefined, { grace: 10 }));
    expect(error).toBeInstanceOf(CleanupError);
    expect([log, host.now()]).toEqual([["escaped"], 10]);
  });

  it.each(escapes)("C7 resumes no caller in another boundary: %s", async (_, body) => {
    const log: string[] = [];
    await cancelAt(byCancel, 5, function* () {
      yield* operation(() => body(log))();
      log.push("RESUMED");
    });
    expect(log).toEqual(["escaped", "goes on"]);
  });

  it.each(escapes)("C7 is warned of in debug mode when it lasts: %s", async (_, body) => {
    const { host } = await cancelAt(byCancel, 5, () => body([]), true);
    expect(host.warnings).toHaveLength(1);
    expect(host.warnings[0]).toMatch(
      /cleaning up for 1000 ms since .* \(sleep at .*c7-escapes\.spec\.ts:\d+:\d+\)/,
    );
  });

  it("C7 is not warned of when unwinding ends in time", async () => {
    const { host, left } = await cancelAt(
      byCancel,
      5,
      function* () {
        try {
          yield* suspend();
        } finally {
          yield* sleep(900);
        }
      },
      true,
    );
    expect([host.warnings, left]).toEqual([[], NOTHING]);
  });
});
