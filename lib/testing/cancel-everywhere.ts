import { leavesOf } from "../errors/index.js";
import { checkFunction, checkOptions, type Operable } from "../kernel/index.js";
import { CancellationPointError } from "./errors.js";
import { Intruder, ownErrors, type Moment, type Scene, type Strike } from "./intruder.js";
import { checkLeftoverOptions, LEFTOVER_OPTIONS, type LeftoverOptions } from "./leftovers.js";
import { checkLimits, LIMITS, type Limits } from "./limits.js";
import { RealWorld } from "./real-world.js";
import { planPairs, planStrikes } from "./strikes.js";
import { Tracking } from "./tracking.js";
import {
  checkRun,
  isEchoOfCancel,
  isMisuse,
  runIn,
  type Check,
  type Fault,
  type RunResult,
} from "./verdict.js";
import type { VirtualClock } from "./virtual-clock.js";
import { World } from "./world.js";
import { Counter, type YieldPoint } from "./yield-points.js";

/** What is known of a run in which something was cancelled. */
export interface CancelledRun extends RunResult {
  /** The number of the yield point, from 1; 0 for the counting run, in which nothing is cancelled. */
  readonly point: number;
  /** When it was cancelled there: before the wait began, while it waited, or when it had been handed its result. */
  readonly moment: Moment | "never";
  /** What was cancelled. */
  readonly scope: string;
}

/** How to cancel everywhere. */
export interface CancelEverywhereOptions extends LeftoverOptions, Limits {
  /** Is called after each run, the counting one included: throw when something is not as it has to be. */
  readonly check?: Check<CancelledRun>;
  /** Whether to cancel once more, from outside, during the cleanup of what was cancelled. Yes when left out. */
  readonly again?: boolean;
  /** Whether to cancel spawned tasks one by one as well, for programs that do so. No when left out. */
  readonly tasks?: boolean;
  /** Only this yield point: to run a failure again. */
  readonly only?: number;
  /** For messages; the operation's own name when left out. */
  readonly name?: string;
}

/** What was tried. */
export interface CancellationReport {
  /** How many yield points the operation has. */
  readonly points: number;
  /** How many runs were made: the counting one, and one or more for each point. */
  readonly runs: number;
}

const OPTIONS = ["check", "again", "tasks", "only", "name", ...LIMITS, ...LEFTOVER_OPTIONS];

/**
 * Runs an operation once to count its yield points, and then again and again, cancelling exactly at one of them: before
 * the wait begins, while it waits, and when it has been handed its result but has not run; the whole operation, and each
 * group, cancel scope and deadline around the point in turn; and once more during the cleanup. After each run it checks that the
 * run has ended, that nothing is left behind, that the cleanup did not fail, and what `check` says.
 *
 * Throws:  CancellationPointError for the first point that fails, with its number, its line and the tree; the
 *          operation's own failure when it fails without being cancelled.
 * Model:   Trio's own tests, made into a tool.
 * Pitfall: `makeOperation` has to make everything afresh, and the operation has to do the same in every run.
 *
 * @param makeOperation - makes what is run, with its state; a `function*` will do
 * @example await cancelEverywhere(() => transfer(pool = new Pool(2)), { check: () => expect(pool.free).toBe(2) });
 */
export async function cancelEverywhere(
  makeOperation: (clock: VirtualClock) => Operable<unknown>,
  options: CancelEverywhereOptions = {},
): Promise<CancellationReport> {
  checkFunction("cancelEverywhere", makeOperation);
  checkOptions("cancelEverywhere()", OPTIONS, options);
  checkLeftoverOptions("cancelEverywhere", options);
  checkLimits("cancelEverywhere", options);
  const tracking = new Tracking();
  const sweep = new Sweep(makeOperation, options, tracking);
  await tracking.track(() => sweep.run());
  return { points: sweep.points.length, runs: sweep.runs };
}

class Sweep {
  points: readonly YieldPoint[] = [];
  runs = 0;
  /** For each strike of an inner scope, how many yield points came in all. */
  readonly #inner: { readonly strike: Strike; readonly yields: number }[] = [];
  #quietMs: number | undefined;
  readonly #real = new RealWorld();
  readonly #withTasks: boolean;
  #name = "operation";

  constructor(
    private readonly make: (clock: VirtualClock) => Operable<unknown>,
    private readonly options: CancelEverywhereOptions,
    private readonly tracking: Tracking,
  ) {
    this.#withTasks = options.tasks === true;
  }

  /** Whether the operation waits for something outside, and need not do the same each time. */
  get #isOutside(): boolean {
    return this.points.some((point) => point.isOutside);
  }

  async run(): Promise<void> {
    await this.#count();
    await this.#cancelOnce();
    if (this.options.again ?? !this.#isOutside) await this.#cancelTwice();
  }

  async #count(): Promise<void> {
    const counter = new Counter(this.#withTasks);
    const world = this.#world(counter);
    const { trial, result } = await runIn(world, this.make, this.options, this.tracking);
    this.runs++;
    this.#name = trial.task.name;
    const { outcome, error } = result;
    if (trial.outcome !== null && outcome !== "completed") throw error;
    const run: CancelledRun = { ...result, point: 0, moment: "never", scope: "nothing" };
    const fault = trial.fault ?? (await checkRun(world, this.options.check, run));
    if (fault !== null) throw fault.error;
    this.points = counter.points;
    // What did not answer in time does not in the other runs either.
    if (world.hope.hasGivenUp) this.#quietMs = 1;
  }

  async #cancelOnce(): Promise<void> {
    for (const strike of planStrikes(this.points, this.options.only)) {
      const intruder = await this.#run([strike]);
      if (intruder.scenes[0]?.isOutermost === false) this.#inner.push({ strike, yields: intruder.count });
    }
  }

  async #cancelTwice(): Promise<void> {
    for (const pair of planPairs(this.#inner)) await this.#run(pair);
  }

  async #run(strikes: readonly Strike[]): Promise<Intruder> {
    const intruder = new Intruder(strikes, false, this.#withTasks);
    const fault = await this.#try(intruder, strikes);
    this.runs++;
    if (fault === null) return intruder;
    // Once more, looking: what is looked at only now costs nothing in all the runs that are in order.
    const witness = new Intruder(strikes, true, this.#withTasks);
    const again = await this.#try(witness, strikes);
    throw this.#report(strikes, again === null ? intruder.scenes : witness.scenes, again ?? fault);
  }

  async #try(intruder: Intruder, strikes: readonly Strike[]): Promise<Fault | null> {
    const world = this.#world(intruder);
    const { trial, result } = await runIn(world, this.make, this.options, this.tracking);
    const [strike] = strikes;
    if (trial.fault !== null) return trial.fault;
    const { scenes } = intruder;
    const fault = this.#changed(strikes, intruder) ?? faultOf(result, scenes);
    if (fault !== null || strike === undefined) return fault;
    const run = {
      ...result,
      point: strike.point,
      moment: strike.moment,
      scope: scenes[0]?.scope ?? "nothing",
    };
    return checkRun(world, this.options.check, run);
  }

  /** An operation that does something else each time cannot be cancelled everywhere. */
  #changed([strike]: readonly Strike[], { titles }: Intruder): Fault | null {
    const expected = strike === undefined ? undefined : this.points[strike.point - 1]?.title;
    if (this.#isOutside || expected === titles[0]) return null;
    const text = `The operation does not do the same each time: this point was ${expected ?? "missing"}, and now is ${titles[0] ?? "not reached"}. Make all of its state in makeOperation.`;
    return { error: new Error(text) };
  }

  #world(watcher: Counter | Intruder): World {
    const order = watcher instanceof Intruder ? watcher : undefined;
    const world = new World({
      watcher,
      order,
      real: this.#real,
      patienceMs: this.options.patience,
      quietMs: this.#quietMs,
    });
    if (watcher instanceof Intruder) watcher.world = world;
    return world;
  }

  #report(strikes: readonly Strike[], scenes: readonly Scene[], { error }: Fault): CancellationPointError {
    const [strike = { point: 0, moment: "before" }] = strikes;
    const [scene] = scenes;
    return new CancellationPointError({
      name: this.#name,
      point: strike.point,
      points: this.points.length,
      moment: strike.moment,
      secondPoint: strikes[1]?.point,
      title: scene?.title ?? this.points[strike.point - 1]?.title ?? "",
      scope: scene?.scope ?? "nothing",
      lines: scene?.lines ?? [],
      tree: scene?.tree ?? "",
      cause: error,
    });
  }
}

/** What an outcome says by itself: cleanup that fails, and misuse of the library that a cancellation leads to. */
function faultOf({ outcome, error }: RunResult, scenes: readonly Scene[]): Fault | null {
  if (outcome !== "failed") return null;
  const isWhole = scenes.every((scene) => scene.isOutermost);
  if (isMisuse(error)) return { error };
  if (!isWhole) return null;
  const own = new Set(scenes.flatMap(ownErrors).flatMap(singleErrors));
  const fromCleanup = singleErrors(error).filter((single) => !own.has(single) && !isEchoOfCancel(single));
  return fromCleanup.length === 0 ? null : { error };
}

function singleErrors(error: unknown): unknown[] {
  return Array.from(leavesOf(error), (leaf) => leaf.error);
}
