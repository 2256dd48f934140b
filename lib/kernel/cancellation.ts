/**
 * The reason record (O4): why something was cancelled, by whom, and what the user said about it.
 * One record is made per request and travels unchanged: from an AbortSignal or a `cancel()`, through
 * the tree, out to every signal that is handed out, and into the error that finally reports it.
 */

/** What asked for a cancellation. */
export type CancellationKind =
  /** `cancel()` was called on a task, a group or a scope. */
  | "cancel"
  /** A child of the scope failed (E1). */
  | "failure"
  /** A deadline passed (C11). */
  | "deadline"
  /** The boundary that owned it ended (B2). */
  | "scope-ended"
  /** The `AbortSignal` given to `run` was aborted. */
  | "signal";

/** Why a scope was cancelled. */
export interface Cancellation {
  readonly kind: CancellationKind;
  /** What the one who cancelled gave as a reason: an error, a text, an `AbortSignal`'s `reason`. */
  readonly reason: unknown;
  /** The name of the scope that was cancelled. */
  readonly scope: string;
  /** The name of the task that asked for it; `undefined` when it came from outside all tasks. */
  readonly task: string | undefined;
}
