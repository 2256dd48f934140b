import { describe, expect, it } from "@jest/globals";
import { attempt, ExceptionGroup, sleep, suspend, taskGroup, timeout, TimeoutError } from "coppice";
import { fail } from "../support/fail.js";
import { simulate } from "../support/virtual.js";

const cause = new Error("what led to it");
const [first, second, third] = [new TypeError("first"), new RangeError("second"), new TypeError("third")];
const inner = new ExceptionGroup([second, third], "inner", { cause: first });
const outer = new ExceptionGroup([first, inner], "outer", { cause });

/** A group as nested lists with messages, so that structure can be compared. */
function shape(error: unknown): unknown {
  if (error instanceof ExceptionGroup) return [error.message, ...error.errors.map(shape)];
  return error instanceof Error ? error.message : error;
}

describe("E3 ExceptionGroup", () => {
  it("E3 is an AggregateError and an Error, with a stable code", () => {
    expect(outer).toBeInstanceOf(AggregateError);
    expect(outer).toBeInstanceOf(Error);
    expect([outer.name, outer.code, outer.message, outer.cause, outer.errors]).toEqual([
      "ExceptionGroup",
      "COPPICE_GROUP",
      "outer",
      cause,
      [first, inner],
    ]);
  });

  it("E3 splits by class and keeps nesting, message and cause in both halves", () => {
    const [types, others] = outer.split(TypeError);
    expect([shape(types), shape(others)]).toEqual([
      ["outer", "first", ["inner", "third"]],
      ["outer", ["inner", "second"]],
    ]);
    expect([types?.cause, others?.cause]).toEqual([cause, cause]);
    expect((types?.errors[1] as ExceptionGroup).cause).toBe(first);
  });

  it("E3 splits by predicate, which is asked about groups as well", () => {
    const [matching, rest] = outer.split(
      (error) => error instanceof ExceptionGroup && error.message === "inner",
    );
    expect([shape(matching), shape(rest)]).toEqual([
      ["outer", ["inner", "second", "third"]],
      ["outer", "first"],
    ]);
  });

  it("E3 gives the very group and nothing where all or none of it matches", () => {
    expect(outer.split(Error)[0]).toBe(outer);
    expect(outer.split(Error)[1]).toBeUndefined();
    expect(outer.split(SyntaxError)[0]).toBeUndefined();
    expect(outer.split(SyntaxError)[1]).toBe(outer);
  });

  it("E3 keeps the single errors as the objects that they are, in their order", () => {
    const [types] = outer.split(TypeError);
    expect(types?.errors[0]).toBe(first);
    expect((types?.errors[1] as ExceptionGroup).errors[0]).toBe(third);
  });

  it("E3 leaves the divided group as it was", () => {
    const before = shape(outer);
    outer.split(TypeError);
    expect(shape(outer)).toEqual(before);
  });

  it("E3 a subclass that derives stays what it is", () => {
    class RequestErrors extends ExceptionGroup {
      override derive(errors: Iterable<unknown>): RequestErrors {
        return new RequestErrors(errors, this.message);
      }
    }
    const [types, others] = new RequestErrors([first, second], "request").split(TypeError);
    expect(types).toBeInstanceOf(RequestErrors);
    expect(others).toBeInstanceOf(RequestErrors);
  });

  it("E3 is never empty", () => {
    expect(() => new ExceptionGroup([])).toThrow(
      new RangeError("new ExceptionGroup() needs at least one error, got none."),
    );
  });

  it("E3 is what tasks that failed for different reasons are told apart with (A5)", async () => {
    const result = await simulate(
      attempt(
        taskGroup(function* (group) {
          group.spawn(timeout(5, suspend()));
          group.spawn(function* () {
            yield* sleep(5);
            fail(first);
          });
          yield* suspend();
        }),
      ),
    );
    const group = result.ok ? null : (result.error as ExceptionGroup);
    const [timeouts, others] = group?.split(TimeoutError) ?? [];
    expect([timeouts?.errors.length, others?.errors]).toEqual([1, [first]]);
  });

  it("E3 takes groups that are nested 10,000 deep", () => {
    let nested = new ExceptionGroup([first, second]);
    for (let i = 0; i < 10_000; i++) nested = new ExceptionGroup([nested]);
    const [types] = nested.split(TypeError);
    let depth = 0;
    let innermost: unknown = types;
    while (innermost instanceof ExceptionGroup) {
      innermost = innermost.errors[0];
      depth++;
    }
    expect([depth, innermost]).toEqual([10_001, first]);
  });
});
