/** Tasks that fail and cleanups that fail, and the group that comes of them. */
import { ExceptionGroup, suspend, type Operable } from "coppice";
import { rejectedGroup } from "../support/rejection.js";
import { simulate } from "../support/virtual.js";

/** Rests until it is cancelled, and then cleans up. */
export function cleaning(cleanup: () => unknown) {
  return function* () {
    try {
      yield* suspend();
    } finally {
      cleanup();
    }
  };
}

/** The group that an operation fails with. */
export async function groupOf(op: Operable<unknown>): Promise<ExceptionGroup> {
  return rejectedGroup(simulate(op));
}

/** A group as a nest of lists of what is in it. */
export function nestOf(error: unknown): unknown {
  return error instanceof ExceptionGroup ? error.errors.map(nestOf) : error;
}
