/** The runs of one exploration: who chooses in each, which are in order, and how a failure is reported. */
import { wrongNumber } from "../errors/index.js";
import { checkFunction, type Operable, type TaskNode } from "../kernel/index.js";
import { ScheduleError, SpinningError } from "./errors.js";
import { checkLeftoverOptions, type LeftoverOptions } from "./leftovers.js";
import { checkLimits, type Limits } from "./limits.js";
import { orderOf, PrefixOrder, ScheduledOrder, seedFor, type TracedOrder } from "./orders.js";
import { seedOf } from "./random.js";
import { RealWorld } from "./real-world.js";
import { readSchedule, writeSchedule } from "./schedule.js";
import { Shrinking } from "./shrink.js";
import { Tracking } from "./tracking.js";
import { checkRun, runIn, type Check, type Fault, type RunResult } from "./verdict.js";
import type { VirtualClock } from "./virtual-clock.js";
import { World } from "./world.js";

/** What is known of one run of an exploration. */
export interface ExploredRun extends RunResult {
  /** What was chosen: give it to `replay` to have the same run again. */
  readonly schedule: string;
}

/** What all runs of an operation in a chosen order have in common. */
export interface ReplayOptions extends LeftoverOptions, Limits {
  /** Is called after each run: throw when something is not as it has to be. */
  readonly check?: Check<ExploredRun>;
  /** For messages; the operation's own name when left out. */
  readonly name?: string;
}

/** What was tried. */
export interface ExplorationReport {
  readonly runs: number;
  /** How many different orders were among them. */
  readonly schedules: number;
  /** Whether these were all the orders that there are. */
  readonly isComplete: boolean;
}

/** How often an order is run twice, to see that it makes the same run. */
const CONTROL_EVERY = 1_000;
/** How many times as many orders as there seemed to be are tried before the rest is left to chance. */
const MOST_TIMES_ESTIMATED = 4;

export function checkSeed(seed: unknown): asserts seed is number {
  if (Number.isSafeInteger(seed)) return;
  throw wrongNumber("SEED", "A seed is a whole number", seed);
}

/** The schedule is written out only for those who ask. */
class Explored implements ExploredRun {
  readonly outcome: RunResult["outcome"];
  readonly value: unknown;
  readonly error: unknown;
  readonly time: number;
  readonly #order: TracedOrder;

  constructor({ outcome, value, error, time }: RunResult, order: TracedOrder) {
    this.outcome = outcome;
    this.value = value;
    this.error = error;
    this.time = time;
    this.#order = order;
  }

  get schedule(): string {
    return writeSchedule(this.#order.trace.deviations);
  }
}

export class Exploration {
  readonly #tracking = new Tracking();
  readonly #real = new RealWorld();
  readonly #schedules = new Set<number>();
  #runs = 0;
  #quietMs: number | undefined;
  #isOutside = false;
  /** Whether any task has called for promises or the like, the order of which nobody chooses. */
  #hasCalledOut = false;

  constructor(
    caller: string,
    private readonly make: (clock: VirtualClock) => Operable<unknown>,
    private readonly options: ReplayOptions,
  ) {
    checkFunction(caller, make);
    checkLeftoverOptions(caller, options);
    checkLimits(caller, options);
  }

  track<T>(act: () => Promise<T>): Promise<T> {
    return this.#tracking.track(act);
  }

  /** Tries the plain order, then every order if they seem to be few and that is allowed, then others by chance. */
  async tryMany(runs: number, seed: number, canTryAll: boolean): Promise<ExplorationReport> {
    const plain = await this.#count(new PrefixOrder([]), undefined);
    await this.#control(new PrefixOrder([]), plain);
    // As if there were as many choices in every order as in this one.
    const estimate = plain.order.trace.counts.reduce((product, count) => product * count, 1);
    if (canTryAll && !this.#hasCalledOut && estimate <= runs) {
      const isComplete = await this.#tryEach(
        plain.order.next(),
        Math.min(runs, MOST_TIMES_ESTIMATED * estimate),
      );
      await this.#control(new PrefixOrder([]), plain);
      if (isComplete) return this.#report(true);
    }
    for (let i = 1; this.#runs < runs; i++) {
      const runSeed = seedOf(seed, i);
      const made = await this.#count(orderOf(runSeed), runSeed);
      if (i % CONTROL_EVERY === 0) await this.#control(orderOf(runSeed), made, runSeed);
    }
    return this.#report(false);
  }

  async tryAll(runs: number): Promise<ExplorationReport> {
    return this.#report(await this.#tryEach([], runs));
  }

  /** Tries one order after the other; true when these were all. */
  async #tryEach(first: number[] | null, runs: number): Promise<boolean> {
    let prefix = first;
    while (prefix !== null && this.#runs < runs) {
      const made: Made<PrefixOrder> = await this.#count(new PrefixOrder(prefix), undefined);
      if (!made.order.hasKept && !this.#isOutside) throw this.#otherRun(made, seedFor(made.order.trace));
      prefix = made.order.next();
    }
    return prefix === null && !this.#hasCalledOut;
  }

  async replay(given: unknown): Promise<ExploredRun> {
    const seed = typeof given === "string" && /^\s*\d+\s*$/.test(given) ? Number(given) : given;
    const schedule = typeof seed === "string" ? readSchedule(seed) : null;
    if (schedule === null) checkSeed(seed);
    const order = typeof seed === "number" ? orderOf(seed) : new ScheduledOrder(schedule ?? []);
    const made = await this.#run(order.tell());
    if (made.fault === null) return { ...made.run, schedule: made.run.schedule };
    throw this.#failure(made, made.fault, typeof seed === "number" ? seed : undefined, 0);
  }

  /** One run that counts; throws when it fails. */
  async #count<O extends TracedOrder>(order: O, seed: number | undefined): Promise<Made<O>> {
    this.#runs++;
    const made = await this.#run(order);
    this.#schedules.add(order.trace.hash);
    if (made.fault === null) return made;
    throw await this.#shortened(made, made.fault, seed);
  }

  async #run<O extends TracedOrder>(order: O): Promise<Made<O>> {
    const world = new World({
      order,
      isNaming: true,
      real: this.#real,
      patienceMs: this.options.patience,
      quietMs: this.#quietMs,
    });
    const { trial, result } = await runIn(world, this.make, this.options, this.#tracking);
    const run = new Explored(result, order);
    // What `check` does is not part of the run.
    const { events } = world.scheduler;
    this.#isOutside ||= world.hasWaitedOutside;
    this.#hasCalledOut ||= this.#tracking.hasStarted;
    if (world.hope.hasGivenUp) this.#quietMs = 1;
    const failed = result.outcome === "completed" ? null : { error: result.error };
    const fault = trial.fault ?? failed ?? (await checkRun(world, this.options.check, run));
    return { order, fault, run, events, root: trial.task };
  }

  async #shortened(made: Made<TracedOrder>, fault: Fault, seed: number | undefined): Promise<ScheduleError> {
    const isLong = fault.error instanceof SpinningError;
    const shrinking = new Shrinking(async (deviations) => {
      const { fault: found } = await this.#run(new ScheduledOrder(deviations));
      return found !== null;
    }, isLong);
    const { trace } = made.order;
    const shortest = await shrinking.shortest(trace.deviations);
    const named = seed ?? seedFor(trace);
    const witness = await this.#run(new ScheduledOrder(shortest).tell());
    if (witness.fault !== null) return this.#failure(witness, witness.fault, named, shrinking.runs);
    return this.#failure(made, fault, named, shrinking.runs);
  }

  #failure(
    { order, root }: Made<TracedOrder>,
    { error }: Fault,
    seed: number | undefined,
    shrinkRuns: number,
  ): ScheduleError {
    const { deviations } = order.trace;
    return new ScheduleError({
      name: root.name,
      seed,
      schedule: writeSchedule(deviations),
      differences: deviations.length,
      steps: order.stepsBelow(root),
      run: this.#runs,
      shrinkRuns,
      cause: error,
    });
  }

  /** The same order has to make the same run; otherwise chance comes from elsewhere, and nothing can be replayed. */
  async #control(same: TracedOrder, before: Made<TracedOrder>, seed?: number): Promise<void> {
    const again = await this.#run(same);
    if (this.#isOutside || (again.fault === null && looksLike(again, before))) return;
    throw this.#otherRun(again, seed ?? seedFor(same.trace));
  }

  #otherRun(made: Made<TracedOrder>, seed: number | undefined): ScheduleError {
    const error = new Error(
      "The same order made another run: the operation depends on chance, on real time, or on what an earlier run has left. Make all of its state in makeOperation.",
    );
    return this.#failure(made, { error }, seed, 0);
  }

  #report(isComplete: boolean): ExplorationReport {
    return { runs: this.#runs, schedules: this.#schedules.size, isComplete };
  }
}

/** One run that was made. */
interface Made<O extends TracedOrder> {
  readonly order: O;
  readonly fault: Fault | null;
  readonly run: ExploredRun;
  /** How many times anything became ready. */
  readonly events: number;
  readonly root: TaskNode;
}

function looksLike(one: Made<TracedOrder>, other: Made<TracedOrder>): boolean {
  return (
    one.order.trace.hash === other.order.trace.hash &&
    one.events === other.events &&
    one.run.time === other.run.time
  );
}
