/** The tables: as plain text for the terminal, as Markdown for the pages. */
import { labelOf, mainPeers } from "./peers.mjs";
import { cellAt, timesAsync, timesCoppice } from "./ratios.mjs";
import { verdicts } from "./targets.mjs";
import { describeUnit, formatNumber, formatRatio, formatSize } from "./units.mjs";

/** @typedef {import("./results.mjs").WorkResult} WorkResult */
/** @typedef {import("./measure-work.mjs").Cell} Cell */

const comparedLibraries = ["effection", "effect"];
const ratioHeads = ["coppice/async", ...comparedLibraries.map((name) => `${name}/coppice`)];

/** @param {WorkResult} work */
export function sizesOf(work) {
  return [...new Set(work.cells.map((cell) => cell.size))];
}

/** The size for a short table: the headline, or the largest when that was left out. */
function headlineOf(/** @type {WorkResult} */ work) {
  const sizes = sizesOf(work);
  return sizes.includes(work.headline) ? work.headline : Math.max(...sizes);
}

function writeCell(/** @type {Cell | undefined} */ cell, { withSpread = true } = {}) {
  if (cell === undefined) return "";
  if (cell.median === undefined) return cell.outcome ?? "";
  const middle = formatNumber(cell.median);
  if (!withSpread || (cell.medians?.length ?? 0) < 2) return middle;
  return `${middle} (${formatNumber(cell.min ?? cell.median)} to ${formatNumber(cell.max ?? cell.median)})`;
}

function writeRatios(/** @type {WorkResult} */ work, /** @type {number} */ size) {
  const ratios = [
    timesAsync(work.cells, size),
    ...comparedLibraries.map((peer) => timesCoppice(work.cells, size, peer)),
  ];
  return ratios.map((ratio) => (ratio === undefined || work.unit === "%" ? "" : formatRatio(ratio)));
}

/** What the peers without a column of their own did. */
function writeFurther(/** @type {WorkResult} */ work, /** @type {number} */ size) {
  const mainNames = mainPeers.map((peer) => peer.name);
  const cells = work.cells.filter((cell) => cell.size === size && !mainNames.includes(cell.peer));
  return cells.map((cell) => `${labelOf(cell.peer)}: ${writeCell(cell, { withSpread: false })}`).join("; ");
}

/** The best of the other libraries and runtimes; another way of writing plain async is none. */
function writeBestOther(/** @type {WorkResult} */ { cells }, /** @type {number} */ size) {
  const mainNames = mainPeers.map((peer) => peer.name);
  const [best] = cells
    .filter(({ peer }) => !mainNames.includes(peer) && !peer.startsWith("async-"))
    .filter((cell) => cell.size === size && cell.median !== undefined)
    .sort((a, b) => (a.median ?? 0) - (b.median ?? 0));
  return best === undefined ? "" : `${labelOf(best.peer)} ${writeCell(best, { withSpread: false })}`;
}

/** @returns {string[][]} */
function rowsOf(/** @type {WorkResult} */ work) {
  return sizesOf(work).map((size) => [
    formatSize(size),
    ...mainPeers.map((peer) => writeCell(cellAt(work.cells, size, peer.name))),
    ...writeRatios(work, size),
    writeFurther(work, size),
  ]);
}

const detailHeads = ["size", ...mainPeers.map((peer) => peer.label), ...ratioHeads, "also"];

/** @param {WorkResult} work */
export function workAsText(work) {
  const { heads, rows } = withoutEmptyColumns(detailHeads, rowsOf(work));
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lines = [heads, ...rows].map((row) =>
    row.map((text, column) => text.padStart(widths[column] ?? 0)).join("  "),
  );
  return `${work.title} (${describeUnit(work)})\n${lines.join("\n")}`;
}

/** @param {Record<string, WorkResult>} works */
export function targetsAsText(works) {
  const judged = verdicts(works);
  const widths = /** @type {const} */ (["what", "text", "measured"]).map((part) =>
    Math.max(0, ...judged.map((verdict) => verdict[part].length)),
  );
  return judged.map(({ what, text, measured, isReached }) => {
    const parts = [what, text, measured].map((part, column) => part.padEnd(widths[column] ?? 0));
    return `${parts.join("   ")}   ${isReached ? "reached" : "MISSED"}`;
  });
}

/** Every target, with what was measured: those that were missed stand beside those that were reached. */
export function targetsAsMarkdown(/** @type {Record<string, WorkResult>} */ works) {
  const rows = verdicts(works).map(({ what, text, measured, isReached }) => [
    what,
    text,
    measured,
    isReached ? "reached" : "**missed**",
  ]);
  return markdownTable(["", "to reach", "measured", ""], rows);
}

/** One row for each work, at its headline size. */
export function summaryAsMarkdown(/** @type {Record<string, WorkResult>} */ works) {
  const heads = ["", "unit", ...mainPeers.map((peer) => peer.label), "best other", ...ratioHeads];
  const rows = Object.values(works).map((work) => {
    const size = headlineOf(work);
    return [
      size === 1 ? work.title : `${work.title}, ${formatSize(size)}`,
      describeUnit(work),
      ...mainPeers.map((peer) => writeCell(cellAt(work.cells, size, peer.name), { withSpread: false })),
      writeBestOther(work, size),
      ...writeRatios(work, size),
    ];
  });
  return markdownTable(heads, rows);
}

/** A table for each work, with every size and the spread. */
export function detailsAsMarkdown(/** @type {Record<string, WorkResult>} */ works) {
  return Object.values(works)
    .map((work) => {
      const { heads, rows } = withoutEmptyColumns(detailHeads, rowsOf(work));
      const about = `In ${describeUnit(work)}: ${work.explains}.`;
      return `### ${work.title[0]?.toUpperCase()}${work.title.slice(1)}\n\n${about}\n\n${markdownTable(heads, rows)}`;
    })
    .join("\n\n");
}

function withoutEmptyColumns(/** @type {readonly string[]} */ heads, /** @type {string[][]} */ rows) {
  const used = heads.map((_head, column) => rows.some((row) => row[column] !== ""));
  return {
    heads: heads.filter((_head, column) => used[column]),
    rows: rows.map((row) => row.filter((_text, column) => used[column])),
  };
}

function markdownTable(/** @type {readonly string[]} */ heads, /** @type {string[][]} */ rows) {
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.join(" | ")} |`;
  const alignment = heads.map((_head, column) => (column === 0 ? "---" : "---:"));
  return [heads, alignment, ...rows].map(line).join("\n");
}
