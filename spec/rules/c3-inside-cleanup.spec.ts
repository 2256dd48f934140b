import { describe, expect, it } from "@jest/globals";
import {
  action,
  all,
  attempt,
  ensure,
  operation,
  Queue,
  race,
  resource,
  scoped,
  shield,
  sleep,
  spawn,
  suspend,
  taskGroup,
  timeout,
  until,
  useAbortSignal,
  type Operation,
  type Task,
} from "coppice";
import { cancelAt, endOf, everyWay, leftIn, NOTHING } from "../support/ways-to-cancel.js";
import { world } from "../support/virtual.js";

type Cleanup = (log: string[]) => Operation<unknown>;

const connection = (log: string[]): Operation<string> =>
  resource<string>(function* connect(provide) {
    yield* sleep(2);
    log.push("opened");
    try {
      yield* provide("connection");
    } finally {
      yield* sleep(2);
      log.push("closed");
    }
  });

/** What cleanup may do, with what it must say. */
const cleanups: [string, Cleanup, string[]][] = [
  [
    "a timeout that fires",
    function* (log) {
      log.push(yield* timeout(3, suspend(), { otherwise: "time is up" }));
    },
    ["time is up"],
  ],
  [
    "a timeout that is attempted",
    function* (log) {
      log.push(String((yield* attempt(timeout(3, suspend()))).ok));
    },
    ["false"],
  ],
  [
    "a race",
    function* (log) {
      log.push(
        yield* race([
          operation(function* () {
            yield* sleep(3);
            return "first";
          })(),
          suspend(),
        ]),
      );
    },
    ["first"],
  ],
  [
    "all()",
    function* (log) {
      yield* all(
        [1, 2, 3].map((ms) =>
          operation(function* () {
            yield* sleep(ms);
            log.push(`${ms}`);
          })(),
        ),
      );
    },
    ["1", "2", "3"],
  ],
  [
    "a task group whose task fails",
    function* (log) {
      const { ok } = yield* attempt(
        taskGroup(function* (group) {
          group.spawn(function* () {
            yield* sleep(1);
            throw new Error("failed");
          });
          try {
            yield* suspend();
          } finally {
            log.push("body cut");
          }
        }),
      );
      log.push(String(ok));
    },
    ["body cut", "false"],
  ],
  [
    "a resource",
    function* (log) {
      log.push(yield* connection(log));
      yield* sleep(1);
      log.push("used");
    },
    ["opened", "connection", "used", "closed"],
  ],
  [
    "a resource in a boundary of its own",
    function* (log) {
      yield* scoped(function* () {
        log.push(yield* connection(log));
      });
      log.push("given back");
    },
    ["opened", "connection", "closed", "given back"],
  ],
  [
    "a shield",
    function* (log) {
      yield* shield(sleep(3));
      log.push("behind");
    },
    ["behind"],
  ],
  [
    "an ensure()",
    function* (log) {
      yield* ensure(() => log.push("ensured"));
      yield* sleep(1);
      log.push("finally ends");
    },
    ["finally ends", "ensured"],
  ],
  [
    "a promise and a callback",
    function* (log) {
      log.push(yield* until(Promise.resolve("promise")));
      log.push(yield* action<string>((resolve) => resolve("callback")));
    },
    ["promise", "callback"],
  ],
  [
    "an abort signal",
    function* (log) {
      const signal = yield* useAbortSignal();
      yield* sleep(10);
      log.push(`aborted: ${signal.aborted}`);
    },
    ["aborted: false"],
  ],
  [
    "a queue with another task at its other end",
    function* (log) {
      const queue = new Queue<string>();
      yield* scoped(function* () {
        yield* spawn(function* () {
          yield* sleep(1);
          yield* queue.put("item");
        });
        log.push(yield* queue.get());
      });
    },
    ["item"],
  ],
];

const rows = everyWay.flatMap(([name, way]) =>
  cleanups.map(([what, cleanup, said]) => [`${what}, ${name}`, way, cleanup, said] as const),
);

describe("inside cleanup", () => {
  it.each(rows)("C3 everything works as elsewhere: %s", async (_, way, cleanup, said) => {
    const log: string[] = [];
    const trial = await cancelAt(way, 10, function* () {
      try {
        yield* suspend();
      } finally {
        yield* cleanup(log);
        yield* sleep(1);
      }
    });
    expect(log).toEqual(said);
    expect(trial.ended).toBe(way.ended);
    expect(trial.left).toEqual(NOTHING);
  });

  it.each(cleanups)(
    "C3 nothing is reached by further cancels from further out: %s",
    async (_, cleanup, said) => {
      const log: string[] = [];
      const { run, scheduler } = world();
      const task = run(function* () {
        const inner: Task<void> = yield* spawn(function* () {
          yield* scoped(function* () {
            yield* timeout(5, function* () {
              try {
                yield* suspend();
              } finally {
                yield* cleanup(log);
                yield* sleep(1);
              }
            });
          });
        });
        yield* inner;
      });
      // The timeout cuts at 5; then come the child's own task and the one around it.
      for (let ms = 0; ms < 20; ms++) {
        await run(sleep(1));
        if (ms === 5) void task.cancel();
      }
      await endOf(task);
      expect(log).toEqual(said);
      expect(leftIn(scheduler)).toEqual(NOTHING);
    },
  );
});
