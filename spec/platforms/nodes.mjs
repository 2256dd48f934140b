/**
 * Runs the specs on other versions of Node: `npm run test:nodes -- 22 26 --all spec/rules`. Without versions on all
 * that the package supports; without paths the core's specs, with `--all` everything but what only looks at the
 * sources. The binaries are those that the npm package `node` brings, kept in `.cache/nodes`.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { binaryOf } from "./binaries.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The oldest that package.json allows, and the newest of each line after it. */
const VERSIONS = ["20.19.0", "22", "24", "26"];
const CORE = ["bridges", "errors", "groups", "kernel", "operations", "rules", "streams", "sync", "tour"];
/** Looks at sources and types, which are the same on every platform. */
const PLATFORMLESS = ["spec/project/", "spec/types/", "spec/recipes/", "examples/"];

const given = process.argv.slice(2);
const wanted = given.filter((word) => /^\d+(\.\d+)*$/.test(word));
const isAll = given.includes("--all");
const paths = given.filter((word) => !wanted.includes(word) && word !== "--all");
const core = CORE.map((area) => `spec/${area}${area === "tour" ? "" : "/"}`);

function runOn(version) {
  const binary = binaryOf(version);
  const exact = execFileSync(binary, ["--version"], { encoding: "utf8" }).trim();
  console.log(`== Node ${exact}`);
  const chosen = paths.length > 0 ? paths : isAll ? [] : core;
  const ignored = isAll ? PLATFORMLESS.flatMap((folder) => ["--testPathIgnorePatterns", folder]) : [];
  const flags = [
    "--experimental-vm-modules",
    "--disable-warning=ExperimentalWarning",
    "--stack-trace-limit=50",
  ];
  const jest = join(root, "node_modules", "jest", "bin", "jest.js");
  const { status } = spawnSync(binary, [...flags, jest, "--silent", ...chosen, ...ignored], {
    cwd: root,
    stdio: "inherit",
  });
  return status === 0;
}

const failed = (wanted.length > 0 ? wanted : VERSIONS).filter((version) => !runOn(version));
if (failed.length > 0) {
  console.error(`Specs failed on Node ${failed.join(", ")}.`);
  process.exitCode = 1;
}
