/** What may be true of a task, as bits of one number: a field for each would make every task larger by a word. */

/** A resource that was provided: its scope undoes it in its turn, like a cleanup. */
export const HELD = 1;
/** Its failure goes to whoever waits for it, and not to its scope. */
export const CONTAINED = 2;
/** It was started by `run`, and has no scope above it. */
export const ROOT = 4;
/** Its closing scope has cancelled it and waits for it. */
export const UNDONE = 8;
/** Somebody has asked for its outcome (E4). */
export const OBSERVED = 16;

export type Trait = typeof HELD | typeof CONTAINED | typeof ROOT | typeof UNDONE | typeof OBSERVED;
