import { afterEach, describe, expect, it } from "@jest/globals";
import { suspend, timeout } from "../../lib/index.js";
import { simulate } from "../support/virtual.js";

const limit = Error.stackTraceLimit;

function* waiting() {
  yield* timeout(5, suspend());
}

function* asking() {
  yield* waiting();
}

async function framesOfTimeout(): Promise<string[]> {
  const stack = await simulate(function* () {
    try {
      yield* asking();
    } catch (error) {
      return error instanceof Error ? String(error.stack) : "";
    }
    return "";
  });
  return stack.split("\n").filter((line) => line.startsWith("    at "));
}

describe("the stack of an error of ours", () => {
  afterEach(() => {
    Error.stackTraceLimit = limit;
  });

  it("begins with the code that waited, and with who delegated to it", async () => {
    // Between two generators stands the engine's own `next`.
    const [first, , second] = await framesOfTimeout();
    expect(first).toContain("waiting");
    expect(second).toContain("asking");
  });

  it("has the first frames only, for each costs time where it is made", async () => {
    Error.stackTraceLimit = 10;
    expect(await framesOfTimeout()).toHaveLength(5);
    expect(Error.stackTraceLimit).toBe(10);
  });

  it("has as many frames as a program asks for", async () => {
    Error.stackTraceLimit = 1;
    expect(await framesOfTimeout()).toHaveLength(1);
    Error.stackTraceLimit = 8;
    expect(await framesOfTimeout()).toHaveLength(8);
  });
});
