/** How long to wait before trying again: shared by `retry` and supervisors. */
import { wrongNumber } from "../errors/index.js";
import { checkDuration, currentScheduler } from "../kernel/index.js";

/** How long to wait before trying again. */
export interface BackoffOptions {
  /** The first pause, in ms; none when left out. */
  readonly delay?: number;
  /**
   * What each further pause is multiplied by, 1 when left out; or a function that gives the pause before the next
   * attempt, in ms, after so many failed ones.
   */
  readonly backoff?: number | ((failures: number) => number);
  /** No pause is longer than this, in ms. */
  readonly maxDelay?: number;
  /**
   * What part of each pause is left to chance, from 0 to 1: with 0.5 a pause lasts between half of it and all of it, so
   * that many who failed together do not come back together. `true` is 1.
   */
  readonly jitter?: number | boolean;
}

/** The names of the options, for checks. */
export const BACKOFF_OPTIONS = ["delay", "backoff", "maxDelay", "jitter"] as const;

/** The pauses that some options describe. */
export class Backoff {
  private readonly delay: number;
  private readonly factor: number | ((failures: number) => number);
  private readonly maxDelay: number;
  private readonly jitter: number;

  /** @param caller - the public function, for messages */
  constructor(
    private readonly caller: string,
    { delay = 0, backoff = 1, maxDelay = Infinity, jitter = 0 }: BackoffOptions,
  ) {
    checkDuration(caller, "delay", delay);
    checkDuration(caller, "maxDelay", maxDelay);
    if (typeof backoff !== "function") checkNumber(caller, "backoff", backoff, 0, Infinity);
    this.jitter = typeof jitter === "boolean" ? Number(jitter) : jitter;
    checkNumber(caller, "jitter", this.jitter, 0, 1);
    this.delay = delay;
    this.factor = backoff;
    this.maxDelay = maxDelay;
  }

  /** The pause before the next attempt, in ms, after so many failed ones: 1 or more. */
  after(failures: number): number {
    const { factor, jitter } = this;
    const ms = typeof factor === "function" ? factor(failures) : this.delay * factor ** (failures - 1);
    // Infinity times 0, and what a function of the user's may give.
    checkDuration(this.caller, "backoff", ms);
    const longest = Math.min(ms, this.maxDelay);
    return jitter === 0 || longest === Infinity ? longest : longest * (1 - jitter * random());
  }
}

/** Chance belongs to the host, so that a test can own it (O3). */
function random(): number {
  const { host } = currentScheduler();
  return host.random === undefined ? Math.random() : host.random();
}

function checkNumber(caller: string, parameter: string, given: unknown, least: number, most: number): void {
  if (typeof given === "number" && given >= least && given <= most) return;
  const range = most === Infinity ? `of ${least} or more` : `from ${least} to ${most}`;
  throw wrongNumber("NUMBER", `${caller}() needs a number ${range} as \`${parameter}\``, given);
}
