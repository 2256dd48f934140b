/**
 * The tree (O5): tasks, the frames on their stacks, the scopes of those frames, and what a scope owns. Data and
 * the few operations that keep it consistent; what happens in it is decided in cancel, unwinding, closing and
 * settling. There is no other registry of tasks.
 *
 * T1 A frame is on its task's stack from `push` until it is finished; `task.frame` is the top.
 * T2 An entry is in the list of at most one scope, its `owner`, ordered by creation.
 * T3 `task.interrupts` counts the scopes on the task's stack that have a cancellation, and its `forcedFrom`.
 * T4 `scope.children` counts the entries that are tasks and not held.
 *
 * | scope state | what runs                                          | cancellation           |
 * | ----------- | -------------------------------------------------- | ---------------------- |
 * | open        | the boundary's generator                           | lands                  |
 * | awaiting    | nothing: waits for the children (task groups)      | lands                  |
 * | unwinding   | the generator's `finally` blocks after a landing   | protected (C3)         |
 * | closing     | the entries are undone, newest first (B2)          | protected (C3)         |
 * | closed      | nothing, ever again                                | -                      |
 */
import type { Cancellation } from "./cancellation.js";
import type { ContextNode } from "./context.js";
import { makeDriver, nameOf, type Driver, type Source } from "./driver.js";
import {
  BEGUN,
  DEFERRED,
  enter,
  mayBegin,
  FRESH,
  SETTLED,
  Wait,
  type TaskScheduler,
  type WaitDescription,
  type Waiter,
} from "./instruction.js";
import type { Outcome } from "./outcome.js";
import { answer, PROBE } from "./probe.js";
import { seen } from "./seen.js";
import { START, type Turn } from "./turn.js";
import { HELD, type Trait } from "./traits.js";

/** A thing that a scope undoes when it closes. */
export class Entry {
  owner: ScopeNode | null = null;
  older: Entry | null = null;
  newer: Entry | null = null;
}

/** An entry other than a task (cleanup.ts): undone once, when everything that was created after it is gone. */
export interface Undoable extends Entry {
  /** Told at once when the scope is cancelled, before anything is undone. */
  readonly requested: ((cancellation: Cancellation) => void) | null;
  /** Undoes it; gives the frame of what remains to be performed for that. */
  undoIn(scope: ScopeNode): Frame | null;
}

/** What an entry is that is no task. */
export function asUndoable(entry: Entry): Undoable {
  // Only these two kinds are linked.
  return entry as Undoable;
}

/** The lifetime that belongs to a boundary, made when first needed (B4). */
export class ScopeNode {
  oldest: Entry | null = null;
  newest: Entry | null = null;
  state: "open" | "awaiting" | "unwinding" | "closing" | "closed" = "open";
  /** In the order of occurrence (E2). */
  errors: unknown[] | null = null;
  /** How many of them the body ended with by itself: what comes after was added by cleanup. */
  causes = 0;
  /** The first request to cancel this very scope (C10). */
  cancellation: Cancellation | null = null;
  /** Once a landing has reached the frame: the frame at which that unwinding ends. */
  target: Frame | null = null;
  /** Child tasks that the scope's end waits for. */
  children = 0;
  /** The frame's own wait for its children, while it waits. */
  gone: { check(): void } | null = null;
  /** Told when everything of the boundary is gone. */
  watchers: Set<Watcher> | null = null;

  constructor(readonly frame: Frame) {}

  /** Notes an error; the same object is noted once, however many ways it arrives by. */
  record(error: unknown): void {
    this.errors ??= [];
    if (typeof error === "object" && error !== null) {
      if (seen(this.errors, error)) return;
    }
    this.errors.push(error);
  }

  link(entry: Entry): void {
    entry.owner = this;
    entry.older = this.newest;
    if (this.newest === null) this.oldest = entry;
    else this.newest.newer = entry;
    this.newest = entry;
  }

  unlink(entry: Entry): void {
    if (entry.owner !== this) return;
    if (entry.older === null) this.oldest = entry.newer;
    else entry.older.newer = entry.newer;
    if (entry.newer === null) this.newest = entry.older;
    else entry.newer.older = entry.older;
    entry.owner = entry.older = entry.newer = null;
  }
}

/** How a boundary differs from a plain one. One object per use, so that it may hold state. */
export interface Boundary {
  /** The name for messages and snapshots. */
  readonly name?: string | undefined;
  /** Protects what it runs from surrounding cancellations (C6). */
  readonly shields?: boolean;
  /** Waits for its children after its body, instead of cancelling them. */
  readonly awaitsChildren?: boolean;
  /** Called when the frame is on the stack, before its body's first step. */
  opened?(frame: Frame): void;
  /** Called when everything of the boundary is gone. */
  closed?(frame: Frame): void;
  /**
   * Says what the caller gets.
   *
   * @param isOverruled - a surrounding scope was cancelled too, and wins (C11)
   */
  settle?(outcome: Outcome, frame: Frame, isOverruled: boolean): Outcome;
}

/** One boundary on a task's stack; towards its caller, a wait for its own outcome. */
export class Frame extends Wait<unknown> {
  parent: Frame | null = null;
  driver: Driver | null = null;
  scope: ScopeNode | null = null;
  context: ContextNode | null = null;

  constructor(
    public source: Source,
    readonly kind: Boundary | null,
  ) {
    super();
  }

  get name(): string {
    return this.kind?.name ?? this.givenName() ?? nameOf(this.source);
  }

  /** A task's outermost boundary goes by the name that the task was given. */
  private givenName(): string | undefined {
    // As in `owner`, but a frame that was only just made has no task.
    const task = this.task as TaskNode | null;
    return task?.root === this ? task.givenName : undefined;
  }

  /** The frame's own task; a frame has one from `push` on. */
  get owner(): TaskNode {
    // Frames are pushed on tasks only, and TaskNode is the one Waiter there is.
    return this.task as TaskNode;
  }

  needScope(): ScopeNode {
    return this.scope ?? this.makeScope();
  }

  private makeScope(): ScopeNode {
    const scope = (this.scope = new ScopeNode(this));
    // As in `givenName`.
    const task = this.task as TaskNode | null;
    if (task !== null && task.root === this) {
      scope.cancellation = task.doom;
      task.doom = null;
    }
    return scope;
  }

  /** The first request to cancel its scope, if there is one. */
  get cancellation(): Cancellation | null {
    if (this.scope !== null) return this.scope.cancellation;
    return this.parent === null ? this.owner.doom : null;
  }

  /** Puts the frame on top of its task's stack. */
  begin(): void {
    const task = this.owner;
    this.driver = makeDriver(this);
    this.push(task, task.frame?.context ?? null);
  }

  push(task: TaskNode, context: ContextNode | null): void {
    this.phase = BEGUN;
    this.task = task;
    this.parent = task.frame;
    this.context = context;
    task.frame = this;
    if (this.kind !== null) {
      this.needScope();
      this.kind.opened?.(this);
    }
  }

  withdraw(): boolean {
    return true;
  }

  describe(): WaitDescription {
    return { kind: "boundary", on: this.name };
  }

  /** What a body has done cannot be taken back. */
  override get canContend(): boolean {
    return false;
  }

  /** What its body waits for first may be. */
  override get isFleeting(): boolean {
    return true;
  }

  // The hot path of every call of an operation: the same protocol as any wait, but it parks nobody.
  override next(sent?: unknown): unknown {
    if (sent !== undefined && sent === PROBE) {
      const reply = answer();
      return reply;
    }
    if (this.phase === SETTLED) return this;
    if (this.phase !== FRESH) return this.again();
    const task = enter(this);
    const { scheduler } = task;
    if (task.interrupts !== 0 || (--scheduler.budget < 0 && !mayBegin(this, task))) {
      this.phase = DEFERRED;
      task.wait = this;
    } else this.begin();
    return this;
  }
}

/** One running operation: a node of the tree, with a stack of frames. */
export class TaskNode extends Entry implements Waiter {
  readonly id: number;
  nextReady: TaskNode | null = null;
  frame: Frame | null;
  wait: Wait<unknown> | null = null;
  interrupts = 0;
  /** What its next turn begins with. */
  turn: Turn = START;
  /** The grace of a cancel is over: from this frame on up cleanup is no longer protected (C7). Counts as an interrupt. */
  forcedFrom: Frame | null = null;
  /** The request to cancel its outermost frame, as long as that has no scope: a bare task is cancelled without one. */
  doom: Cancellation | null = null;
  private traits = 0;
  outcome: Outcome | null = null;
  /** Who is told of its end: one, or several in order of arrival. */
  watchers: Watcher | Set<Watcher> | null = null;

  constructor(
    readonly scheduler: TaskScheduler,
    readonly root: Frame,
    readonly givenName: string | undefined,
  ) {
    super();
    this.id = ++lastId;
    this.frame = root;
  }

  get name(): string {
    return this.givenName ?? this.root.name;
  }

  /** Whether the grace of a cancel of what it runs in is over. */
  get isForced(): boolean {
    return this.forcedFrom !== null;
  }

  is(trait: Trait): boolean {
    return (this.traits & trait) !== 0;
  }

  mark(trait: Trait): void {
    this.traits |= trait;
  }

  unmark(trait: Trait): void {
    this.traits &= ~trait;
  }

  /** Makes it an entry that is undone in its turn, like a cleanup. */
  hold(): void {
    if (this.is(HELD)) return;
    this.mark(HELD);
    if (this.owner !== null) this.owner.children--;
  }

  watch(watcher: Watcher): void {
    if (this.watchers === null) this.watchers = watcher;
    else if (this.watchers instanceof Set) this.watchers.add(watcher);
    else this.watchers = new Set([this.watchers, watcher]);
  }

  unwatch(watcher: Watcher): void {
    if (this.watchers === watcher) this.watchers = null;
    else if (this.watchers instanceof Set) this.watchers.delete(watcher);
  }
}

/** Is told when a task has ended. */
export interface Watcher {
  ended(): void;
}

let lastId = 0;
