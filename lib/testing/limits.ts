/** How long a run may take, in real time and in timers. */
import { checkCount, checkDuration } from "../kernel/index.js";

export interface Limits {
  /**
   * For how long time stands still while something real is under way that a task waits for, in real ms: 1,000 when
   * left out, 0 not to wait at all. After that time passes as fast as it does outside.
   */
  readonly patience?: number;
  /** After how many timers, one after the other, a run counts as endless: 100,000 when left out. */
  readonly timers?: number;
}

export const LIMITS = ["patience", "timers"] as const;

export function checkLimits(name: string, { patience, timers }: Limits): void {
  if (patience !== undefined) checkDuration(name, "patience", patience);
  if (timers !== undefined) checkCount(`${name}()`, "timers", 1, timers);
}
