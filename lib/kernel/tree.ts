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
import { misuse, show } from "./errors.js";
import {
  BEGUN,
  DEFERRED,
  enter,
  FRESH,
  Wait,
  type TaskScheduler,
  type WaitDescription,
  type Waiter,
} from "./instruction.js";
import type { Outcome } from "./outcome.js";
import { answer, PROBE } from "./probe.js";

/** What drives a frame: a generator, or one of the kernel's own stand-ins for it. */
export interface Driver {
  next(sent?: unknown): IteratorResult<unknown, unknown>;
  return?(value?: unknown): IteratorResult<unknown, unknown>;
  throw?(error?: unknown): IteratorResult<unknown, unknown>;
}

/** A thing that a scope undoes when it closes. */
export class Entry {
  owner: ScopeNode | null = null;
  older: Entry | null = null;
  newer: Entry | null = null;
}

/** A cleanup: runs once, when everything that was created after it is gone. */
export class Cleanup extends Entry {
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

const seenBy = new WeakMap<unknown[], WeakSet<object>>();

/** Short lists are searched; a hundred thousand failing children need an index. */
function seen(errors: unknown[], error: object): boolean {
  if (errors.length < 16) return errors.includes(error);
  let index = seenBy.get(errors);
  if (index === undefined) {
    index = new WeakSet(errors.filter((e) => typeof e === "object" && e !== null));
    seenBy.set(errors, index);
  }
  const known = index.has(error);
  index.add(error);
  return known;
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

/** The source of a frame's generator: a function with its arguments, or an operation when `args` is null. */
export type Source = unknown;

/** One boundary on a task's stack; towards its caller, a wait for its own outcome. */
export class Frame extends Wait<unknown> {
  parent: Frame | null = null;
  driver: Driver | null = null;
  scope: ScopeNode | null = null;
  context: ContextNode | null = null;

  constructor(
    readonly source: Source,
    public args: readonly unknown[] | null,
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
    return (this.scope ??= new ScopeNode(this));
  }

  /** Puts the frame on top of its task's stack. */
  begin(): void {
    const task = this.owner;
    this.driver = makeDriver(this.source, this.args);
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

  // The hot path of every call of an operation: the same protocol as any wait, but it parks nobody.
  override next(sent?: unknown): unknown {
    if (sent === PROBE) {
      const reply = answer();
      return reply;
    }
    if (this.phase !== FRESH) return super.next(sent);
    const task = enter(this);
    const { scheduler } = task;
    if (task.interrupts !== 0 || (--scheduler.budget < 0 && !scheduler.mayGoOn(task))) {
      this.phase = DEFERRED;
      task.wait = this;
    } else this.begin();
    return this;
  }
}

/** Makes the generator of a frame. Throws what the function throws, and for what is no operation. */
export function makeDriver(source: Source, args: readonly unknown[] | null): Driver {
  // Sources are checked where they come in; a function may still return anything.
  const made: unknown =
    args === null ? source : (source as (...args: readonly unknown[]) => unknown)(...args);
  if (typeof made === "object" && made !== null) {
    if (typeof (made as Partial<Driver>).next === "function") return made as Driver;
    if (Symbol.iterator in made) return (made as { [Symbol.iterator](): Driver })[Symbol.iterator]();
  }
  const name = nameOf(source);
  const hint = made instanceof Promise ? ` Use call(${name}) or a function*.` : " Write a function*.";
  throw misuse("NOT_AN_OPERATION", `"${name}" returned ${show(made)}, which is not an operation.${hint}`);
}

export function nameOf(source: Source): string {
  if (typeof source === "function" || (typeof source === "object" && source !== null)) {
    const { name } = source as { name?: unknown };
    if (typeof name === "string" && name !== "") return name.length > 200 ? name.slice(0, 200) : name;
  }
  return "anonymous";
}

// Numbers, not words: compared at every turn.
export const RESUME = 0;
export const START = 1;
/** Its wait was withdrawn: a cancellation lands. */
export const LAND = 2;
/** Its wait is deferred: it begins. */
export const BEGIN = 3;
export type Turn = typeof RESUME | typeof START | typeof LAND | typeof BEGIN;

const HELD = 1;
const CONTAINED = 2;
const ROOT = 4;
const UNDONE = 8;
const OBSERVED = 16;

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
  /** The five facts below, one bit each: a task is small, and there are many. */
  private flags = 0;
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

  /** A resource that was provided: its scope undoes it in its turn, like a cleanup. */
  get isHeld(): boolean {
    return (this.flags & HELD) !== 0;
  }

  set isHeld(value: boolean) {
    this.flags = value ? this.flags | HELD : this.flags & ~HELD;
  }

  /** Its failure goes to whoever waits for it, and not to its scope. */
  get isContained(): boolean {
    return (this.flags & CONTAINED) !== 0;
  }

  set isContained(value: boolean) {
    this.flags = value ? this.flags | CONTAINED : this.flags & ~CONTAINED;
  }

  /** It was started by `run`, and has no scope above it. */
  get isRoot(): boolean {
    return (this.flags & ROOT) !== 0;
  }

  set isRoot(value: boolean) {
    this.flags = value ? this.flags | ROOT : this.flags & ~ROOT;
  }

  /** Its closing scope has cancelled it and waits for it. */
  get isUndone(): boolean {
    return (this.flags & UNDONE) !== 0;
  }

  set isUndone(value: boolean) {
    this.flags = value ? this.flags | UNDONE : this.flags & ~UNDONE;
  }

  /** Whether anybody has asked for its outcome (E4). */
  get isObserved(): boolean {
    return (this.flags & OBSERVED) !== 0;
  }

  set isObserved(value: boolean) {
    this.flags = value ? this.flags | OBSERVED : this.flags & ~OBSERVED;
  }

  /** Whether the grace of a cancel of what it runs in is over. */
  get isForced(): boolean {
    return this.forcedFrom !== null;
  }

  /** Makes it an entry that is undone in its turn, like a cleanup. */
  hold(): void {
    if (this.isHeld) return;
    this.isHeld = true;
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
