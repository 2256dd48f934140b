import events, { EventEmitter } from "node:events";
import { describe, expect, it } from "@jest/globals";
import {
  action,
  attempt,
  call,
  deadline,
  once,
  operation,
  scoped,
  select,
  sleep,
  spawn,
  timeout,
  useScope,
  type Operation,
} from "coppice";
import { simulate } from "../support/virtual.js";

/** Ways to wait for an event of an emitter. */
const waits: readonly (readonly [string, (emitter: EventEmitter) => Operation<unknown>])[] = [
  ["once", (emitter) => once(emitter, "ready")],
  [
    "action",
    (emitter) =>
      action((resolve) => {
        emitter.once("ready", resolve);
      }),
  ],
  ["call", (emitter) => call(async (): Promise<unknown> => await events.once(emitter, "ready"))],
  ["once among several", (emitter) => select([once(emitter, "ready"), sleep(1_000)])],
  ["once in a timeout in an operation", (emitter) => operation(() => timeout(5, once(emitter, "ready")))()],
  ["once in several boundaries", (emitter) => scoped(scoped(scoped(() => once(emitter, "ready"))))],
];

describe("what may come only once", () => {
  it.each(waits)(
    "is not missed when the code before the yield* sets it off, however long the turn has been: %s",
    async (_, wait) => {
      const missed: number[] = [];
      for (let steps = 0; steps < 600; steps++) {
        const outcome = await simulate(
          attempt(
            timeout(10, function* () {
              const scope = yield* useScope();
              for (let step = 0; step < steps; step++) yield* deadline();
              const emitter = new EventEmitter();
              // S2: its first step comes when this task suspends.
              scope.spawn(function* () {
                emitter.emit("ready");
              });
              yield* wait(emitter);
            }),
          ),
        );
        if (!outcome.ok) missed.push(steps);
      }
      expect(missed).toEqual([]);
    },
  );

  it("S4 gives way all the same when it always settles at once", async () => {
    let others = 0;
    await simulate(function* () {
      yield* spawn(function* () {
        others++;
      });
      const at = action<undefined>((resolve) => {
        resolve(undefined);
      });
      for (let step = 0; step < 600; step++) yield* at;
      expect(others).toBe(1);
    });
  });
});
