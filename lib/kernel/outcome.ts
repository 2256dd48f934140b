/**
 * How a boundary or a task ended. `errors` holds what E2 will combine, in the order of occurrence; it is
 * kept as a list until the boundary that reports it, so that errors of several frames make one flat group.
 */
import type { Cancellation } from "./cancellation.js";

export type Outcome =
  | Completed
  | { readonly type: "errors"; readonly errors: readonly unknown[] }
  | { readonly type: "cancelled"; readonly cancellation: Cancellation };

/** It has ended with a value. */
export class Completed {
  readonly type = "value";

  constructor(readonly value: unknown) {}
}

/**
 * Nothing as a value. Being the first one made, it tells the engine that a value is any object: values that were all
 * small integers at first would be laid out as such, and all be laid out anew when the first fraction comes.
 */
export const NOTHING = new Completed(undefined);
