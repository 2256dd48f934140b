/** `main.ts` or `demo.ts` as a process of its own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { eventually } from "./eventually.js";

export interface Program {
  /** What it printed so far, both streams. */
  readonly lines: readonly string[];
  /** The exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  kill(signal: NodeJS.Signals): void;
  /** Waits for a line that matches, and gives its first group. */
  line(pattern: RegExp): Promise<string>;
}

const REPOSITORY = fileURLToPath(new URL("../../..", import.meta.url));

export function startProgram(
  file: string,
  environment: Record<string, string>,
  args: readonly string[] = [],
): Program {
  const child = spawn(process.execPath, ["--import", "tsx", `examples/webhooks/${file}`, ...args], {
    cwd: REPOSITORY,
    env: { PATH: process.env["PATH"], ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => lines.push(line));
  }
  const ended = once(child, "close").then(
    ([code, signal]: (number | NodeJS.Signals)[]) => code ?? signal ?? -1,
  );
  return {
    lines,
    ended,
    kill: (signal) => void child.kill(signal),
    async line(pattern) {
      await eventually(`a line matches ${String(pattern)}; there were:\n${lines.join("\n")}`, () => {
        if (child.exitCode !== null)
          throw new Error(`It ended with ${String(child.exitCode)}:\n${lines.join("\n")}`);
        return lines.some((line) => pattern.test(line));
      });
      return lines.map((line) => pattern.exec(line)?.[1]).find((found) => found !== undefined) ?? "";
    },
  };
}
