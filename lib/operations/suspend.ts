import { Wait, waiting, type Operation, type WaitDescription } from "../kernel/index.js";

class Suspension extends Wait<never> {
  begin(): void {
    // Nothing will ever settle it: only a cancellation ends it.
  }

  withdraw(): boolean {
    return true;
  }

  describe(): WaitDescription {
    return { kind: "suspend" };
  }
}

const forever = waiting<never>(() => new Suspension());

/**
 * Waits until cancelled.
 *
 * Waits:   always.
 * Model:   Trio sleep_forever, Effection suspend.
 *
 * @example yield* suspend();
 */
export function suspend(): Operation<never> {
  return forever;
}
