import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { inspect } from "node:util";
import { pathToFileURL } from "node:url";
import { typeErrors, writeBlocks } from "./doc-blocks.js";

const blocks = writeBlocks();
const { log } = console;
let printed: string[] = [];

beforeEach(() => {
  printed = [];
  console.log = (...values: unknown[]) => {
    printed.push(values.map((value) => (typeof value === "string" ? value : inspect(value))).join(" "));
  };
});

afterEach(() => {
  console.log = log;
});

describe("the code in README.md and docs/", () => {
  it("is there", () => {
    expect(blocks.length).toBeGreaterThan(20);
  });

  it("is well typed", () => {
    expect(typeErrors(blocks)).toEqual([]);
  }, 120_000);

  it.each(blocks)("prints what it says: $place", async ({ moduleFile, expected }) => {
    await import(pathToFileURL(moduleFile).href);
    expect(printed).toEqual(expected);
  });
});
