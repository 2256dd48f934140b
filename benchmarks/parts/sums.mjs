/** 0 + 1 + … + (count - 1): what a program that handled every one of `count` numbered items adds up to. */
export function sumBelow(/** @type {number} */ count) {
  return (count * (count - 1)) / 2;
}

/** The numbers from 0 up to, not including, `count`. */
export function numbersBelow(/** @type {number} */ count) {
  return Array.from({ length: count }, (_, index) => index);
}

export function sum(/** @type {Iterable<number>} */ values) {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
