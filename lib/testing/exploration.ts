/** The runs of one exploration: who chooses in each, which are in order, and how a failure is reported. */
import { misuse, show } from "../errors/index.js";
import { checkFunction, type Operable } from "../kernel/index.js";
import { ScheduleError } from "./errors.js";
import { checkLeftoverOptions, type LeftoverOptions } from "./leftovers.js";
import { checkLimits, type Limits } from "./limits.js";
import { PrefixOrder, ScheduledOrder, SeededOrder, type TracedOrder } from "./orders.js";
import { seedOf } from "./random.js";
import { RealWorld } from "./real-world.js";
import { readSchedule, writeSchedule, type Deviation } from "./schedule.js";
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

/** How often the same order is run twice, to see that it makes the same run. */
const CONTROL_EVERY = 1_000;

export function checkSeed(seed: unknown): asserts seed is number {
  if (Number.isSafeInteger(seed)) return;
  const Class = typeof seed === "number" ? RangeError : TypeError;
  throw misuse(
    "SEED",
    `A seed is a whole number, got ${typeof seed === "number" ? String(seed) : show(seed)}.`,
    Class,
  );
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
  readonly #name: string;
  readonly #tracking = new Tracking();
  readonly #real = new RealWorld();
  readonly #schedules = new Set<number>();
  #runs = 0;
  #quietMs: number | undefined;
  #isOutside = false;

  constructor(
    caller: string,
    private readonly make: (clock: VirtualClock) => Operable<unknown>,
    private readonly options: ReplayOptions,
  ) {
    checkFunction(caller, make);
    checkLeftoverOptions(caller, options);
    checkLimits(caller, options);
    this.#name = options.name ?? (make.name === "" ? "operation" : make.name);
  }

  track<T>(act: () => Promise<T>): Promise<T> {
    return this.#tracking.track(act);
  }

  async tryMany(runs: number, seed: number): Promise<ExplorationReport> {
    const plain = await this.#count(new ScheduledOrder([]), undefined);
    // Where nothing can be chosen there is but one order.
    const isComplete = plain.trace.places.length === 0 && !this.#isOutside;
    for (let i = 1; i < runs && !isComplete; i++) {
      const runSeed = seedOf(seed, i);
      const order = await this.#count(new SeededOrder(runSeed), runSeed);
      if (i % CONTROL_EVERY === 1) await this.#control(runSeed, order);
    }
    return this.#report(isComplete);
  }

  async tryAll(runs: number): Promise<ExplorationReport> {
    let prefix: number[] | null = [];
    while (prefix !== null && this.#runs < runs) {
      const order: PrefixOrder = await this.#count(new PrefixOrder(prefix), undefined);
      prefix = order.next();
    }
    return this.#report(prefix === null);
  }

  async replay(order: unknown): Promise<ExploredRun> {
    const seed = typeof order === "string" && /^\s*\d+\s*$/.test(order) ? Number(order) : order;
    const schedule = typeof seed === "string" ? readSchedule(seed) : null;
    if (schedule === null) checkSeed(seed);
    const chosen = typeof seed === "number" ? new SeededOrder(seed) : new ScheduledOrder(schedule ?? []);
    const { fault, run } = await this.#run(chosen.tell());
    if (fault === null) return { ...run, schedule: run.schedule };
    throw this.#failure(chosen, fault, typeof seed === "number" ? seed : undefined, 0);
  }

  /** One run that counts; throws when it fails. */
  async #count<O extends TracedOrder>(order: O, seed: number | undefined): Promise<O> {
    this.#runs++;
    const { fault } = await this.#run(order);
    this.#schedules.add(order.trace.hash);
    if (fault === null) return order;
    throw await this.#shortened(order, fault, seed);
  }

  async #run(order: TracedOrder): Promise<{ readonly fault: Fault | null; readonly run: ExploredRun }> {
    const { patience } = this.options;
    const world = new World({
      order,
      isNaming: true,
      real: this.#real,
      patienceMs: patience,
      quietMs: this.#quietMs,
    });
    const { trial, result } = await runIn(
      world,
      this.make,
      { ...this.options, name: this.#name },
      this.#tracking,
    );
    const run = new Explored(result, order);
    this.#isOutside ||= world.hasWaitedOutside;
    if (world.hope.hasGivenUp) this.#quietMs = 1;
    const failed = result.outcome === "completed" ? null : { error: result.error };
    const fault = trial.fault ?? failed ?? (await checkRun(world, this.options.check, run));
    return { fault, run };
  }

  async #shortened(order: TracedOrder, fault: Fault, seed: number | undefined): Promise<ScheduleError> {
    const shrinking = new Shrinking(async (deviations) => {
      const { fault: found } = await this.#run(new ScheduledOrder(deviations));
      return found !== null;
    });
    const shortest = await shrinking.shortest(order.trace.deviations);
    const witness = new ScheduledOrder(shortest).tell();
    const again = await this.#run(witness);
    if (again.fault !== null) return this.#failure(witness, again.fault, seed, shrinking.runs);
    return this.#failure(order, fault, seed, shrinking.runs);
  }

  #failure(
    order: TracedOrder,
    { error }: Fault,
    seed: number | undefined,
    shrinkRuns: number,
  ): ScheduleError {
    const deviations: readonly Deviation[] = order.trace.deviations;
    return new ScheduleError({
      name: this.#name,
      seed,
      schedule: writeSchedule(deviations),
      differences: deviations.length,
      steps: order.steps,
      run: this.#runs,
      shrinkRuns,
      cause: error,
    });
  }

  /** The same seed has to make the same run; otherwise chance comes from elsewhere, and nothing can be replayed. */
  async #control(seed: number, { trace }: TracedOrder): Promise<void> {
    const again = new SeededOrder(seed);
    const { fault } = await this.#run(again);
    if (this.#isOutside || (fault === null && again.trace.hash === trace.hash)) return;
    const error = new Error(
      "The same seed made another run: the operation depends on chance, on real time, or on what an earlier run has left. Make all of its state in makeOperation.",
    );
    throw this.#failure(again, { error }, seed, 0);
  }

  #report(isComplete: boolean): ExplorationReport {
    return { runs: this.#runs, schedules: this.#schedules.size, isComplete };
  }
}
