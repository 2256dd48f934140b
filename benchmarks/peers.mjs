/**
 * Who is measured. The first four have a column of their own in every table; a further one (a library that
 * does one of the works, or another way of writing it) is listed here, named in the works it takes part in,
 * and shown beside them.
 */
import { readFileSync } from "node:fs";

import { findPython } from "./python.mjs";

/**
 * @typedef {object} Peer
 * @property {string} name - the key under `peers` in a work
 * @property {string} label - how tables and charts call it
 * @property {string} [library] - the package whose version is printed
 * @property {string} color - in the chart
 */

/** @type {readonly Peer[]} */
export const mainPeers = [
  { name: "coppice", label: "coppice", library: "coppice", color: "#2f9e44" },
  { name: "async", label: "async/await", color: "#868e96" },
  { name: "effection", label: "effection", library: "effection", color: "#e8590c" },
  { name: "effect", label: "effect", library: "effect", color: "#1c7ed6" },
];

/** @type {readonly Peer[]} */
export const furtherPeers = [
  { name: "async-one-signal", label: "async/await, one shared signal", color: "#495057" },
  { name: "async-immediate", label: "async/await with setImmediate", color: "#495057" },
  { name: "async-by-hand", label: "async/await, queue by hand", color: "#495057" },
  { name: "saga", label: "redux-saga", library: "redux-saga", color: "#9c36b5" },
  { name: "co", label: "co", library: "co", color: "#f08c00" },
  { name: "p-map", label: "p-map", library: "p-map", color: "#0c8599" },
  { name: "p-limit", label: "p-limit", library: "p-limit", color: "#0c8599" },
  { name: "p-queue", label: "p-queue", library: "p-queue", color: "#0c8599" },
  { name: "fastq", label: "fastq", library: "fastq", color: "#0c8599" },
  { name: "asyncio", label: "asyncio", color: "#1971c2" },
];

const allPeers = [...mainPeers, ...furtherPeers];
export const peerNames = allPeers.map(({ name }) => name);

/** @param {string} name */
export function labelOf(name) {
  return allPeers.find((peer) => peer.name === name)?.label ?? name;
}

/** The peers of a work, in the order of the lists above; asyncio only where there is a Python to run it. */
export function peersOf(/** @type {{ peers: Record<string, unknown> }} */ work) {
  const known = allPeers.filter((peer) => peer.name in work.peers);
  if (known.length !== Object.keys(work.peers).length) {
    throw new Error(`A work names a peer that peers.mjs does not: ${Object.keys(work.peers).join(", ")}.`);
  }
  return findPython() === null ? known.filter((peer) => peer.name !== "asyncio") : known;
}

/** The versions of all libraries that are installed, each read from its own package.json. */
export function libraryVersions() {
  /** @type {Record<string, string>} */
  const versions = {};
  for (const { library } of [...allPeers, { library: "esbuild" }]) {
    const version = library === undefined ? undefined : installedVersion(library);
    if (library !== undefined && version !== undefined) versions[library] = version;
  }
  const python = findPython();
  if (python !== null) versions["Python asyncio"] = python.version;
  return versions;
}

/** @param {string} library */
function installedVersion(library) {
  const folder = library === "coppice" ? ".." : `../node_modules/${library}`;
  try {
    return JSON.parse(readFileSync(new URL(`${folder}/package.json`, import.meta.url), "utf8")).version;
  } catch {
    return undefined;
  }
}
