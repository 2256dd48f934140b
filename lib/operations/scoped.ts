import { bounded, type Operable, type Operation } from "../kernel/index.js";

const PLAIN = {};

/**
 * Runs an operation in a boundary of its own: what it spawns and acquires is gone when it returns (B2).
 *
 * Throws:  what `op` throws, its children's failures, and what cleanup adds (E2).
 * Model:   Effection scoped.
 *
 * @example const total = yield* scoped(function* () { const pool = yield* usePool(); return yield* sum(pool); });
 */
export function scoped<T>(op: Operable<T>): Operation<T> {
  return bounded("scoped", op, () => PLAIN);
}
