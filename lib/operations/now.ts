import { currentScheduler } from "../kernel/index.js";

/**
 * The time of the runtime's own clock, by which `timeoutAt`, `sleepUntil`, `deadline()` and the deadlines of cancel
 * scopes are given: in ms, from any origin, never going back. In an operation that runs in virtual time it is the
 * virtual time. A plain call.
 *
 * Model:   loop.time() of asyncio, trio.current_time.
 * Pitfall: it is no time of day. For one, add what is left: `now() + (date.getTime() - Date.now())`.
 *
 * @example const end = now() + 2_000;
 */
export function now(): number {
  return currentScheduler().host.now();
}
