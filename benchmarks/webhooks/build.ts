/** Makes one file of each program, so that it starts at once and nothing but it is measured. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const OUT = join(ROOT, ".cache", "webhooks");

/** The programs that can be driven, and where they begin. */
export const PROGRAMS = {
  coppice: "examples/webhooks/main.ts",
  careful: "benchmarks/webhooks/careful/main.ts",
  naive: "benchmarks/webhooks/naive/main.ts",
} as const;

export type ProgramName = keyof typeof PROGRAMS;
// Keys of a constant are those of its type.
export const PROGRAM_NAMES = Object.keys(PROGRAMS) as readonly ProgramName[];

/** @returns the path of the file */
export async function bundle(name: string, entry: string): Promise<string> {
  await mkdir(OUT, { recursive: true });
  const outfile = join(OUT, `${name}.mjs`);
  await build({
    entryPoints: [join(ROOT, entry)],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    alias: { coppice: join(ROOT, "lib/index.ts") },
    tsconfig: join(ROOT, "tsconfig.json"),
    logLevel: "error",
  });
  return outfile;
}
