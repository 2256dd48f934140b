import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "@jest/globals";

const start = promisify(execFile);

describe("a short soak", () => {
  it("leaves nothing in memory: tasks, timeouts, races, cancelled waiters", async () => {
    const { stdout } = await start(process.execPath, ["spec/soak/start.mjs", "0.02"]);
    expect(stdout.trimEnd().split("\n").at(-1)).toBe("flat");
  }, 120_000);
});
