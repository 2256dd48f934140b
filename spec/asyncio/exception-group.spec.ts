import { describe, expect, it } from "@jest/globals";
import { ExceptionGroup, notesOf, unwrap, type ErrorFilter } from "coppice";
import { thrownBy } from "../support/failure.js";
import { shapeOf } from "../support/story.js";
import { flat, nested, range, type, ValueError, values } from "./value-errors.js";

class SmallValueError extends ValueError {}

const shapes = (halves: readonly unknown[]) =>
  halves.map((half) => (half === undefined ? "-" : shapeOf(half)));

describe("ExceptionGroup: making one", () => {
  it.each<[string, () => unknown, string]>([
    ["no errors at all", () => new ExceptionGroup([]), "EMPTY_GROUP"],
    ["an empty iterable", () => new ExceptionGroup(new Set()), "EMPTY_GROUP"],
    ["a text for the errors", () => new ExceptionGroup("message" as never), "GROUP"],
    ["an error for the errors", () => new ExceptionGroup(new Error("one") as never), "GROUP"],
    ["nothing for the errors", () => new ExceptionGroup(undefined as never), "GROUP"],
    ["Python's order of arguments", () => new ExceptionGroup("eg" as never, [type] as never), "GROUP"],
    ["a message that is no text", () => new ExceptionGroup([type], 42 as never), "GROUP"],
  ])("refuses %s", (_, make, code) => {
    expect(thrownBy(make)).toContain(`COPPICE_${code}`);
  });

  it("is an Error and an AggregateError", () => {
    expect([flat instanceof Error, flat instanceof AggregateError, flat.name]).toEqual([
      true,
      true,
      "ExceptionGroup",
    ]);
  });

  it("takes any iterable, and has a list of its own", () => {
    const given = new Set([type, range]);
    const group = new ExceptionGroup(given);
    given.clear();
    expect(group.errors).toEqual([type, range]);
  });

  it("counts its errors when it is given no message", () => {
    expect([new ExceptionGroup([type]).message, new ExceptionGroup([type, range]).message]).toEqual([
      "1 error",
      "2 errors",
    ]);
  });

  it("takes a cause", () => {
    expect(new ExceptionGroup([type], "with cause", { cause: range }).cause).toBe(range);
  });

  it("holds what is no error, because JavaScript throws that too", () => {
    expect(new ExceptionGroup(["text", undefined]).errors).toEqual(["text", undefined]);
  });

  it("a subclass keeps its class", () => {
    class Mine extends ExceptionGroup {
      override readonly name = "Mine";
    }
    const mine = new Mine([type]);
    expect([mine instanceof Mine, mine.name]).toEqual([true, "Mine"]);
  });
});

describe("ExceptionGroup: split and subgroup", () => {
  const filters: [string, ErrorFilter, string, string][] = [
    ["a class that nothing is of", SyntaxError, "-", "[v1 t v2]"],
    ["a class that some are of", ValueError, "[v1 v2]", "[t]"],
    ["a class that one is of", TypeError, "[t]", "[v1 v2]"],
    ["classes that all are of", [ValueError, TypeError], "[v1 t v2]", "-"],
    ["classes of which one is of none", [SyntaxError, ValueError], "[v1 v2]", "[t]"],
    ["the class of all errors", Error, "[v1 t v2]", "-"],
    ["the class of groups", ExceptionGroup, "[v1 t v2]", "-"],
    ["a predicate that always holds", () => true, "[v1 t v2]", "-"],
    ["a predicate that never holds", () => false, "-", "[v1 t v2]"],
    ["a predicate about single errors", (error) => error === type, "[t]", "[v1 v2]"],
  ];

  it.each(filters)("split by %s", (_, filter, matching, rest) => {
    expect(shapes(flat.split(filter))).toEqual([matching, rest]);
  });

  it.each(filters)("subgroup by %s is the first half", (_, filter, matching) => {
    expect(shapes([flat.subgroup(filter)])).toEqual([matching]);
  });

  const deep: [string, ErrorFilter, string, string][] = [
    ["a class on several levels", ValueError, "[[v1] v2]", "[[t] [r]]"],
    ["a class deep down, dropping the groups that would be empty", TypeError, "[[t]]", "[[v1] [r] v2]"],
    ["several classes", [TypeError, RangeError], "[[t] [r]]", "[[v1] v2]"],
    ["a class of which there is none", SyntaxError, "-", "[[v1 t] [r] v2]"],
    ["everything", Error, "[[v1 t] [r] v2]", "-"],
    [
      "a predicate about groups takes them whole",
      (e) => e instanceof ExceptionGroup && e.message === "inner",
      "[[v1 t]]",
      "[[r] v2]",
    ],
  ];

  it.each(deep)("of nested groups by %s", (_, filter, matching, rest) => {
    expect(shapes(nested.split(filter))).toEqual([matching, rest]);
    expect(shapes([nested.subgroup(filter)])).toEqual([matching]);
  });

  it.each<[string, unknown]>([
    ["a text", "bad"],
    ["an instance", new Error("instance")],
    ["an empty list", []],
    ["a list with something else in it", [TypeError, 42]],
    ["nothing", undefined],
  ])("refuses %s as a filter, in both", (_, filter) => {
    expect(thrownBy(() => flat.split(filter as never))).toContain("TypeError COPPICE_FILTER");
    expect(thrownBy(() => flat.subgroup(filter as never))).toContain("TypeError COPPICE_FILTER");
  });

  it("gives itself when all of it matches, and when nothing does", () => {
    expect(flat.subgroup(Error)).toBe(flat);
    expect(flat.split(SyntaxError)[1]).toBe(flat);
  });

  it("keeps single errors as the objects that they are", () => {
    expect(nested.subgroup(TypeError)?.errors).toEqual([expect.objectContaining({ errors: [type] })]);
    expect([...(nested.subgroup(TypeError)?.leaves() ?? [])][0]?.error).toBe(type);
  });

  it("every single error is in one half, and in one only", () => {
    const [matching, rest] = nested.split(ValueError);
    const leaves = [matching, rest].flatMap((half) => [...(half?.leaves() ?? [])].map(({ error }) => error));
    expect(new Set(leaves)).toEqual(new Set([...nested.leaves()].map(({ error }) => error)));
    expect(leaves).toHaveLength(4);
  });

  it("matches subclasses by their superclass", () => {
    const small = new SmallValueError("small");
    expect(shapes(new ExceptionGroup([small, type]).split(ValueError))).toEqual(["[small]", "[t]"]);
  });

  it("keeps message, cause, stack and notes on all levels", () => {
    const inner = new ExceptionGroup([values[0], type], "inner", { cause: range }).addNote("inner note");
    const outer = new ExceptionGroup([inner, range], "outer", { cause: type }).addNote("outer note");
    for (const half of outer.split(TypeError)) {
      expect([half?.message, half?.cause, half?.stack, half?.notes]).toEqual([
        "outer",
        type,
        outer.stack,
        ["outer note"],
      ]);
      const [part] = half?.errors ?? [];
      expect([(part as Error).message, (part as Error).cause, notesOf(part)]).toEqual([
        "inner",
        range,
        ["inner note"],
      ]);
    }
  });

  it("the halves have notes of their own afterwards", () => {
    const group = new ExceptionGroup([values[0], type]).addNote("both");
    const [matching, rest] = group.split(TypeError);
    matching?.addNote("matching");
    rest?.addNote("rest");
    group.addNote("whole");
    expect([group.notes, matching?.notes, rest?.notes]).toEqual([
      ["both", "whole"],
      ["both", "matching"],
      ["both", "rest"],
    ]);
  });

  it("holds at any depth: there is no limit of recursion", () => {
    let group = new ExceptionGroup([type, range]);
    for (let depth = 0; depth < 20_000; depth++) group = new ExceptionGroup([group]);
    const [matching, rest] = group.split(TypeError);
    expect([unwrap(matching), unwrap(rest)]).toEqual([type, range]);
  });
});
