import { useScope, type Operation as Theirs } from "effection";
import type { Cancellation } from "../index.js";
import { crossingHere } from "./crossing.js";

/**
 * An operation of Effection that tells why the operation of ours around it is being cancelled, or gives `undefined`:
 * for `finally` blocks that depend on it. Effection's own halt knows no reason.
 *
 * Waits:   never.
 *
 * @example try { yield* work(); } finally { const why = yield* whyCancelled(); log(why?.reason); }
 */
export function* whyCancelled(): Theirs<Cancellation | undefined> {
  const scope = yield* useScope();
  return scope.get(crossingHere)?.cancellation;
}
