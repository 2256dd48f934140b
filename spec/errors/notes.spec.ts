import { describe, expect, it } from "@jest/globals";
import { addNote, describeError, ExceptionGroup, notesOf } from "coppice";

describe("addNote", () => {
  it("adds notes in order, and gives the error back", () => {
    const error = new Error("a");
    expect(addNote(error, "first")).toBe(error);
    addNote(error, "second");
    expect(notesOf(error)).toEqual(["first", "second"]);
  });

  it("changes nothing of the error, and works on a frozen one", () => {
    const error = Object.freeze(new Error("a"));
    const before = { ...Object.getOwnPropertyDescriptors(error) };
    addNote(error, "note");
    expect(Object.getOwnPropertyDescriptors(error)).toEqual(before);
    expect(notesOf(error)).toEqual(["note"]);
  });

  it("prints with the error", () => {
    expect(describeError(addNote(new Error("a"), "while importing\nusers.csv"))).toBe(
      "Error: a\n    note: while importing\n          users.csv",
    );
  });

  it("is a method of groups", () => {
    const group = new ExceptionGroup([1], "g");
    expect(group.addNote("n")).toBe(group);
    expect(group.notes).toEqual(["n"]);
  });

  it.each([
    ["text", 'addNote() needs an error, got the string "text". Throw new Error(…) instead.'],
    [undefined, "addNote() needs an error, got undefined. Throw new Error(…) instead."],
  ])("E5 refuses %p, which can hold none", (given, message) => {
    expect(() => addNote(given, "n")).toThrow(new TypeError(message));
  });

  it("E5 refuses a note that is no text", () => {
    expect(() => addNote(new Error("a"), 5 as never)).toThrow(
      new TypeError("addNote() needs a text as its note, got the number 5."),
    );
  });
});

describe("notesOf", () => {
  it("gives none for what has none", () => {
    expect(notesOf(new Error("a"))).toEqual([]);
    expect(notesOf("text")).toEqual([]);
    expect(notesOf(undefined)).toEqual([]);
  });
});
