/** What the values on the command lines of scripts have to be; what they are not ends the script, in words. */
import { InvalidArgumentError } from "commander";

/** @param {string} text */
export function positive(text) {
  const number = Number(text);
  if (text.trim() !== "" && number > 0 && number < Infinity) return number;
  throw new InvalidArgumentError("It must be a number above 0.");
}

/** @param {string} text */
export function wholeNumber(text) {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number of at least 0.");
}

/** @param {string} text */
export function count(text) {
  const number = wholeNumber(text);
  if (number > 0) return number;
  throw new InvalidArgumentError("It must be at least 1.");
}

/**
 * Words with commas between them.
 *
 * @template {string} Word
 * @param {readonly Word[]} known - the words there are
 * @returns {(text: string) => Word[]}
 */
export function wordsOf(known) {
  return (text) =>
    text.split(",").map((word) => {
      const found = known.find((each) => each === word);
      if (found !== undefined) return found;
      throw new InvalidArgumentError(`There is no "${word}". There are: ${known.join(", ")}.`);
    });
}
