/** The binaries of other versions of Node: those that the npm package `node` brings, kept in `.cache/nodes`. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Gives the binary of a version, which it fetches where it is missing. */
export function binaryOf(version) {
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const folder = join(root, ".cache", "nodes", version);
  const file = join(folder, "node_modules", name, "bin", "node");
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
    const flags = ["install", "--no-save", "--no-audit", "--no-fund", "--silent"];
    execFileSync("npm", [...flags, `${name}@${version}`], { cwd: folder, stdio: "inherit" });
  }
  return file;
}
