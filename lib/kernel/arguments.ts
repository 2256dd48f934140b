/** Checks of lengths of time, counts and option names, where they come in (E5). */
import { clip, misuse, show, wrongNumber } from "../errors/index.js";

/**
 * @param name - the function that was called
 * @param parameter - what the number is, or an empty text for the only one
 * @throws RangeError when it is negative or not a number, TypeError when it is of another type
 */
export function checkDuration(name: string, parameter: string, ms: unknown): asserts ms is number {
  if (typeof ms === "number" && ms >= 0) return;
  const what = parameter === "" ? "a number of milliseconds" : `a number of milliseconds as \`${parameter}\``;
  throw wrongNumber("DURATION", `${name}() needs ${what} that is 0 or more`, ms);
}

/**
 * @param least - the smallest count that makes sense
 * @throws RangeError when it is no whole number of at least that; `Infinity` is allowed
 */
export function checkCount(
  name: string,
  parameter: string,
  least: number,
  count: unknown,
): asserts count is number {
  if (typeof count === "number" && count >= least && (Number.isInteger(count) || count === Infinity)) return;
  throw wrongNumber("COUNT", `${name} needs a whole number of at least ${least} as \`${parameter}\``, count);
}

/**
 * @param known - the names of the options that the function takes
 * @throws TypeError for an unknown one, with the nearest known name; for a `name` that is no string
 */
export function checkOptions(name: string, known: readonly string[], options: unknown): void {
  if (options === undefined) return;
  if (typeof options !== "object" || options === null) {
    throw misuse(
      "OPTIONS",
      `${name} needs an object of options, got ${show(options)}. Write { ${known[0] ?? ""}: … }.`,
    );
  }
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    const near = nearest(known, key);
    const hint = near === undefined ? `It takes ${known.join(", ")}.` : `Did you mean "${near}"?`;
    throw misuse("OPTIONS", `${name} has no option "${clip(key, 40)}". ${hint}`);
  }
  if ("name" in options && options.name !== undefined) checkName(name, "name", options.name);
}

/** @throws TypeError when it is no string */
export function checkName(name: string, parameter: string, given: unknown): asserts given is string {
  if (typeof given === "string") return;
  throw misuse("NAME", `${name} needs a string as \`${parameter}\`, got ${show(given)}.`);
}

/** The known name that differs least from a key, if that is little: the same letters but for one or two. */
function nearest(known: readonly string[], key: string): string | undefined {
  return known
    .filter(({ length }) => Math.abs(length - key.length) <= 2)
    .filter((option) => sharedLetters(option, key) >= option.length - 2)
    .sort((a, b) => sharedLetters(b, key) - sharedLetters(a, key))[0];
}

function sharedLetters(option: string, key: string): number {
  return Array.from(key).filter((letter) => option.includes(letter)).length;
}
