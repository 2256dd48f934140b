import { isGroup, leavesOf } from "./tree.js";

/**
 * Gives the single error in a group, however deep it is nested, for callers that want a plain one. A group of several,
 * and what is no group, is given back as it is.
 *
 * @example
 * try {
 *   yield* taskGroup(body);
 * } catch (error) {
 *   throw unwrap(error);
 * }
 */
export function unwrap(error: unknown): unknown {
  if (!isGroup(error)) return error;
  const leaves = leavesOf(error);
  const first = leaves.next();
  return first.done !== true && leaves.next().done === true ? first.value.error : error;
}
