import { inspect } from "node:util";
import { describe, expect, it } from "@jest/globals";
import { addNote, ExceptionGroup } from "coppice";
import { thrownBy } from "../support/failure.js";
import { shapeOf } from "../support/story.js";
import { flat, nested, type, ValueError, values } from "./value-errors.js";

describe("ExceptionGroup: derive", () => {
  class Coded extends ExceptionGroup {
    constructor(
      errors: Iterable<unknown>,
      message: string,
      readonly status: number,
    ) {
      super(errors, message);
    }
    override derive(errors: Iterable<unknown>): Coded {
      return new Coded(errors, this.message, this.status);
    }
  }

  it("a subclass without it gives plain groups", () => {
    class Bare extends ExceptionGroup {}
    const [matching, rest] = new Bare([values[0], type]).split(TypeError);
    expect([matching?.constructor, rest?.constructor]).toEqual([ExceptionGroup, ExceptionGroup]);
  });

  it("a subclass with it keeps its class and its fields, on every level", () => {
    const group = new Coded([new Coded([values[0], type], "inner", 404), type], "outer", 500);
    const [matching] = group.split(ValueError);
    const [inner] = matching?.errors ?? [];
    expect([matching, inner].map((part) => [part instanceof Coded, (part as Coded).status])).toEqual([
      [true, 500],
      [true, 404],
    ]);
  });

  it("is given the cause and the notes of the whole afterwards", () => {
    const group = new Coded([values[0], type], "coded", 500);
    addNote(group, "a note");
    expect(group.split(TypeError)[0]?.notes).toEqual(["a note"]);
  });

  it.each(["split", "subgroup"] as const)("that gives no group is an error of %s", (method) => {
    class Wrong extends ExceptionGroup {
      override derive(): ExceptionGroup {
        return 42 as never;
      }
    }
    expect(thrownBy(() => new Wrong([values[0], type])[method](TypeError))).toContain("COPPICE_DERIVE");
  });
});

describe("ExceptionGroup: leaves, and how it prints", () => {
  it("walks the single errors in order, with the groups that lead to each", () => {
    const told = [...nested.leaves()].map(({ error, path }) =>
      [...path.map(({ message }) => message), shapeOf(error)].join("/"),
    );
    expect(told).toEqual(["root/inner/v1", "root/inner/t", "root/other/r", "root/v2"]);
  });

  it("prints as an indented tree", () => {
    const lines = nested.toString().split("\n");
    expect(lines[0]).toBe("ExceptionGroup: root");
    expect(lines.filter((line) => line.includes("TypeError: t"))).toHaveLength(1);
    expect(lines.find((line) => line.includes("TypeError: t"))).toBe("│  └─ TypeError: t");
  });

  it("prints in console.log as that tree too", () => {
    expect(inspect(nested)).toContain("RangeError: r");
  });

  it("gives plain data for logs", () => {
    expect(JSON.parse(JSON.stringify(flat))).toMatchObject({
      name: "ExceptionGroup",
      message: "flat",
      errors: [{ message: "v1" }, { name: "TypeError", message: "t" }, { message: "v2" }],
    });
  });
});
