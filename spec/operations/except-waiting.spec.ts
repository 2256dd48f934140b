import { describe, expect, it } from "@jest/globals";
import { except, ExceptionGroup, operation, sleep, spawn, suspend, timeout, type Operation } from "coppice";
import { simulate } from "../support/virtual.js";

/** What an error looks like: its message, with the message of a group in front of its members. */
type Shape = string | readonly Shape[];

function shapeOf(error: unknown): Shape {
  if (error instanceof AggregateError) return [error.message, ...(error.errors as unknown[]).map(shapeOf)];
  return error instanceof Error ? error.message : String(error);
}

function eg(message: string, ...errors: unknown[]): ExceptionGroup {
  return new ExceptionGroup(errors, message);
}

const type = (message: string) => new TypeError(message);
const range = (message: string) => new RangeError(message);

describe("except with operations as handlers", () => {
  function failing(error: unknown, ...clauses: Parameters<typeof except>[1][]): Operation<string> {
    return operation(function* () {
      try {
        yield* sleep(1);
        throw error;
      } catch (thrown) {
        yield* except(thrown, ...clauses);
      }
      return "handled";
    })();
  }

  it("performs them one after the other, plain ones among them", async () => {
    const log: string[] = [];
    const result = await simulate(
      failing(
        eg("g", type("t"), range("r"), new SyntaxError("s")),
        [
          TypeError,
          function* (group) {
            yield* sleep(10);
            log.push(`type ${group.message}`);
          },
        ],
        [RangeError, () => void log.push("range")],
        [
          SyntaxError,
          operation(function* report() {
            yield* sleep(1);
            log.push("syntax");
          }),
        ],
      ),
    );
    expect(result).toBe("handled");
    expect(log).toEqual(["type g", "range", "syntax"]);
  });

  it("does nothing until it is performed", () => {
    const log: string[] = [];
    const handling = except(type("t"), [
      TypeError,
      function* () {
        log.push("ran");
        yield* sleep(0);
      },
    ]);
    expect(Symbol.iterator in handling).toBe(true);
    expect(log).toEqual([]);
  });

  it("throws new errors of theirs with what nobody took", async () => {
    const error: unknown = await simulate(
      failing(eg("g", type("t"), range("r")), [
        TypeError,
        function* () {
          yield* sleep(1);
          throw new Error("new");
        },
      ]),
    ).catch((thrown: unknown) => thrown);
    expect((error as ExceptionGroup).errors.map(shapeOf)).toEqual(["new", ["g", "r"]]);
  });

  it("may be performed when its handlers are plain: there is nothing left to do", async () => {
    await expect(simulate(failing(eg("g", type("t")), [TypeError, () => undefined]))).resolves.toBe(
      "handled",
    );
  });

  it("is cancelled as any operation", async () => {
    const log: string[] = [];
    await simulate(
      timeout(
        5,
        failing(type("t"), [
          TypeError,
          function* () {
            try {
              yield* suspend();
            } finally {
              log.push("cut");
            }
          },
        ]),
        { otherwise: "late" },
      ),
    );
    expect(log).toEqual(["cut"]);
  });

  it("is part of the boundary that performs it: what a handler spawns ends with it", async () => {
    const log: string[] = [];
    await simulate(function* () {
      yield* failing(type("t"), [
        TypeError,
        function* () {
          yield* spawn(function* () {
            try {
              yield* suspend();
            } finally {
              log.push("child gone");
            }
          });
          yield* sleep(1);
        },
      ]);
      log.push("after");
    });
    expect(log).toEqual(["child gone", "after"]);
  });
});
