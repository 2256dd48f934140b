/** How a test fails: each class stands for one kind of finding, and its message is the whole report. */
import { describeError } from "../errors/index.js";

/** Every task is parked and nothing can wake any of them. */
export class DeadlockError extends Error {
  override readonly name: string = "DeadlockError";
  readonly code = "COPPICE_DEADLOCK";

  /**
   * @param waiting - a line for each task: what it waits on, who holds it, where it stands
   * @param cycle - the names of the tasks that wait for one another, in order; empty when there is no cycle
   */
  constructor(
    message: string,
    readonly waiting: readonly string[],
    readonly cycle: readonly string[],
  ) {
    super(message);
  }
}

/** The operation has ended and something of it is still there. */
export class LeftBehindError extends Error {
  override readonly name: string = "LeftBehindError";
  readonly code = "COPPICE_LEFT_BEHIND";

  /** @param findings - one line for each thing that was left */
  constructor(
    message: string,
    readonly findings: readonly string[],
  ) {
    super(message);
  }
}

/** The operation does not end: a task never waits for anything, or there is no end of its timers. */
export class SpinningError extends Error {
  override readonly name: string = "SpinningError";
  readonly code = "COPPICE_SPINNING";
}

/** What is known of a cancellation that went wrong. */
export interface CancellationPoint {
  /** The operation. */
  readonly name: string;
  /** The number of the yield point, from 1. */
  readonly point: number;
  /** How many yield points there are. */
  readonly points: number;
  /** Whether it was cancelled before the wait began, while it waited, or when its result had been handed over. */
  readonly moment: string;
  /** Where the whole operation was cancelled once more, during the cleanup. */
  readonly secondPoint: number | undefined;
  /** What waited for what there. */
  readonly title: string;
  /** What was cancelled. */
  readonly scope: string;
  /** The lines of the source in which the task stood, innermost first. */
  readonly lines: readonly string[];
  /** The tree at that moment. */
  readonly tree: string;
  /** What was found. */
  readonly cause: unknown;
}

/** An operation does not stand being cancelled at one of its yield points; the finding is its `cause`. */
export class CancellationPointError extends Error {
  override readonly name: string = "CancellationPointError";
  readonly code = "COPPICE_CANCELLATION_POINT";
  readonly point: number;
  readonly moment: string;
  /** The line of the source at which the task stood, as `file:line:column`; undefined where the engine does not tell. */
  readonly line: string | undefined;
  readonly tree: string;

  constructor(found: CancellationPoint) {
    super(reportPoint(found), { cause: found.cause });
    this.point = found.point;
    this.moment = found.moment;
    this.line = found.lines[0];
    this.tree = found.tree;
  }
}

const MOMENT: Readonly<Record<string, string>> = {
  before: "before it waited",
  waiting: "while it waited",
  "handed over": "when its wait had ended and it had not gone on yet",
};

function reportPoint(found: CancellationPoint): string {
  const { name, point, points, moment, secondPoint, title, scope, lines, tree, cause } = found;
  const again =
    secondPoint === undefined
      ? []
      : [`  once more: the whole operation, at point ${secondPoint}, during the cleanup`];
  return [
    `"${name}" does not stand being cancelled at point ${point} of ${points}, ${MOMENT[moment] ?? moment}.`,
    `  point ${point}: ${title}`,
    ...lines.map((line, i) => `  ${i === 0 ? "at" : "  called at"} ${line}`),
    `  cancelled: ${scope}`,
    ...again,
    `  found: ${textOf(cause)}`,
    "  the tree at that moment:",
    ...tree.split("\n").map((line) => `  ${line}`),
    `Run this point alone with { only: ${point} }.`,
  ].join("\n");
}

/** What was found, on as many lines as it has. */
export function textOf(error: unknown): string {
  return describeError(error).replaceAll("\n", "\n    ");
}

/** What is known of a run that went wrong in some order. */
export interface FailingSchedule {
  /** The operation. */
  readonly name: string;
  /** The seed of the run; undefined when it was not made by chance. */
  readonly seed: number | undefined;
  /** The shortest schedule that was found to fail. */
  readonly schedule: string;
  /** In how many choices it differs from first come, first served. */
  readonly differences: number;
  /** Those choices in words. */
  readonly steps: readonly string[];
  /** In which run it was found. */
  readonly run: number;
  /** How many runs were spent on making the schedule shorter. */
  readonly shrinkRuns: number;
  /** What was found. */
  readonly cause: unknown;
}

/** An operation goes wrong in some order of its tasks; the finding is its `cause`. */
export class ScheduleError extends Error {
  override readonly name: string = "ScheduleError";
  readonly code = "COPPICE_SCHEDULE";
  /** Give it to `replay` for the run in which the failure was found; undefined for the plain order. */
  readonly seed: number | undefined;
  /** Give it to `replay` for the shortest run that fails. */
  readonly schedule: string;

  constructor(found: FailingSchedule) {
    super(reportSchedule(found), { cause: found.cause });
    this.seed = found.seed;
    this.schedule = found.schedule;
  }
}

function reportSchedule(found: FailingSchedule): string {
  const { name, seed, schedule, differences, steps, run, shrinkRuns, cause } = found;
  const where =
    differences === 0
      ? "in the plain order, first come, first served"
      : "when its tasks run in another order";
  const shrunk = shrinkRuns === 0 ? "" : `, the shortest found in ${shrinkRuns} more runs`;
  const again = seed === undefined ? `"${schedule}"` : `"${schedule}", or with the seed ${seed}`;
  return [
    `"${name}" fails ${where} (run ${run}).`,
    ...(seed === undefined ? [] : [`  seed: ${seed}`]),
    `  schedule: "${schedule}"${shrunk}`,
    ...steps.map((step) => `    ${step}`),
    `  found: ${textOf(cause)}`,
    `Run it again with replay(makeOperation, ${again}).`,
  ].join("\n");
}
