import { misuse } from "../errors/index.js";
import { checkCount, checkOptions, type Operable } from "../kernel/index.js";
import {
  checkSeed,
  Exploration,
  type ExplorationReport,
  type ExploredRun,
  type ReplayOptions,
} from "./exploration.js";
import { LEFTOVER_OPTIONS } from "./leftovers.js";
import { LIMITS } from "./limits.js";
import type { VirtualClock } from "./virtual-clock.js";

/** How to explore. */
export interface ExploreOptions extends ReplayOptions {
  /** How many orders to try at the most: 1,000 when left out. */
  readonly runs?: number;
  /** A whole number: the same seed tries the same orders, on every machine, and its own order first. 1 when left out. */
  readonly seed?: number;
  /**
   * Whether to try every order there is, one after the other, instead of choosing by chance. When left out, that is done
   * for operations with so few orders that `runs` may be enough for all.
   */
  readonly exhaustive?: boolean;
}

const COMMON = ["check", "name", ...LIMITS, ...LEFTOVER_OPTIONS];

/**
 * Runs an operation many times, each time in another order: which of the ready tasks steps next, and which of several
 * timers of one instant fires first. The first run is first come, first served. A run fails when the operation fails,
 * is deadlocked or leaves anything behind, and when `check` throws.
 *
 * Throws:  ScheduleError for the first run that fails, with its seed and the shortest schedule that fails as well.
 * Model:   Trio's and shuttle's random schedulers, loom's exhaustive one.
 * Pitfall: `makeOperation` has to make everything afresh.
 *
 * @param makeOperation - makes what is run, with its state; a `function*` will do
 * @example await explore(() => transfer(accounts = open()), { runs: 5_000, check: () => expect(total(accounts)).toBe(100) });
 */
export async function explore(
  makeOperation: (clock: VirtualClock) => Operable<unknown>,
  options: ExploreOptions = {},
): Promise<ExplorationReport> {
  checkOptions("explore()", [...COMMON, "runs", "seed", "exhaustive"], options);
  const { runs = 1_000, seed = 1, exhaustive } = options;
  checkCount("explore()", "runs", 1, runs);
  checkSeed(seed);
  const exploration = new Exploration("explore", makeOperation, options);
  last = exploration;
  return exploration.track(() =>
    exhaustive === true ? exploration.tryAll(runs) : exploration.tryMany(runs, seed, exhaustive !== false),
  );
}

/**
 * Runs an operation once, in exactly the order that a failure of `explore` has named.
 *
 * Throws:  ScheduleError when the run fails, as `explore` does.
 *
 * @param makeOperation - as for `explore`; when left out, what was explored last
 * @param order - the seed of a run, or a schedule
 * @returns how the run has ended
 * @example await replay(() => transfer(accounts = open()), "3:1 7:2", { check });
 */
export async function replay(
  makeOperation: (clock: VirtualClock) => Operable<unknown>,
  order: number | string,
  options?: ReplayOptions,
): Promise<ExploredRun>;
export async function replay(order: number | string): Promise<ExploredRun>;
export async function replay(
  first: number | string | ((clock: VirtualClock) => Operable<unknown>),
  order?: number | string,
  options: ReplayOptions = {},
): Promise<ExploredRun> {
  checkOptions("replay()", COMMON, options);
  const isGiven = typeof first === "function";
  const exploration = isGiven ? new Exploration("replay", first, options) : lastExplored();
  return exploration.track(() => exploration.replay(isGiven ? order : first));
}

let last: Exploration | null = null;

function lastExplored(): Exploration {
  if (last !== null) return last;
  throw misuse(
    "NOTHING_EXPLORED",
    "replay() was given no operation, and nothing has been explored yet. Write replay(makeOperation, order).",
    Error,
  );
}
