import { describe, expect, it } from "@jest/globals";
import { CancelledError, TimeoutError, type Cancellation } from "coppice";
import { clip, internal, misuse, show } from "../../lib/errors/index.js";
import { CleanupError } from "../../lib/kernel/index.js";

class Named {
  readonly secret = "hunter2";
}

describe("CancelledError", () => {
  const record = (kind: Cancellation["kind"], reason: unknown): Cancellation => ({
    kind,
    reason,
    scope: "scope",
    task: undefined,
  });

  it.each([
    ["cancel", undefined, 'Task "load" was cancelled.'],
    ["cancel", "not needed", 'Task "load" was cancelled: not needed.'],
    ["cancel", new Error("not needed"), 'Task "load" was cancelled: not needed.'],
    ["cancel", { secret: "hunter2" }, 'Task "load" was cancelled.'],
    ["cancel", 42, 'Task "load" was cancelled.'],
    ["signal", "hung up", 'Task "load" was cancelled: hung up.'],
    ["deadline", undefined, 'Task "load" was cancelled: its deadline passed.'],
    ["failure", new Error("lost"), 'Task "load" was cancelled: another task of its scope failed.'],
    ["scope-ended", undefined, 'Task "load" was cancelled: the scope it was spawned in ended.'],
  ] as const)("by %s for %p says so", (kind, reason, message) => {
    const cancellation = record(kind, reason);
    const error = new CancelledError("load", cancellation);
    expect([error.message, error.cancellation, error.cause]).toEqual([message, cancellation, reason]);
  });

  it("survives a reason that cannot be read", () => {
    const hostile = Object.defineProperty(new Error(), "message", {
      get() {
        throw new Error("touched");
      },
    });
    expect(new CancelledError("load", record("cancel", hostile)).message).toBe('Task "load" was cancelled.');
  });

  it("cuts a reason that is a book", () => {
    expect(new CancelledError("load", record("cancel", "x".repeat(100_000))).message.length).toBeLessThan(
      200,
    );
  });
});

describe("the classes of errors", () => {
  it.each([
    [new TimeoutError("text"), "TimeoutError", "COPPICE_TIMEOUT"],
    [new CleanupError("text"), "CleanupError", "COPPICE_CLEANUP"],
    [misuse("X", "text"), "TypeError", "COPPICE_X"],
    [misuse("X", "text", RangeError), "RangeError", "COPPICE_X"],
    [internal("T3", "text"), "Error", "COPPICE_INTERNAL"],
  ])("%p have a name and a code that stay", (error, name, code) => {
    expect([error.name, "code" in error ? error.code : undefined, error instanceof Error]).toEqual([
      name,
      code,
      true,
    ]);
  });
});

describe("show", () => {
  it.each([
    [undefined, "undefined"],
    [null, "null"],
    [42, "the number 42"],
    [NaN, "the number NaN"],
    [-0, "the number 0"],
    [5n, "the bigint 5"],
    [true, "the boolean true"],
    [Symbol("s"), "the symbol Symbol(s)"],
    ["text", 'the string "text"'],
    ["line\nfeed", 'the string "line feed"'],
    [() => 1, "a function"],
    [
      function named() {
        return 1;
      },
      'the function "named"',
    ],
    [[1, 2], "an array"],
    [Promise.resolve(), "a Promise"],
    [new Map(), "a Map"],
    [new Date(0), "a Date"],
    [{}, "an object of class Object"],
    [new Named(), "an object of class Named"],
    [Object.create(null), "an object of class Object"],
    [new Proxy({}, {}), "an object of class Object"],
  ])("%p by its kind, never by its content", (value, text) => {
    expect(show(value)).toBe(text);
  });

  it("survives objects that fight back", () => {
    const throwing = () => {
      throw new Error("touched");
    };
    const hostile = [
      new Proxy({}, { get: throwing, getPrototypeOf: throwing, has: throwing, ownKeys: throwing }),
      Object.defineProperty({}, Symbol.toStringTag, { get: throwing }),
      Object.defineProperty({}, "constructor", { get: throwing }),
    ];
    expect(hostile.map(show)).toEqual(["an object", "an object", "an object"]);
  });

  it("is short, whatever is shown", () => {
    const long = "x".repeat(1_000_000);
    const values = [
      long,
      Symbol(long),
      Object.defineProperty(() => 1, "name", { value: long }),
      { [Symbol.toStringTag]: long },
    ];
    expect(values.every((value) => show(value).length <= 80)).toBe(true);
  });
});

describe("clip", () => {
  it("cuts at the length, and takes control characters out", () => {
    expect([clip("abc", 3), clip("abcd", 3), clip("a\u0000b\u001bc\u009fd", 10)]).toEqual([
      "abc",
      "ab…",
      "a b c d",
    ]);
  });
});
