import { ServiceError } from "./service-error.js";

/** Prints why the program failed, and makes its exit code say so. */
export function reportFailure(error: unknown): void {
  process.exitCode = 1;
  const causes = leavesOf(error);
  if (!causes.every((cause) => cause instanceof ServiceError)) {
    console.error(error);
    return;
  }
  for (const cause of causes) console.error(cause.message);
}

/** The errors in a group, those in groups within it included. */
function leavesOf(error: unknown): unknown[] {
  return error instanceof AggregateError ? error.errors.flatMap(leavesOf) : [error];
}
