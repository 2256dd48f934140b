/** The file results/latest.json: what was measured, with what and on which machine. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem, type } from "node:os";

import { libraryVersions } from "./peers.mjs";
import { workNames } from "./works/index.mjs";

const folder = new URL("./results/", import.meta.url);
const latestFile = new URL("latest.json", folder);
const quickFile = new URL("quick.json", folder);

/**
 * @typedef {object} WorkResult
 * @property {string} title
 * @property {string} explains
 * @property {string} unit
 * @property {string} [per]
 * @property {number} headline - the size that short tables show
 * @property {string} measuredAt
 * @property {import("./measure-work.mjs").Cell[]} cells
 *
 * @typedef {object} Results
 * @property {ReturnType<typeof environment>} environment
 * @property {Record<string, WorkResult>} works
 */

export function environment() {
  const [cpu] = cpus();
  return {
    node: process.versions.node,
    v8: process.versions.v8,
    libraries: libraryVersions(),
    machine: `${cpu?.model.trim() ?? "unknown"}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()} ${process.arch}`,
  };
}

/** @returns {Results | undefined} */
export function readLatest() {
  return read(latestFile);
}

/**
 * Adds a work's result to those of the same versions on the same machine; with others than those nothing is
 * mixed: the file starts afresh. Quick results go to a file of their own.
 *
 * @param {string} name
 * @param {WorkResult} result
 * @param {{ isQuick: boolean }} options
 */
export function keep(name, result, { isQuick }) {
  mkdirSync(folder, { recursive: true });
  const file = isQuick ? quickFile : latestFile;
  const earlier = read(file);
  const now = environment();
  const isSameSetUp = JSON.stringify(earlier?.environment) === JSON.stringify(now);
  const known = { ...(isSameSetUp ? earlier?.works : {}), [name]: result };
  const works = Object.fromEntries(
    workNames.filter((each) => each in known).map((each) => [each, known[each]]),
  );
  writeFileSync(file, `${JSON.stringify({ environment: now, works }, null, 2)}\n`);
}

/**
 * @param {URL} file
 * @returns {Results | undefined}
 */
function read(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "ENOENT") return undefined;
    throw error;
  }
}

/** @param {import("./plan.mjs").PlannedWork} planned */
export function resultOf({ work }, /** @type {import("./measure-work.mjs").Cell[]} */ cells) {
  const { title, explains, unit, per, headline } = work;
  return { title, explains, unit, per, headline, measuredAt: new Date().toISOString(), cells };
}
