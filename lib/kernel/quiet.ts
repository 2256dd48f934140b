/**
 * Functions whose `finally` blocks cannot yield, told by their own source text: most are, and for them a landing need
 * not take positions, which is the dearest part of a cancellation.
 *
 * A yield in a `finally` block stands in the text behind that keyword. Where no `yield` follows the first `finally`,
 * whatever the generator yields after `return()` is an escape and never cleanup. Comments, strings and nested functions
 * only make the answer more cautious.
 */
import type { Frame } from "./tree.js";

const YIELDS_IN_FINALLY = /\bfinally\b[^]*\byield\b/;
/** What engines show in place of a source they do not keep. */
const NO_SOURCE = /\[(?:native code|bytecode|object )/;

const known = new WeakMap<object, boolean>();

/** Whether nothing that the frame's own generator yields after `return()` can be cleanup. */
export function isQuiet({ source: fn }: Frame, generator: object): boolean {
  // Anything else is an operation that was passed in: whose function it came from is not known.
  if (typeof fn !== "function") return false;
  // A function may return another one's generator.
  if (Object.getPrototypeOf(generator) !== fn.prototype) return false;
  let isKnown = known.get(fn);
  if (isKnown === undefined) {
    const text = Function.prototype.toString.call(fn);
    isKnown = /\byield\b/.test(text) && !YIELDS_IN_FINALLY.test(text) && !NO_SOURCE.test(text);
    known.set(fn, isKnown);
  }
  return isKnown;
}
