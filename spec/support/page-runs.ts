/** Runs the code blocks of the documentation against lib/, each as a module of its own, inside of a spec. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { CONSOLES, nameOf, PageConsole, runnable, type Block } from "./docs.js";

const folder = join(process.cwd(), "node_modules", ".cache", "coppice-docs", String(process.pid));
const consoles = new Map<string, PageConsole>();
Object.assign(globalThis, { [CONSOLES]: consoles });

let runs = 0;

/** The name of a block's file; beside the library, so that packages resolve as in the project. */
export function fileOf(block: Block): string {
  return `docs/${nameOf(block).replace(/[^a-z0-9]+/gi, "-")}.ts`;
}

/** Runs a block as a module, and gives what it printed otherwise than it says. */
export async function perform(block: Block): Promise<readonly string[]> {
  const own = new PageConsole();
  consoles.set(nameOf(block), own);
  mkdirSync(folder, { recursive: true });
  // A module is loaded once: every run is a file of its own.
  const file = join(folder, `${++runs}-${fileOf(block).replace(/^docs\/|\.ts$/g, "")}.mjs`);
  writeFileSync(file, runnable(block));
  await import(pathToFileURL(file).href);
  return own.broken(block.claims);
}

export function removeRuns(): void {
  rmSync(folder, { recursive: true, force: true });
}
