/**
 * How a boundary or a task ended. `errors` holds what E2 will combine, in the order of occurrence; it is
 * kept as a list until the boundary that reports it, so that errors of several frames make one flat group.
 */
import type { Cancellation } from "./cancellation.js";

export type Outcome =
  | { readonly type: "value"; readonly value: unknown }
  | { readonly type: "errors"; readonly errors: readonly unknown[] }
  | { readonly type: "cancelled"; readonly cancellation: Cancellation };
