/** How Coppice compares: what it costs against async/await, and what the other libraries cost against it. */
import { formatRatio } from "./units.mjs";

/**
 * The targets, in medians of the same run: at most so many times the cost of async/await, at least so many
 * times cheaper than a library.
 */
export const targets = [
  { work: "trip", against: "async", atMost: 2 },
  { work: "spawn", against: "async", atMost: 2 },
  { work: "resolved", against: "async", atMost: 4 },
  { work: "spawn", against: "effection", atLeast: 30 },
  { work: "cancel", against: "effection", atLeast: 30 },
  { work: "spawn", against: "effect", atLeast: 2 },
  { work: "cancel", against: "effect", atLeast: 2 },
];

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

function ratio(/** @type {Cell | undefined} */ cell, /** @type {Cell | undefined} */ base) {
  if (cell?.median === undefined || base?.median === undefined || base.median <= 0) return undefined;
  return cell.median / base.median;
}

/**
 * One line for each target whose work was measured, at every size from 10,000 up.
 *
 * @param {Record<string, import("./results.mjs").WorkResult>} works
 */
export function targetLines(works) {
  return targets.flatMap((target) => {
    const work = works[target.work];
    if (work === undefined) return [];
    const sizes = [...new Set(work.cells.map((cell) => cell.size))];
    const compared = sizes.map((size) => ({ size, ...compare(target, work.cells, size) }));
    return [{ name: nameOf(target, work.title), compared }];
  });
}

function nameOf(
  /** @type {(typeof targets)[number]} */ { against, atMost, atLeast },
  /** @type {string} */ title,
) {
  return atMost === undefined
    ? `${title}: at least ${atLeast}x cheaper than ${against}`
    : `${title}: at most ${atMost}x ${against}/await`;
}

function compare(
  /** @type {(typeof targets)[number]} */ { against, atMost, atLeast },
  /** @type {readonly Cell[]} */ cells,
  /** @type {number} */ size,
) {
  const value = atMost === undefined ? timesCoppice(cells, size, against) : timesAsync(cells, size);
  if (value === undefined) return { text: "-", isMet: undefined };
  return {
    text: formatRatio(value),
    isMet: atMost === undefined ? value >= (atLeast ?? 0) : value <= atMost,
  };
}
