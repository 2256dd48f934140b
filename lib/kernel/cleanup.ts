import { clip, misuse, show } from "../errors/index.js";
import type { Cancellation } from "./cancellation.js";
import { Entry, Frame, type ScopeNode, type Undoable } from "./tree.js";

/** A cleanup: runs once, when everything that was created after it is gone. */
export class Cleanup extends Entry implements Undoable {
  /**
   * @param undo - what to run; an operation that it returns is performed
   * @param requested - told at once when the scope is cancelled, before anything is undone
   */
  constructor(
    readonly undo: () => unknown,
    readonly requested: ((cancellation: Cancellation) => void) | null = null,
  ) {
    super();
  }

  undoIn(scope: ScopeNode): Frame | null {
    const made = this.undo();
    if (typeof made !== "object" || made === null) return null;
    if (Symbol.iterator in made) return isCollection(made) ? null : new Frame(made, null);
    if (!("then" in made)) return null;
    throw misuse(
      "CLEANUP",
      `A cleanup of "${clip(scope.frame.name)}" returned ${show(made)}, for which nothing waits. Return until(promise), or write ensure(function* () { … }).`,
    );
  }
}

/** What a cleanup returns by the way, like the set of `set.add(x)`, is nothing to perform. */
function isCollection(made: object): boolean {
  return Array.isArray(made) || made instanceof Set || made instanceof Map;
}
