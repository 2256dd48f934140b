import { spawnSync } from "node:child_process";
import { describe, expect, it } from "@jest/globals";

/** Runs a script as its command in package.json does. */
function said(...command: string[]): { readonly status: number | null; readonly text: string } {
  const { status, stderr } = spawnSync(process.execPath, command, { encoding: "utf8" });
  return { status, text: stderr };
}

const TYPESCRIPT = ["--import", "tsx"];

// What does not know a word, and goes on with nothing, finds nothing wrong either.
describe("a script that is called with what it does not know", () => {
  it("names the works there are", () => {
    const { status, text } = said("benchmarks/run.mjs", "--only", "spwan");
    expect(status).toBe(1);
    expect(text).toMatch(/There is no work "spwan"\. There are: trip, .*spawn/);
  });

  it("names the faults there are", () => {
    const { status, text } = said(...TYPESCRIPT, "benchmarks/webhooks/faults.ts", "--only", "databse");
    expect(status).toBe(1);
    expect(text).toMatch(/no fault has "databse" in its name\. There are: SIGTERM, .*database killed/);
  });

  it("names the programs there are, and what a rate must be", () => {
    const load = [...TYPESCRIPT, "benchmarks/webhooks/load.ts"];
    expect(said(...load, "--programs", "coppice,clever").text).toMatch(
      /There is no "clever"\. There are: coppice/,
    );
    expect(said(...load, "--rate", "0")).toEqual({
      status: 1,
      text: "error: option '--rate <number>' argument '0' is invalid. It must be a number above 0.\n",
    });
  });

  it("does not check no programs at all", () => {
    const { status, text } = said("spec/laws/start.mjs", "0");
    expect(status).toBe(1);
    expect(text).toMatch(/It must be at least 1/);
  });
});
