/**
 * The operations that an error has passed on its way out, innermost first. Kept beside the error, never in it: its
 * message and its properties stay what they were, and a frozen error has a trail as well. Filled in where a frame
 * fails, so that success costs nothing.
 */
import { isWithoutPlace, placeAt } from "./user-stack.js";

/** One operation that an error has passed. */
export interface Passed {
  /** The name of the operation, or of the task where it left one. */
  readonly operation: string;
  /** In debug mode: the line that waited for what failed, as `file:line:column`. */
  readonly at?: string;
}

/** How many operations a trail names; of more the innermost ones are kept, and the outermost one. */
const LONGEST = 64;

interface Trail {
  readonly passed: Passed[];
  /** How many were left out, before the last one. */
  omitted: number;
  /** Where the next operation to be passed waits. */
  nextAt: string | undefined;
}

const trails = new WeakMap<object, Trail>();
const UNNAMED = "anonymous";

/**
 * Notes that an error has passed an operation.
 *
 * @param nextAt - where the operation that it comes to next waits, when that is known
 */
export function notePassed(error: unknown, operation: string, nextAt: string | undefined): void {
  if (typeof error !== "object" || error === null) return;
  let trail = trails.get(error);
  if (trail === undefined && operation === UNNAMED && nextAt === undefined) return;
  if (trail === undefined) trails.set(error, (trail = { passed: [], omitted: 0, nextAt: undefined }));
  add(trail, operation, trail.nextAt);
  trail.nextAt = nextAt;
}

function add(trail: Trail, operation: string, at: string | undefined): void {
  if (operation === UNNAMED && at === undefined) return;
  if (trail.passed.length === LONGEST) {
    trail.passed.pop();
    trail.omitted++;
  }
  trail.passed.push(at === undefined ? { operation } : { operation, at });
}

/** An error leaves for ordinary code, which has no frame of ours to be thrown into: its trail stands for its stack. */
export function leaveRuntime(error: unknown): unknown {
  if (isWithoutPlace(error)) placeAt(error, errorTrail(error).map(lineOf));
  return error;
}

function lineOf({ operation, at }: Passed): string {
  return at === undefined ? operation : `${operation} (${at})`;
}

/**
 * Tells which operations an error has passed on its way out, innermost first. Several tasks that wait for one failing
 * task get the same error, and add to the same trail.
 *
 * @param error - anything that was thrown; what is no object has no trail
 */
export function errorTrail(error: unknown): readonly Passed[] {
  return trailRecord(error)?.passed ?? [];
}

/** How many operations its trail left out, before the last one. */
export function omittedFromTrail(error: unknown): number {
  return trailRecord(error)?.omitted ?? 0;
}

function trailRecord(error: unknown): Trail | undefined {
  return typeof error === "object" && error !== null ? trails.get(error) : undefined;
}

/** Gives an error that stands for part of another one the trail of that one. */
export function inheritTrail(part: object, whole: object): void {
  const trail = trails.get(whole);
  if (trail !== undefined && part !== whole && !trails.has(part)) {
    trails.set(part, { ...trail, passed: [...trail.passed] });
  }
}
