import { describe, expect, it } from "@jest/globals";
import { addNote, except, ExceptionGroup, run, sleep, type Task } from "coppice";
import { fail } from "../support/fail.js";
import { simulate } from "../support/virtual.js";

class OsError extends Error {}
class BlockingError extends OsError {}

/** What an error looks like: its message, with the message of a group in front of its members. */
type Shape = string | readonly Shape[];

function shapeOf(error: unknown): Shape {
  if (error instanceof AggregateError) return [error.message, ...(error.errors as unknown[]).map(shapeOf)];
  return error instanceof Error ? error.message : String(error);
}

/** What a call throws, or "nothing". */
function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return "nothing";
}

function eg(message: string, ...errors: unknown[]): ExceptionGroup {
  return new ExceptionGroup(errors, message);
}

const type = (message: string) => new TypeError(message);
const range = (message: string) => new RangeError(message);

describe("except", () => {
  it("gives each handler its part, with the nesting kept, and throws nothing when all is taken", () => {
    const seen: Shape[] = [];
    except(
      eg("g", type("t1"), range("r1"), eg("h", type("t2"), range("r2"))),
      [TypeError, (group) => void seen.push(shapeOf(group))],
      [RangeError, (group) => void seen.push(shapeOf(group))],
    );
    expect(seen).toEqual([
      ["g", "t1", ["h", "t2"]],
      ["g", "r1", ["h", "r2"]],
    ]);
  });

  it("throws what nobody took, with its structure kept", () => {
    const error = eg("g", type("t1"), range("r1"), eg("h", type("t2"), range("r2")));
    const rest = thrownBy(() => except(error, [TypeError, () => undefined]));
    expect(shapeOf(rest)).toEqual(["g", "r1", ["h", "r2"]]);
    expect((rest as ExceptionGroup).errors[0]).toBe(error.errors[1]);
  });

  it("throws the very error when nothing matches, and runs no handler", () => {
    const error = eg("g", type("t"));
    const seen: unknown[] = [];
    expect(thrownBy(() => except(error, [RangeError, (group) => void seen.push(group)]))).toBe(error);
    expect(thrownBy(() => except(error))).toBe(error);
    expect(seen).toEqual([]);
  });

  it("runs a handler at most once, with everything that matches", () => {
    const seen: Shape[] = [];
    except(eg("g", type("1"), eg("h", type("2"), type("3"))), [
      TypeError,
      (group) => void seen.push(shapeOf(group)),
    ]);
    expect(seen).toEqual([["g", "1", ["h", "2", "3"]]]);
  });

  it("gives an error to the first handler that matches, and to no other", () => {
    const seen: string[] = [];
    except(
      eg("g", new OsError("os"), new BlockingError("io")),
      [BlockingError, (group) => void seen.push(`blocking ${JSON.stringify(shapeOf(group))}`)],
      [OsError, (group) => void seen.push(`os ${JSON.stringify(shapeOf(group))}`)],
    );
    expect(seen).toEqual(['blocking ["g","io"]', 'os ["g","os"]']);
    const first: string[] = [];
    except(
      eg("g", new BlockingError("io")),
      [OsError, () => void first.push("os")],
      [BlockingError, () => void first.push("blocking")],
    );
    expect(first).toEqual(["os"]);
  });

  it("looks for several classes, or by a predicate", () => {
    const seen: Shape[] = [];
    except(
      eg("g", type("t"), range("r"), new SyntaxError("s"), "text"),
      [[TypeError, RangeError], (group) => void seen.push(shapeOf(group))],
      [(error) => error === "text", (group) => void seen.push(shapeOf(group))],
      [Error, (group) => void seen.push(shapeOf(group))],
    );
    expect(seen).toEqual([
      ["g", "t", "r"],
      ["g", "text"],
      ["g", "s"],
    ]);
  });

  it("drops groups that would be empty, and keeps groups of one", () => {
    const seen: Shape[] = [];
    const rest = thrownBy(() =>
      except(eg("g", eg("a", range("1")), eg("b", range("2"), type("3")), eg("c", eg("d", type("4")))), [
        TypeError,
        (group) => void seen.push(shapeOf(group)),
      ]),
    );
    expect(seen).toEqual([["g", ["b", "3"], ["c", ["d", "4"]]]]);
    expect(shapeOf(rest)).toEqual(["g", ["a", "1"], ["b", "2"]]);
  });

  it("matches a plain error, gives it in a group, and is done", () => {
    const plain = type("t");
    const seen: unknown[] = [];
    except(plain, [RangeError, () => fail("wrong handler")], [TypeError, (group) => void seen.push(group)]);
    expect(seen).toHaveLength(1);
    expect(seen[0]).toBeInstanceOf(ExceptionGroup);
    expect((seen[0] as ExceptionGroup).errors).toEqual([plain]);
    expect((seen[0] as ExceptionGroup).errors[0]).toBe(plain);
  });

  it.each([type("t"), "text", undefined, null])("throws the plain %p plain when nobody takes it", (plain) => {
    expect(thrownBy(() => except(plain, [RangeError, () => undefined]))).toBe(plain);
  });

  it("gives a group that matches as a whole as it is, unwrapped", () => {
    const error = eg("g", type("t"));
    const seen: unknown[] = [];
    except(error, [Error, (group) => void seen.push(group)]);
    expect(seen[0]).toBe(error);
  });

  it("goes on to the next handlers when one throws", () => {
    const seen: string[] = [];
    const thrown = thrownBy(() =>
      except(
        eg("g", type("t"), range("r")),
        [TypeError, () => fail(new Error("new"))],
        [RangeError, () => void seen.push("range")],
      ),
    );
    expect(seen).toEqual(["range"]);
    expect(shapeOf(thrown)).toBe("new");
  });

  it("throws what handlers throw together with what nobody took: new errors first, then the rest as it was", () => {
    const thrown = thrownBy(() =>
      except(
        eg("g", type("t"), range("r"), new SyntaxError("s")),
        [TypeError, () => fail(new Error("new 1"))],
        [RangeError, () => fail(new Error("new 2"))],
      ),
    );
    expect(thrown).toBeInstanceOf(ExceptionGroup);
    expect((thrown as ExceptionGroup).errors.map(shapeOf)).toEqual(["new 1", "new 2", ["g", "s"]]);
  });

  it("throws a single new error plain when nothing else is left", () => {
    const error = new Error("new");
    expect(thrownBy(() => except(eg("g", type("t")), [TypeError, () => fail(error)]))).toBe(error);
    expect(thrownBy(() => except(type("t"), [TypeError, () => fail(error)]))).toBe(error);
  });

  it("puts a part that a handler throws back to where it stood, as if nobody had taken it", () => {
    const error = eg("g", type("t1"), eg("h", range("r"), type("t2")), new SyntaxError("s"));
    const back = thrownBy(() =>
      except(error, [TypeError, (group) => fail(group)], [RangeError, () => undefined]),
    );
    expect(shapeOf(back)).toEqual(["g", "t1", ["h", "t2"], "s"]);
    const all = thrownBy(() =>
      except(error, [TypeError, (group) => fail(group)], [RangeError, (group) => fail(group)]),
    );
    expect(all).toBe(error);
  });

  it("puts back a part of the part, and drops what was handled of it", () => {
    const error = eg("g", type("t1"), range("r"), eg("h", type("t2")));
    const back = thrownBy(() =>
      except(error, [
        TypeError,
        (group) => fail(group.subgroup((one) => one instanceof TypeError && one.message === "t2")),
      ]),
    );
    expect(shapeOf(back)).toEqual(["g", "r", ["h", "t2"]]);
  });

  it("counts a part with a new note, and a new group around it, as new errors", () => {
    const error = eg("g", type("t"), range("r"));
    const noted = thrownBy(() => except(error, [TypeError, (group) => fail(addNote(group, "seen"))]));
    expect((noted as ExceptionGroup).errors.map(shapeOf)).toEqual([
      ["g", "t"],
      ["g", "r"],
    ]);
    const wrapped = thrownBy(() => except(error, [TypeError, (group) => fail(eg("wrapped", group))]));
    expect((wrapped as ExceptionGroup).errors.map(shapeOf)).toEqual([
      ["wrapped", ["g", "t"]],
      ["g", "r"],
    ]);
  });

  it("throws the group of a plain error when the handler throws it", () => {
    const plain = type("t");
    const thrown = thrownBy(() => except(plain, [TypeError, (group) => fail(group)]));
    expect(thrown).toBeInstanceOf(ExceptionGroup);
    expect((thrown as ExceptionGroup).errors).toEqual([plain]);
  });

  it("keeps subclasses of groups by their `derive`", () => {
    class Tagged extends ExceptionGroup {
      constructor(
        errors: Iterable<unknown>,
        readonly tag: number,
      ) {
        super(errors, "tagged");
      }
      override derive(errors: Iterable<unknown>) {
        return new Tagged(errors, this.tag);
      }
    }
    const parts: unknown[] = [];
    const rest = thrownBy(() =>
      except(new Tagged([type("t"), new Tagged([range("r")], 2)], 1), [
        TypeError,
        (group) => void parts.push(group),
      ]),
    );
    expect(parts).toEqual([expect.objectContaining({ tag: 1 })]);
    expect(rest).toMatchObject({ tag: 1, errors: [{ tag: 2 }] });
  });

  it("understands groups from elsewhere", () => {
    const seen: Shape[] = [];
    const rest = thrownBy(() =>
      except(new AggregateError([type("t"), range("r")], "foreign"), [
        TypeError,
        (group) => void seen.push(shapeOf(group)),
      ]),
    );
    expect(seen).toEqual([["foreign", "t"]]);
    expect(shapeOf(rest)).toEqual(["foreign", "r"]);
    const foreign = new AggregateError([type("t")], "foreign");
    except(foreign, [
      TypeError,
      (group) => void seen.push(group instanceof ExceptionGroup ? "ours" : "foreign"),
    ]);
    expect(seen[1]).toBe("ours");
  });

  it("nests", () => {
    const seen: string[] = [];
    except(
      eg("g", type("t"), range("r")),
      [
        TypeError,
        () => {
          except(eg("inner", new SyntaxError("s")), [SyntaxError, () => void seen.push("inner")]);
          seen.push("outer");
        },
      ],
      [RangeError, () => void seen.push("range")],
    );
    expect(seen).toEqual(["inner", "outer", "range"]);
  });

  it("takes results of plain handlers that are iterable, and tasks, for what they are", async () => {
    const set = new Set<string>();
    const tasks: Task<unknown>[] = [];
    await simulate(function* () {
      yield* except(
        eg("g", type("t"), range("r")),
        [TypeError, ({ message }) => set.add(message)],
        [RangeError, () => tasks[tasks.push(run(sleep(0))) - 1]],
      );
    });
    expect(set).toEqual(new Set(["g"]));
    expect(tasks).toHaveLength(1);
  });

  it.each<[string, unknown, string]>([
    [
      "a class of groups",
      ExceptionGroup,
      "except() looks for single errors in groups, so ExceptionGroup cannot be what matches. Name the classes of single errors.",
    ],
    [
      "AggregateError",
      [TypeError, AggregateError],
      "except() looks for single errors in groups, so AggregateError cannot be what matches. Name the classes of single errors.",
    ],
    [
      "a number",
      42,
      "except() needs a class of errors, a list of classes or a predicate, got the number 42.",
    ],
    [
      "a list with a number",
      [TypeError, 42],
      "except() needs a class of errors, a list of classes or a predicate, got the number 42.",
    ],
  ])("E5 refuses %s as what to look for, before any handler runs", (_, filter, message) => {
    const seen: unknown[] = [];
    expect(() =>
      except(type("t"), [TypeError, (group) => void seen.push(group)], [filter as never, () => undefined]),
    ).toThrow(new TypeError(message));
    expect(seen).toEqual([]);
  });

  it("E5 refuses clauses that are no pairs", () => {
    expect(() => except(type("t"), TypeError as never)).toThrow(
      new TypeError(
        'except() needs pairs of a filter and a handler, got the function "TypeError". Write [HttpError, (group) => …].',
      ),
    );
    expect(() => except(type("t"), [TypeError] as never)).toThrow(
      /pairs of a filter and a handler, got an array/,
    );
  });

  it("E5 refuses a plain handler whose result would have to be performed, and keeps the error as the cause", () => {
    const error = type("t");
    const waits = thrownBy(() => except(error, [TypeError, () => sleep(1)]));
    expect(waits).toMatchObject({
      message:
        "A handler of except() returned an operation, which nobody would perform. Write function* (group) { yield* … }.",
      cause: error,
    });
    const promised = thrownBy(() => except(error, [TypeError, () => Promise.resolve()]));
    expect(promised).toMatchObject({
      message:
        "A handler of except() returned a Promise, which nobody would perform. Write a function* and until(promise).",
      cause: error,
    });
  });
});
