/** Programs in a process of their own that specs can talk to while they run. */
import { execFileSync, spawn, type ChildProcessByStdio } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pathToFileURL } from "node:url";

const folder = join(process.cwd(), "node_modules", ".cache", "coppice-node", String(process.pid));

/** Builds the library, as a program would load it, with the module that it loads into threads. */
export function bundleLibrary(): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  const flags = ["--bundle", "--splitting", "--format=esm", "--platform=node", "--target=node20"];
  execFileSync(join(process.cwd(), "node_modules", ".bin", "esbuild"), [
    "spec/node/library.ts",
    "thread-entry=lib/node/thread-entry.ts",
    ...flags,
    "--packages=external",
    "--log-level=error",
    `--outdir=${folder}`,
    "--entry-names=[name]",
  ]);
}

export function removeBundle(): void {
  rmSync(folder, { recursive: true, force: true });
}

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly output: string;
  readonly errors: string;
}

let files = 0;

/** Writes a module beside the programs; gives its address. */
export function writeModule(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, withLibrary(text));
  return pathToFileURL(file).href;
}

function withLibrary(text: string): string {
  return text.replaceAll('"library"', JSON.stringify(pathToFileURL(join(folder, "library.js")).href));
}

/** A running program. */
export class Program {
  output = "";
  errors = "";
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  #heard: () => void = () => undefined;

  /** @param text - a module; `library` is the address to import from */
  constructor(text: string, flags: readonly string[] = []) {
    const file = join(folder, `program-${++files}.mjs`);
    writeFileSync(file, withLibrary(text));
    this.#child = spawn(process.execPath, [...flags, file], { stdio: ["ignore", "pipe", "pipe"] });
    this.#child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      this.output += chunk;
      this.#heard();
    });
    this.#child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      this.errors += chunk;
      this.#heard();
    });
    this.ended = new Promise((resolve) => {
      this.#child.on("close", (code, signal) => {
        resolve({ code, signal, output: this.output, errors: this.errors });
      });
    });
  }

  /** Resolves when the program has printed a text. */
  async says(text: string): Promise<void> {
    while (!this.output.includes(text) && !this.errors.includes(text)) {
      const isOver = await Promise.race([
        new Promise<false>((resolve) => {
          this.#heard = () => {
            resolve(false);
          };
        }),
        this.ended.then(() => true as const),
      ]);
      if (isOver && !this.output.includes(text) && !this.errors.includes(text))
        throw new Error(`The program ended without saying "${text}":\n${this.output}\n${this.errors}`);
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }
}

/** Runs a program to its end. */
export async function runProgram(text: string, flags?: readonly string[]): Promise<Ended> {
  return await new Program(text, flags).ended;
}
