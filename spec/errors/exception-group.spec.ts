import { describe, expect, it } from "@jest/globals";
import { ExceptionGroup } from "coppice";
import { HttpError, nested, NotFound, shapeOf } from "./nested-group.js";

describe("ExceptionGroup", () => {
  it("is an AggregateError with a name and a code", () => {
    const group = new ExceptionGroup([new Error("a")]);
    expect(group).toBeInstanceOf(AggregateError);
    expect(group).toMatchObject({ name: "ExceptionGroup", code: "COPPICE_GROUP" });
  });

  it("keeps its errors in order, by identity, groups among them", () => {
    const { group, inner, http, type } = nested();
    expect(group.errors).toHaveLength(3);
    expect(group.errors[0]).toBe(http[0]);
    expect(group.errors[1]).toBe(type[0]);
    expect(group.errors[2]).toBe(inner);
  });

  it("keeps a list of its own", () => {
    const errors = [new Error("a")];
    const group = new ExceptionGroup(errors);
    errors.pop();
    expect(group.errors).toHaveLength(1);
  });

  it("takes any iterable, and any value as an error", () => {
    const values = [undefined, null, "text", 0];
    expect(new ExceptionGroup(new Set(values)).errors).toEqual(values);
  });

  it("counts its errors where no message is given", () => {
    expect(new ExceptionGroup([1]).message).toBe("1 error");
    expect(new ExceptionGroup([1, 2]).message).toBe("2 errors");
    expect(new ExceptionGroup([1, 2], "").message).toBe("");
  });

  it("has a cause only when it is given one", () => {
    expect(new ExceptionGroup([1], "m", { cause: 5 }).cause).toBe(5);
    expect("cause" in new ExceptionGroup([1], "m")).toBe(false);
  });

  it("E5 is never empty", () => {
    expect(() => new ExceptionGroup([])).toThrow(
      new RangeError("new ExceptionGroup() needs at least one error, got none."),
    );
  });

  it.each([
    [null, "null"],
    [5, "the number 5"],
    ["message", 'the string "message"'],
    [new Error("a"), "a Error"],
  ])("E5 refuses %p for its list of errors", (given, shown) => {
    expect(() => new ExceptionGroup(given as never)).toThrow(
      new TypeError(
        `new ExceptionGroup() needs a list of errors, got ${shown}. Write new ExceptionGroup([first, second], message).`,
      ),
    );
  });

  it("E5 refuses a message that is no text", () => {
    expect(() => new ExceptionGroup([1], 5 as never)).toThrow(
      new TypeError("new ExceptionGroup() needs a text as its message, got the number 5."),
    );
  });
});

describe("ExceptionGroup.split", () => {
  it("divides by class, subclasses included, and keeps the nesting", () => {
    const [matching, rest] = nested().group.split(HttpError);
    expect(shapeOf(matching)).toEqual(["a", ["b"]]);
    expect(shapeOf(rest)).toEqual(["c", ["d"]]);
  });

  it("divides by a list of classes", () => {
    const [matching, rest] = nested().group.split([NotFound, RangeError]);
    expect(shapeOf(matching)).toEqual([["b"]]);
    expect(shapeOf(rest)).toEqual(["a", "c", ["d"]]);
  });

  it("divides by a predicate", () => {
    const [matching, rest] = nested().group.split((error) => error instanceof Error && error.message > "b");
    expect(shapeOf(matching)).toEqual(["a", "c", ["b", "d"]]);
    expect(rest).toBeUndefined();
    const [some, others] = nested().group.split(
      (error) => error instanceof Error && /^[cd]$/.test(error.message),
    );
    expect(shapeOf(some)).toEqual(["c", ["d"]]);
    expect(shapeOf(others)).toEqual(["a", ["b"]]);
  });

  it("keeps message, cause and notes on both halves, at every level", () => {
    const { group, inner } = nested();
    group.addNote("outer note");
    inner.addNote("inner note");
    for (const half of group.split(HttpError)) {
      expect(half).toMatchObject({ message: "outer", cause: "the cause", notes: ["outer note"] });
      const innerHalf = half?.errors.at(-1);
      expect(innerHalf).toMatchObject({ message: "inner", notes: ["inner note"] });
      expect("cause" in (innerHalf as ExceptionGroup)).toBe(false);
    }
  });

  it("gives each half notes of its own", () => {
    const { group } = nested();
    const [matching, rest] = group.split(HttpError);
    matching?.addNote("m");
    rest?.addNote("r");
    group.addNote("g");
    expect([group.notes, matching?.notes, rest?.notes]).toEqual([["g"], ["m"], ["r"]]);
  });

  it("keeps the identity of single errors", () => {
    const { group, http } = nested();
    const [matching] = group.split(HttpError);
    expect(matching?.errors[0]).toBe(http[0]);
  });

  it("gives the group itself for a half that is all of it", () => {
    const { group } = nested();
    expect(group.split(Error)).toEqual([group, undefined]);
    expect(group.split(Error)[0]).toBe(group);
    expect(group.split(RangeError)[0]).toBeUndefined();
    expect(group.split(RangeError)[1]).toBe(group);
    expect(group.split((error) => !(error instanceof AggregateError))[0]).toBe(group);
  });

  it("gives an inner group itself where nothing is taken from it", () => {
    const inner = new ExceptionGroup([new TypeError("t")], "inner");
    const [, rest] = new ExceptionGroup([inner, new RangeError("r")]).split(RangeError);
    expect(rest?.errors[0]).toBe(inner);
  });

  it("leaves out groups that would be empty", () => {
    const group = new ExceptionGroup([
      new ExceptionGroup([new RangeError("1")]),
      new ExceptionGroup([new RangeError("2"), new TypeError("3")]),
      new ExceptionGroup([new TypeError("4")]),
    ]);
    const [matching, rest] = group.split(TypeError);
    expect(shapeOf(matching)).toEqual([["3"], ["4"]]);
    expect(shapeOf(rest)).toEqual([["1"], ["2"]]);
  });

  it("keeps groups of one", () => {
    const deep = new ExceptionGroup([new ExceptionGroup([new ExceptionGroup([new TypeError("t")])]), 1]);
    expect(shapeOf(deep.split(TypeError)[0])).toEqual([[["t"]]]);
  });

  it("asks the predicate about groups too, and takes a group that matches whole", () => {
    const { group, inner } = nested();
    const [matching, rest] = group.split((error) => error === inner);
    expect(matching?.errors[0]).toBe(inner);
    expect(shapeOf(rest)).toEqual(["a", "c"]);
  });

  it("has the stack of the group it was taken from", () => {
    const { group } = nested();
    expect(group.split(HttpError)[0]?.stack).toBe(group.stack);
  });

  it("goes through ten thousand levels", () => {
    let group = new ExceptionGroup([new TypeError("t"), new RangeError("r")]);
    for (let i = 0; i < 10_000; i++) group = new ExceptionGroup([group]);
    const [matching, rest] = group.split(TypeError);
    expect(matching?.leaves().next().value).toMatchObject({ error: { message: "t" } });
    expect(rest?.leaves().next().value).toMatchObject({ error: { message: "r" } });
  });

  it("ends on a group that holds itself", () => {
    const group = new ExceptionGroup([new TypeError("t"), 1]);
    group.errors.push(group);
    const [matching, rest] = group.split(TypeError);
    expect(matching?.errors).toHaveLength(1);
    expect(rest?.errors).toEqual([1, group]);
  });

  it.each([
    [undefined, "undefined"],
    [5, "the number 5"],
    [[], "an array"],
    [[TypeError, 5], "the number 5"],
    ["TypeError", 'the string "TypeError"'],
  ])("E5 refuses %p as what to look for", (given, shown) => {
    expect(() => nested().group.split(given as never)).toThrow(
      new TypeError(`split() needs a class of errors, a list of classes or a predicate, got ${shown}.`),
    );
  });
});
