/** Programs in a process of their own, with the real host: for what only a whole process shows. */
import { execFile } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** What a process left behind. */
export interface Ended {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

const folder = join(process.cwd(), "node_modules", ".cache", "coppice-specs", String(process.pid));

/** Makes one module of the library, as a program would load it; gives its address. */
export async function bundleLibrary(name = "coppice", entry = "lib/index.ts"): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.mjs`);
  const flags = [
    "--bundle",
    "--format=esm",
    "--platform=node",
    "--target=node20",
    `--outfile=${file}`,
    "--log-level=error",
  ];
  await execute(join(process.cwd(), "node_modules", ".bin", "esbuild"), [entry, ...flags]);
  return pathToFileURL(file).href;
}

export function removeBundles(): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Runs the text of a module; `import` what it needs by the addresses that `bundleLibrary` gives. */
export async function runProgram(text: string, flags: readonly string[] = []): Promise<Ended> {
  const parameters = [...flags, "--input-type=module", "--eval", text];
  try {
    const { stdout, stderr } = await execute(process.execPath, parameters, { timeout: 20_000 });
    return { code: 0, output: stdout, errors: stderr };
  } catch (thrown) {
    // What `execFile` rejects with when the process ends with a code.
    const { code, stdout, stderr } = thrown as { code: number; stdout: string; stderr: string };
    return { code, output: stdout, errors: stderr };
  }
}
