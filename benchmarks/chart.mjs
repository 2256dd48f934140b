/**
 * The chart: a small panel for each work, the size to the right and the cost upwards, both on logarithmic
 * scales, a line for each peer and a bar for the spread of its runs. Where a peer has no number, its line ends.
 */
import { mainPeers } from "./peers.mjs";
import { sizesOf } from "./tables.mjs";
import { describeUnit, formatNumber } from "./units.mjs";

const columns = 3;
const panel = { width: 330, height: 180 };
const inset = { left: 46, right: 12, top: 34, bottom: 26 };
const legendHeight = 54;

const style = `
  text { font: 11px system-ui, sans-serif; fill: #343a40; }
  .title { font-weight: 600; }
  .faint { fill: #868e96; font-size: 10px; }
  .grid { stroke: #dee2e6; }
  .paper { fill: #ffffff; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e9ecef; }
    .faint { fill: #adb5bd; }
    .grid { stroke: #495057; }
    .paper { fill: #1b1f23; }
  }`;

/** @param {import("./results.mjs").Results} results */
export function drawChart(results) {
  const works = Object.values(results.works).filter((work) => work.unit !== "%");
  const rows = Math.ceil(works.length / columns);
  const width = columns * panel.width;
  const height = legendHeight + rows * panel.height;
  const panels = works.map((work, index) => {
    const x = (index % columns) * panel.width;
    const y = legendHeight + Math.floor(index / columns) * panel.height;
    return `<g transform="translate(${x} ${y})">${drawPanel(work)}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>Cost of Coppice and its peers, by size</title>`,
    `<style>${style}\n</style>`,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    drawLegend(results.environment),
    ...panels,
    "</svg>\n",
  ].join("\n");
}

function drawLegend(
  /** @type {import("./results.mjs").Results["environment"]} */ { node, libraries, machine },
) {
  const entries = mainPeers.map(({ label, library, color }, index) => {
    const version = library === undefined ? "" : ` ${libraries[library] ?? ""}`;
    const x = 12 + index * 150;
    return `<circle cx="${x + 5}" cy="18" r="4" fill="${color}"/>${text(x + 14, 22, `${label}${version}`)}`;
  });
  const about = `cost against size, both logarithmic; less is better. Node ${node}, ${machine}`;
  return `${entries.join("")}${text(12, 42, about, "faint")}`;
}

function drawPanel(/** @type {import("./results.mjs").WorkResult} */ work) {
  const costs = work.cells.flatMap(({ median, min, max }) =>
    median === undefined ? [] : [min ?? median, max ?? median].filter((cost) => cost > 0),
  );
  const heading = text(10, 15, work.title, "title") + text(10, 28, describeUnit(work), "faint");
  if (costs.length === 0) return heading;
  const across = scale(sizesOf(work), inset.left, panel.width - inset.right);
  const upwards = scale(costs, panel.height - inset.bottom, inset.top + 8);
  const lines = mainPeers.map((peer) => drawPeer(peer, work, across, upwards));
  return heading + drawAxes(work, costs, across, upwards) + lines.join("");
}

/**
 * @param {import("./peers.mjs").Peer} peer
 * @param {import("./results.mjs").WorkResult} work
 * @param {(size: number) => number} across
 * @param {(cost: number) => number} upwards
 */
function drawPeer({ name, color }, work, across, upwards) {
  const points = work.cells
    .filter((cell) => cell.peer === name && cell.median !== undefined && cell.median > 0)
    .map(({ size, median = 0, min = median, max = median }) => {
      return {
        x: across(size),
        y: upwards(median),
        low: upwards(Math.max(min, median / 100)),
        high: upwards(max),
      };
    });
  const path = points.map(({ x, y }) => `${x},${y}`).join(" ");
  const dots = points.map(
    ({ x, y, low, high }) =>
      `<line x1="${x}" x2="${x}" y1="${low}" y2="${high}" stroke="${color}" opacity="0.5"/>` +
      `<circle cx="${x}" cy="${y}" r="2.5" fill="${color}"/>`,
  );
  return `<polyline points="${path}" fill="none" stroke="${color}" stroke-width="1.5"/>${dots.join("")}`;
}

/**
 * @param {import("./results.mjs").WorkResult} work
 * @param {readonly number[]} costs
 * @param {(size: number) => number} across
 * @param {(cost: number) => number} upwards
 */
function drawAxes(work, costs, across, upwards) {
  const right = panel.width - inset.right;
  const marks = powersOfTen(Math.min(...costs), Math.max(...costs)).map((cost) => {
    const y = upwards(cost);
    const line = `<line class="grid" x1="${inset.left}" x2="${right}" y1="${y}" y2="${y}"/>`;
    return line + text(inset.left - 6, y + 3, shortNumber(cost), "faint", "end");
  });
  const sizes = sizesOf(work).map((size) =>
    text(across(size), panel.height - inset.bottom + 16, shortNumber(size), "faint", "middle"),
  );
  return marks.join("") + (sizes.length > 1 ? sizes.join("") : "");
}

/** Powers of ten within a range, or, when there are fewer than two, the ends of the range. */
function powersOfTen(/** @type {number} */ low, /** @type {number} */ high) {
  const powers = [];
  for (let power = Math.ceil(Math.log10(low)); power <= Math.log10(high); power++) powers.push(10 ** power);
  return powers.length >= 2 ? powers : [...new Set([low, high])];
}

/** A logarithmic scale from the range of `values` to the pixels between `from` and `to`. */
function scale(
  /** @type {readonly number[]} */ values,
  /** @type {number} */ from,
  /** @type {number} */ to,
) {
  const low = Math.log10(Math.min(...values));
  const high = Math.log10(Math.max(...values));
  return (/** @type {number} */ value) => {
    const share = high === low ? 0.5 : (Math.log10(value) - low) / (high - low);
    return Math.round((from + share * (to - from)) * 10) / 10;
  };
}

function shortNumber(/** @type {number} */ value) {
  if (value >= 1e6) return `${formatNumber(value / 1e6)}M`;
  return value >= 1e3 ? `${formatNumber(value / 1e3)}k` : formatNumber(value);
}

function text(
  /** @type {number} */ x,
  /** @type {number} */ y,
  /** @type {string} */ content,
  className = "",
  anchor = "start",
) {
  const safe = content.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text x="${x}" y="${y}" class="${className}" text-anchor="${anchor}">${safe}</text>`;
}
