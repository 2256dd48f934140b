/**
 * The errors that Coppice itself makes. Each class stands for a situation a program can act on and has
 * a stable `code`; what is misuse is told by the errors that `misuse` makes.
 * What was cancelled is no error inside the cancelled code (C2): `CancelledError` is only for those who
 * wait for it from outside (C9).
 */
import { clip, misuse } from "../errors/index.js";
import type { Cancellation } from "./cancellation.js";
import { maybeOtherCopy } from "./copies.js";

/** Thrown into whoever waits for a task that somebody else cancelled (C9). */
export class CancelledError extends Error {
  override readonly name: string = "CancelledError";
  readonly code = "COPPICE_CANCELLED";
  /** Why the task was cancelled. */
  readonly cancellation: Cancellation;

  /** @param task - the name of the cancelled task */
  constructor(task: string, cancellation: Cancellation) {
    const { reason } = cancellation;
    super(
      `Task "${task}" was cancelled${because(cancellation)}.`,
      reason === undefined ? {} : { cause: reason },
    );
    this.cancellation = cancellation;
  }
}

function because({ kind, reason }: Cancellation): string {
  if (kind === "deadline") return ": its deadline passed";
  if (kind === "failure") return ": another task of its scope failed";
  if (kind === "scope-ended") return ": the scope it was spawned in ended";
  const text = textOf(reason);
  return text === "" ? "" : `: ${clip(text)}`;
}

/** A reason is the user's object: reading it may throw, and must not do so amid a step. */
function textOf(reason: unknown): string {
  try {
    const text: unknown = reason instanceof Error ? reason.message : reason;
    return typeof text === "string" ? text : "";
  } catch {
    return "";
  }
}

/** Thrown by `timeout` when time ran out, after the cleanup of what it cancelled (C11). */
export class TimeoutError extends Error {
  override readonly name: string = "TimeoutError";
  readonly code = "COPPICE_TIMEOUT";
}

/** Reported by a cancel whose cleanup outlived its grace, or that a generator would not obey (C7). */
export class CleanupError extends Error {
  override readonly name: string = "CleanupError";
  readonly code = "COPPICE_CLEANUP";
}

/** The error for an operation that was advanced by calling `next()` on it (E5). */
export function byHandError(): Error {
  return misuse(
    "BY_HAND",
    `An operation was advanced by hand. Only \`yield*\` runs operations: use \`yield* operation\`.${maybeOtherCopy()}`,
  );
}

/** The error for an operation that was begun where nothing runs it (E5). */
export function outsideError(): Error {
  return misuse(
    "OUTSIDE",
    "An operation was used outside any task. Run it with `run(operation)`, or `yield*` it inside one that runs.",
    Error,
  );
}
