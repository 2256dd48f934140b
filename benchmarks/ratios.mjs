/** How Coppice compares: what it costs against async/await, and what the others cost against it. */
import { median } from "./statistics.mjs";

/** @typedef {import("./measure-work.mjs").Cell} Cell */

/**
 * @param {readonly Cell[]} cells
 * @param {number} size
 * @param {string} peer
 */
export function cellAt(cells, size, peer) {
  return cells.find((cell) => cell.size === size && cell.peer === peer);
}

/** Coppice's cost as a multiple of async/await's; undefined where either has no number. */
export function timesAsync(/** @type {readonly Cell[]} */ cells, /** @type {number} */ size) {
  return ratio(cellAt(cells, size, "coppice"), cellAt(cells, size, "async"));
}

/** A peer's cost as a multiple of Coppice's. */
export function timesCoppice(
  /** @type {readonly Cell[]} */ cells,
  /** @type {number} */ size,
  /** @type {string} */ peer,
) {
  return ratio(cellAt(cells, size, peer), cellAt(cells, size, "coppice"));
}

/** The middle of the ratios of each run: the peers of a run take turns, so that both had the machine alike. */
export function ratio(/** @type {Cell | undefined} */ cell, /** @type {Cell | undefined} */ base) {
  if (cell?.medians === undefined || base?.medians === undefined) return undefined;
  const bases = base.medians;
  const ratios = cell.medians.slice(0, bases.length).map((value, run) => value / (bases[run] ?? Number.NaN));
  const middle = median(ratios);
  return Number.isFinite(middle) && middle > 0 ? middle : undefined;
}
