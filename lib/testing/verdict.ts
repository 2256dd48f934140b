/** Whether one run of a sweep or of an exploration was in order: what went wrong, or null. */
import { CancelledError, errorOf, TimeoutError, type Operation } from "../kernel/index.js";
import { tryOut, type Trial, type TrialOptions, type TestBody } from "./trial.js";
import type { Tracking } from "./tracking.js";
import { clockOf, type VirtualClock } from "./virtual-clock.js";
import type { World } from "./world.js";

/** How a run has ended, for a user's `check`. */
export interface RunResult {
  readonly outcome: "completed" | "failed" | "cancelled";
  /** What the operation returned, when it completed. */
  readonly value: unknown;
  /** What it threw, when it failed. */
  readonly error: unknown;
  /** The time of the run, in ms. */
  readonly time: number;
}

/** A check of one's own, after each run: throws when something is wrong; may be a `function*`, or async. */
export type Check<R extends RunResult> = (run: R) => unknown;

/** A fault that was found, boxed, because anything can be thrown. */
export interface Fault {
  readonly error: unknown;
}

export interface Ran {
  readonly trial: Trial;
  readonly result: RunResult;
}

export async function runIn(
  world: World,
  make: (clock: VirtualClock) => unknown,
  options: TrialOptions,
  tracking: Tracking,
): Promise<Ran> {
  const clock = clockOf(world);
  // What the user's function returns is checked when it is run.
  const body = make(clock) as TestBody<unknown>;
  const name = options.name ?? ownNameOf(body) ?? ownNameOf(make) ?? "operation";
  const trial = await tryOut(world, body, { ...options, name, clock }, tracking);
  return { trial, result: resultOf(trial, world) };
}

function ownNameOf(body: unknown): string | undefined {
  const name = (body as { name?: unknown } | null | undefined)?.name;
  return typeof name === "string" && name !== "" && name !== "anonymous" ? name : undefined;
}

function resultOf({ task, outcome }: Trial, world: World): RunResult {
  const time = world.host.time;
  if (outcome?.type === "value")
    return { outcome: "completed", value: outcome.value, error: undefined, time };
  const how = outcome?.type === "cancelled" ? "cancelled" : "failed";
  return { outcome: how, value: undefined, error: errorOf(task), time };
}

/** Runs the user's check in the same world. */
export async function checkRun<R extends RunResult>(
  world: World,
  check: Check<R> | undefined,
  run: R,
): Promise<Fault | null> {
  if (check === undefined) return null;
  world.scheduler.unwatch();
  try {
    const made = check(run);
    if (!isOperation(made)) {
      if (made !== undefined) await (made as PromiseLike<unknown>);
    } else {
      const { fault, outcome, task } = await tryOut(world, made, { name: "check" });
      if (fault !== null) return fault;
      if (outcome?.type !== "value") return { error: errorOf(task) };
    }
    return null;
  } catch (error) {
    return { error };
  }
}

function isOperation(made: unknown): made is Operation<unknown> {
  return (
    typeof made === "object" &&
    made !== null &&
    !Array.isArray(made) &&
    Symbol.iterator in made &&
    !("then" in made)
  );
}

/** Whether an error says no more than that something was cancelled or took too long. */
export function isEchoOfCancel(error: unknown): boolean {
  if (error instanceof AggregateError) return (error.errors as unknown[]).every(isEchoOfCancel);
  return error instanceof CancelledError || error instanceof TimeoutError;
}

/** A mistake in the use of the library, by its code: never what a cancellation should lead to. */
export function isMisuse(error: unknown): boolean {
  if (error instanceof AggregateError) return (error.errors as unknown[]).some(isMisuse);
  if (!(error instanceof Error) || !("code" in error)) return false;
  const { code } = error;
  return typeof code === "string" && code.startsWith("COPPICE_") && !DOMAIN.has(code);
}

/** Codes of errors that programs act on. */
const DOMAIN: ReadonlySet<string> = new Set([
  "COPPICE_CANCELLED",
  "COPPICE_TIMEOUT",
  "COPPICE_QUEUE_SHUT_DOWN",
  "COPPICE_GROUP",
]);
