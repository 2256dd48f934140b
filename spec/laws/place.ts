/** What a generated program may do at a place, and out of what it is drawn. */
import type { Kind, Many } from "./program.js";

/** What may be done at a place. */
export interface Place {
  readonly depth: number;
  /** The boundary in which it stands. */
  readonly owner: number;
  /** Whether that boundary waits for what is spawned into it. */
  readonly awaits: boolean;
  /** Whether it has to end by itself. */
  readonly isBounded: boolean;
  /** Whether a `throw` statement could be caught by a handler of a frame that unwinds: an escape (C7). */
  readonly isCaught: boolean;
  readonly isCleanup: boolean;
  /** Tasks that surely have been spawned. */
  readonly tasks: readonly number[];
  /** Surrounding groups and cancel scopes. */
  readonly scopes: readonly number[];
  /** Surrounding groups of the same task whose body still runs, and whether they have to end by themselves. */
  readonly groups: readonly { readonly id: number; readonly isBounded: boolean }[];
}

/** Each as often as it is to come up. */
export const KINDS: readonly Kind[] = [
  "group",
  "group",
  "group",
  "scoped",
  "operation",
  "timeout",
  "timeout",
  "shield",
  "attempt",
  "cancel scope",
  "patience",
  "lock",
  "lock",
  "lock",
  "permit",
  "permit",
];
export const WANTED = ["lock", "permit", "queue"] as const;
export const MANY: readonly Many[] = ["all", "race", "any", "all settled"];
