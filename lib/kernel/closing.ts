/**
 * The driver that takes a generator's place after it has ended: waits for a task group's children, and undoes the
 * entries of a scope (B2, B3).
 *
 * L1 Entries go newest first; neighbouring tasks are cancelled together and awaited together; a cleanup runs
 *    when everything newer is gone.
 * L2 An entry that fails does not keep the others from being undone: its error is recorded (B3).
 */
import type { Cancellation } from "./cancellation.js";
import { cancelTask } from "./cancel.js";
import { FAILED, Wait, type WaitDescription } from "./instruction.js";
import { answer, PROBE } from "./probe.js";
import { asUndoable, TaskNode, type Entry, type Frame, type ScopeNode } from "./tree.js";
import { type Driver } from "./driver.js";
import { HELD, UNDONE } from "./traits.js";

const DONE: IteratorResult<unknown, unknown> = { done: true, value: undefined };

/** Waits until the children that its scope waits for are gone; asked again whenever one ends. */
class ChildrenGone extends Wait<void> {
  constructor(private readonly scope: ScopeNode) {
    super();
  }

  begin(): void {
    this.scope.gone = this;
    this.check();
  }

  check(): void {
    if (!areGone(this.scope)) return;
    this.scope.gone = null;
    this.succeed();
  }

  withdraw(): boolean {
    this.scope.gone = null;
    return true;
  }

  describe(): WaitDescription {
    return { kind: "children", on: this.scope.frame.name };
  }
}

/** While a scope awaits its children: all of them; while it closes: those that it has cancelled last. */
function areGone({ state, children, newest }: ScopeNode): boolean {
  return state === "awaiting" ? children === 0 : !(newest instanceof TaskNode && newest.is(UNDONE));
}

/** Waits for the children of a scope that awaits them, and may get more; undoes all entries of one that closes. */
export class Closing implements Driver {
  private current: Wait<unknown> | null = null;

  constructor(private readonly scope: ScopeNode) {}

  next(sent?: unknown): IteratorResult<unknown, unknown> {
    if (sent === PROBE)
      return this.current === null ? answer() : (this.current.next(PROBE) as IteratorYieldResult<unknown>);
    for (;;) {
      if (this.current?.phase === FAILED) this.scope.record(this.current.value);
      this.current = null;
      const wait = this.advance();
      if (wait === null) return DONE;
      if (this.perform(wait)) return { done: false, value: wait };
    }
  }

  /** The next thing to wait for, or null at the end. */
  private advance(): Wait<unknown> | null {
    const { scope } = this;
    if (scope.state === "awaiting") return areGone(scope) ? null : new ChildrenGone(scope);
    for (let entry = scope.newest; entry !== null; entry = scope.newest) {
      if (entry instanceof TaskNode) {
        cancelNeighbours(scope, entry);
        if (!areGone(scope)) return new ChildrenGone(scope);
      } else {
        scope.unlink(entry);
        const frame = this.undo(entry);
        if (frame !== null) return frame;
      }
    }
    return null;
  }

  /** Begins a wait as a generator of ours would; false when it has ended already. */
  private perform(wait: Wait<unknown>): boolean {
    try {
      const result = wait.next() as IteratorResult<unknown, unknown>;
      if (result.done === true) return false;
      this.current = wait;
      return true;
    } catch (error) {
      this.scope.record(error);
      return false;
    }
  }

  /** Gives the frame in which the rest of an undoing runs, if there is any. */
  private undo(entry: Entry): Frame | null {
    try {
      return asUndoable(entry).undoIn(this.scope);
    } catch (error) {
      this.scope.record(error);
      return null;
    }
  }
}

/** Cancels the newest task and those right before it; a resource that was provided goes alone, in its turn. */
function cancelNeighbours(scope: ScopeNode, newest: TaskNode): void {
  const neighbours = [newest];
  for (
    let entry = newest.is(HELD) ? null : newest.older;
    entry instanceof TaskNode && !entry.is(HELD);
    entry = entry.older
  ) {
    neighbours.push(entry);
  }
  const cancellation = reasonOfEnd(scope);
  for (const task of neighbours) {
    task.mark(UNDONE);
    if (task.is(HELD)) scope.children++;
    task.unmark(HELD);
    cancelTask(task, cancellation);
  }
}

/** Why the children of a scope that ends are cancelled. */
export function reasonOfEnd({ cancellation, frame }: ScopeNode): Cancellation {
  return (
    cancellation ?? {
      kind: "scope-ended",
      reason: undefined,
      scope: frame.name,
      task: frame.owner.name,
    }
  );
}
