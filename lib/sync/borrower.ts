import { clip, show } from "../errors/index.js";
import { TaskNode } from "../kernel/index.js";

/** One who has a permit. */
export interface Borrower {
  /** The task, or what a task has acquired on behalf of. */
  readonly borrower: unknown;
  readonly name: string;
  /** Since when, in ms of the host's clock. */
  readonly since: number;
}

/** For lists. */
export function plainName(borrower: unknown): string {
  if (borrower instanceof TaskNode) return borrower.name;
  return typeof borrower === "string" ? clip(borrower) : show(borrower);
}

/** For messages. */
export function nameOf(borrower: unknown): string {
  return borrower instanceof TaskNode ? `Task "${borrower.name}"` : `Borrower "${plainName(borrower)}"`;
}
