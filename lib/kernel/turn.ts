/** What a task's next turn begins with. */
// Numbers, not words: compared at every turn.
export const RESUME = 0;
export const START = 1;
/** Its wait was withdrawn: a cancellation lands. */
export const LAND = 2;
/** Its wait is deferred: it begins. */
export const BEGIN = 3;
export type Turn = typeof RESUME | typeof START | typeof LAND | typeof BEGIN;
