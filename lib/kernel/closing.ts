/**
 * The drivers that take a generator's place after it has ended: `Awaiting` waits for a task group's children,
 * `Closing` undoes the entries of a scope (B2, B3).
 *
 * L1 Entries go newest first; neighbouring tasks are cancelled together and awaited together; a cleanup runs
 *    when everything newer is gone.
 * L2 An entry that fails does not keep the others from being undone: its error is recorded (B3).
 */
import { clip, misuse, show } from "../errors/index.js";
import type { Cancellation } from "./cancellation.js";
import { cancelTask } from "./cancel.js";
import { FAILED, Wait, type WaitDescription } from "./instruction.js";
import { answer, PROBE } from "./probe.js";
import { Frame, TaskNode, type Cleanup, type ScopeNode } from "./tree.js";
import { type Driver } from "./driver.js";

const DONE: IteratorResult<unknown, unknown> = { done: true, value: undefined };

/** Waits until a scope's condition holds; asked again whenever a child ends. */
class ChildrenGone extends Wait<void> {
  constructor(
    private readonly scope: ScopeNode,
    private readonly holds: (scope: ScopeNode) => boolean,
  ) {
    super();
  }

  begin(): void {
    if (this.holds(this.scope)) this.succeed();
    else this.scope.gone = this;
  }

  check(): void {
    if (!this.holds(this.scope)) return;
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

/** What both drivers share: they perform waits of their own, like a generator of ours would. */
abstract class StandIn implements Driver {
  protected current: Wait<unknown> | null = null;

  constructor(protected readonly scope: ScopeNode) {}

  next(sent?: unknown): IteratorResult<unknown, unknown> {
    if (sent === PROBE)
      return this.current === null ? answer() : (this.current.next(PROBE) as IteratorYieldResult<unknown>);
    for (;;) {
      this.finish();
      const wait = this.advance();
      if (wait === null) return DONE;
      if (this.perform(wait)) return { done: false, value: wait };
    }
  }

  /** The next thing to wait for, or null at the end. */
  protected abstract advance(): Wait<unknown> | null;

  private finish(): void {
    const { current } = this;
    this.current = null;
    if (current !== null && current.phase === FAILED) this.scope.record(current.value);
  }

  /** Begins a wait; false when it has ended already. */
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
}

/** Waits for the children of a group, which may spawn more. A cancellation lands here. */
export class Awaiting extends StandIn {
  protected override advance(): Wait<unknown> | null {
    return this.scope.children === 0 ? null : new ChildrenGone(this.scope, hasNoChildren);
  }
}

function hasNoChildren(scope: ScopeNode): boolean {
  return scope.children === 0;
}

/** Undoes all entries. */
export class Closing extends StandIn {
  protected override advance(): Wait<unknown> | null {
    const { scope } = this;
    for (;;) {
      const entry = scope.newest;
      if (entry === null) return null;
      if (entry instanceof TaskNode) {
        cancelNeighbours(scope, entry);
        if (!areNeighboursGone(scope)) return new ChildrenGone(scope, areNeighboursGone);
      } else {
        scope.unlink(entry);
        // Entries are tasks and cleanups, nothing else.
        const frame = this.undo(entry as Cleanup);
        if (frame !== null) return frame;
      }
    }
  }

  /** Runs a cleanup; the frame in which its operation runs, if it is one. */
  private undo(cleanup: Cleanup): Frame | null {
    try {
      const made = cleanup.undo();
      return this.isOperation(made) ? new Frame(made, null, null) : null;
    } catch (error) {
      this.scope.record(error);
      return null;
    }
  }

  /** What a cleanup returns by the way, like the `true` of `set.delete(x)`, is nothing to perform. */
  private isOperation(made: unknown): boolean {
    if (typeof made !== "object" || made === null) return false;
    if (Symbol.iterator in made) return !(Array.isArray(made) || made instanceof Set || made instanceof Map);
    if (!("then" in made)) return false;
    const { name } = this.scope.frame;
    throw misuse(
      "CLEANUP",
      `A cleanup of "${clip(name)}" returned ${show(made)}, for which nothing waits. Return until(promise), or write ensure(function* () { … }).`,
    );
  }
}

/** Cancels the newest task and those right before it; a resource that was provided goes alone, in its turn. */
function cancelNeighbours(scope: ScopeNode, newest: TaskNode): void {
  const cancellation = reasonOfEnd(scope);
  if (newest.isHeld) {
    undoTask(newest, cancellation);
    return;
  }
  const neighbours: TaskNode[] = [];
  for (
    let entry = scope.newest;
    entry instanceof TaskNode && !entry.isHeld;
    entry = entry.older as TaskNode | null
  ) {
    neighbours.push(entry);
  }
  for (const task of neighbours) undoTask(task, cancellation);
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

function undoTask(task: TaskNode, cancellation: Cancellation): void {
  task.isUndone = true;
  if (task.isHeld && task.owner !== null) task.owner.children++;
  task.isHeld = false;
  cancelTask(task, cancellation);
}

function areNeighboursGone({ newest }: ScopeNode): boolean {
  return !(newest instanceof TaskNode && newest.isUndone);
}
