/** The errors for mistakes in the calling code (E5), and for ours: their stacks begin in user code. */
import { show } from "./show.js";
import { cutOwnFrames } from "./user-stack.js";

/** The error classes that misuse is reported with. */
type MisuseClass = new (message: string, options?: ErrorOptions) => Error;

/**
 * Makes the error for a mistake in the calling code (E5).
 *
 * @param code - stable; the text may change
 * @param message - what was attempted, on what, what was found, and what to write instead
 */
export function misuse(code: string, message: string, Class: MisuseClass = TypeError): Error {
  const error = Object.assign(new Class(message), { code: `COPPICE_${code}` });
  cutOwnFrames(error);
  return error;
}

/** Makes the error for an argument that is no number, or none that makes sense. */
export function wrongNumber(code: string, needs: string, given: unknown): Error {
  return typeof given === "number"
    ? misuse(code, `${needs}, got ${given}.`, RangeError)
    : misuse(code, `${needs}, got ${show(given)}.`);
}

/** Makes the error for a broken invariant of ours. */
export function internal(rule: string, message: string): Error {
  return misuse(
    "INTERNAL",
    `Internal error ${rule}: ${message}. Please report this with the stack trace.`,
    Error,
  );
}
