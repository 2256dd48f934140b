import {
  bounded,
  checkOperable,
  checkDuration,
  checkOptions,
  perform,
  type Boundary,
  type Operable,
  type Operation,
} from "../kernel/index.js";
import { timeout } from "./timeout.js";

const SHIELD: Boundary = { shields: true };

/**
 * Runs an operation as if no surrounding scope were cancelled. What was requested meanwhile lands the moment it
 * ends (C6). Cleanup needs no shield: it is protected by itself (C3).
 *
 * Throws:  what `op` throws; TimeoutError when its own `timeout` ran out.
 * Model:   Trio CancelScope(shield=True); unlike asyncio.shield it waits for what it protects.
 *
 * @param options - `timeout`: for how many ms at the most
 * @example yield* shield(commit(transaction), { timeout: 5_000 });
 */
export function shield<T>(op: Operable<T>, options?: { readonly timeout?: number }): Operation<T> {
  checkOperable("shield", op);
  checkOptions("shield()", ["timeout"], options);
  const ms = options?.timeout;
  if (ms === undefined) return bounded<T>("shield", op, () => SHIELD);
  checkDuration("shield", "timeout", ms);
  const limited = timeout(ms, op);
  return bounded<T>(
    "shield",
    () => perform(limited),
    () => SHIELD,
  );
}
