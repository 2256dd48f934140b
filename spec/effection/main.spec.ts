/** Signals of the process, through either side's `main`. */
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";

const folder = join(process.cwd(), "node_modules", ".cache", "coppice-effection", String(process.pid));

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  const library = `export * from "../../../../lib/index.ts"; export { main as ourMain } from "../../../../lib/node/index.ts";
    export { fromEffection, toEffection, whyCancelled } from "../../../../lib/effection/index.ts";`;
  execFileSync(
    join(process.cwd(), "node_modules", ".bin", "esbuild"),
    [
      "--bundle",
      "--format=esm",
      "--platform=node",
      "--target=node20",
      "--packages=external",
      "--log-level=error",
      `--outfile=${join(folder, "library.js")}`,
    ],
    { input: library.replaceAll("../../../../", `${process.cwd()}/`) },
  );
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a program, sends it SIGINT once it says that it is ready, and gives what it wrote and how it ended. */
async function interrupted(program: string): Promise<{ code: number | null; lines: string[] }> {
  const file = join(folder, `program-${program.length}.mjs`);
  writeFileSync(
    file,
    `import { sleep, suspend, ourMain, fromEffection, toEffection, whyCancelled } from "./library.js";
     import * as theirs from "effection";
     const say = (...words) => console.log(...words);
     ${program}`,
  );
  const child = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
    if (chunk.toString().includes("ready")) child.kill("SIGINT");
  });
  const code = await new Promise<number | null>((resolve) => child.on("exit", resolve));
  return { code, lines: output.trim().split("\n") };
}

describe("a signal to the process", () => {
  it("reaches theirs through our main, with its reason, and waits for their cleanup", async () => {
    const { code, lines } = await interrupted(`
      await ourMain(fromEffection(function* () {
        try { say("ready"); yield* theirs.sleep(60_000); }
        finally { const why = yield* whyCancelled(); yield* theirs.sleep(5); say("their cleanup", String(why?.reason).includes("SIGINT")); }
      }));`);
    expect([code, ...lines]).toEqual([130, "ready", "their cleanup true"]);
  }, 20_000);

  it("reaches ours through their main, and waits for our cleanup", async () => {
    const { code, lines } = await interrupted(`
      await theirs.main(function* () {
        yield* toEffection(function* () {
          try { say("ready"); yield* suspend(); }
          finally { yield* sleep(5); yield* sleep(5); say("our cleanup"); }
        });
      });`);
    expect([code, ...lines]).toEqual([130, "ready", "our cleanup"]);
  }, 20_000);
});
