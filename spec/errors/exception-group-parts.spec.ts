import { describe, expect, it } from "@jest/globals";
import { ExceptionGroup, type Leaf } from "coppice";
import { nested, NotFound, shapeOf } from "./nested-group.js";

describe("ExceptionGroup.subgroup", () => {
  it("gives the part that matches, as split does", () => {
    expect(shapeOf(nested().group.subgroup(TypeError))).toEqual(["c", ["d"]]);
    expect(shapeOf(nested().group.subgroup([NotFound, TypeError]))).toEqual(["c", ["b", "d"]]);
  });

  it("gives undefined when nothing matches, and the group itself when all does", () => {
    const { group } = nested();
    expect(group.subgroup(RangeError)).toBeUndefined();
    expect(group.subgroup(Error)).toBe(group);
  });

  it("E5 names itself when it refuses", () => {
    expect(() => nested().group.subgroup({} as never)).toThrow(/^subgroup\(\) needs/);
  });
});

describe("ExceptionGroup.derive", () => {
  class TaggedGroup extends ExceptionGroup {
    constructor(
      errors: Iterable<unknown>,
      message: string,
      readonly tag: string,
    ) {
      super(errors, message);
    }

    override derive(errors: Iterable<unknown>): ExceptionGroup {
      return new TaggedGroup(errors, this.message, this.tag);
    }
  }

  it("keeps a subclass and its properties, at every level", () => {
    const inner = new TaggedGroup([new TypeError("t"), new RangeError("r")], "inner", "i");
    const outer = new TaggedGroup([inner, new TypeError("u")], "outer", "o");
    const [matching, rest] = outer.split(TypeError);
    expect(matching).toBeInstanceOf(TaggedGroup);
    expect(matching).toMatchObject({ tag: "o", message: "outer" });
    expect(rest).toMatchObject({ tag: "o", errors: [{ tag: "i", message: "inner" }] });
  });

  it("gives a plain group where a subclass does not override it", () => {
    class Plain extends ExceptionGroup {}
    const [matching] = new Plain([new TypeError("t"), 1], "plain").split(TypeError);
    expect(matching).toBeInstanceOf(ExceptionGroup);
    expect(matching).not.toBeInstanceOf(Plain);
    expect(matching?.message).toBe("plain");
  });

  it("does not have a cause or notes replaced that it sets itself", () => {
    class Caused extends ExceptionGroup {
      override derive(errors: Iterable<unknown>): ExceptionGroup {
        return new ExceptionGroup(errors, "derived", { cause: "own" });
      }
    }
    const group = new Caused([new TypeError("t"), 1], "caused", { cause: "whole" });
    expect(group.split(TypeError)[0]).toMatchObject({ cause: "own", message: "derived" });
  });

  it("E5 refuses what is no group", () => {
    class Broken extends ExceptionGroup {
      override derive(): never {
        return new Error("no group") as never;
      }
    }
    expect(() => new Broken([new TypeError("t"), 1]).split(TypeError)).toThrow(
      new TypeError("ExceptionGroup.derive() must return an ExceptionGroup, got a Error."),
    );
  });
});

describe("ExceptionGroup.leaves", () => {
  it("ends where members are taken out of the group on the way", () => {
    const group = new ExceptionGroup([new Error("one"), new Error("two"), new Error("three")]);
    const seen: unknown[] = [];
    for (const { error } of group.leaves()) {
      seen.push(error);
      group.errors.length = 0;
      if (seen.length > 3) break;
    }
    expect(seen).toHaveLength(1);
  });

  it("walks the single errors in order, each with the groups that lead to it", () => {
    const { group, inner } = nested();
    const seen = Array.from(group.leaves(), ({ error, path }: Leaf) => [shapeOf(error), path]);
    expect(seen).toEqual([
      ["a", [group]],
      ["c", [group]],
      ["b", [group, inner]],
      ["d", [group, inner]],
    ]);
  });

  it("goes into groups from elsewhere, and counts an empty one as a single error", () => {
    const empty = new AggregateError([]);
    const foreign = new AggregateError([1, empty], "foreign");
    expect(Array.from(new ExceptionGroup([foreign]).leaves(), ({ error }) => error)).toEqual([1, empty]);
  });

  it("survives a property that throws when it is read", () => {
    const hostile = Object.defineProperty(new Error("h"), "errors", {
      get() {
        throw new Error("do not look");
      },
    });
    expect(Array.from(new ExceptionGroup([hostile]).leaves(), ({ error }) => error)).toEqual([hostile]);
  });
});

describe("groups from elsewhere", () => {
  it("are divided with the others, and become groups of ours", async () => {
    const foreign: unknown = await Promise.any([
      Promise.reject(new TypeError("t")),
      Promise.reject(new RangeError("r")),
    ]).catch((error: unknown) => error);
    const [matching, rest] = new ExceptionGroup([foreign, new TypeError("u")]).split(TypeError);
    expect(shapeOf(matching)).toEqual([["t"], "u"]);
    expect(matching?.errors[0]).toMatchObject({
      message: "All promises were rejected",
      code: "COPPICE_GROUP",
    });
    expect(shapeOf(rest)).toEqual([["r"]]);
  });

  it("stay the same object where nothing is taken from them", () => {
    const foreign = new AggregateError([new TypeError("t")]);
    const [, rest] = new ExceptionGroup([foreign, new RangeError("r")]).split(RangeError);
    expect(rest?.errors[0]).toBe(foreign);
  });
});
