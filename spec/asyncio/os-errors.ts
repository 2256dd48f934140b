/** Errors of four classes, and what handlers make of them. */
import { except, ExceptionGroup, type Clause } from "coppice";
import { shapeOf } from "../support/story.js";

export class OsError extends Error {}
export class BlockingError extends OsError {}

export const os = new OsError("os");
export const blocking = new BlockingError("io");
export const type = new TypeError("t");
export const range = new RangeError("r");
export const all = new ExceptionGroup([type, range, os], "eg");

/** The log that handlers write, then what was thrown on. */
export function played(log: string[], error: unknown, ...clauses: readonly Clause<unknown>[]): string {
  try {
    except(error, ...(clauses as readonly Clause<never>[]));
  } catch (thrown) {
    log.push(`! ${shapeOf(thrown)}`);
  }
  return log.join(", ");
}

/** A handler that throws something new. */
export const raise = (text: string) => (): never => {
  throw new Error(text);
};
