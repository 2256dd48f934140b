/** How a reading in nanoseconds or bytes becomes the number that a work reports, and how that is written. */

const scales = { ns: 1, µs: 1e-3, ms: 1e-6, bytes: 1, "%": 1 };

/**
 * @param {number} reading
 * @param {{ unit: keyof typeof scales, items?: (size: number) => number }} work
 * @param {number} size
 */
export function perItem(reading, work, size) {
  const items = work.items === undefined ? size : work.items(size);
  return (reading * scales[work.unit]) / items;
}

/** What a work's numbers are, as in "ns per trip". */
export function describeUnit(/** @type {{ unit: string, per?: string }} */ { unit, per }) {
  return per === undefined ? unit : `${unit} per ${per}`;
}

/** Three digits are all that such a measurement can promise. */
export function formatNumber(/** @type {number} */ value) {
  const digits = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  const rounded = Number(value.toPrecision(3));
  return rounded.toLocaleString("en", { maximumFractionDigits: Math.min(digits, 3) });
}

export function formatSize(/** @type {number} */ size) {
  return size.toLocaleString("en");
}

/** @param {number} ratio */
export function formatRatio(ratio) {
  if (!Number.isFinite(ratio)) return "-";
  return `${ratio >= 10 ? Math.round(ratio).toLocaleString("en") : ratio.toPrecision(2)}x`;
}
