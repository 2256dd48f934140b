/** The data of the naive interpreter: tasks, the frames on their stacks, and what a frame undoes when it ends. */
import { Run, type Code } from "./code.js";
import type { World } from "./world.js";

/** Why something is cancelled; compared by identity. */
export interface Cause {
  readonly kind: string;
}

/** What a program asks for. */
export interface Request {
  /** S5: acts before anything can land at this yield. */
  register?(task: Task, world: World): void;
  /** Begins what is asked for. */
  begin(task: Task, world: World): Begun;
}

/** Done at once, failed at once, behind the ready tasks, a boundary to go into, or something to wait for. */
export type Begun =
  | { readonly value: unknown }
  | { readonly error: unknown }
  | "behind the others"
  | { readonly enter: Frame }
  | { readonly wait: Waiting };

/** How a wait is left when its task is cancelled; false when that takes time and `left` will be called. */
export interface Waiting {
  leave(): boolean;
}

/** How boundaries differ. */
export type FrameKind = "plain" | "group" | "timeout" | "patience" | "shield" | "attempt";

/** What a boundary undoes, in the order of creation. */
export type Entry = Task | Cleanup;

export class Cleanup {
  constructor(readonly code: Code) {}
}

export class Frame {
  state: "open" | "awaiting" | "unwinding" | "closing" | "closed" = "open";
  run: Run | null = null;
  entries: Entry[] = [];
  errors: unknown[] = [];
  /** How many of them its body has ended with by itself. */
  causes = 0;
  /** The first request to cancel it (C10). */
  cause: Cause | null = null;
  /** Set when a cancellation has landed here: how far down the unwinding goes. */
  cutTo: Frame | null = null;
  value: unknown = undefined;
  task: Task | null = null;
  /** For one with a deadline. */
  passed: Cause | null = null;
  readonly told: (() => void)[] = [];

  constructor(
    readonly kind: FrameKind,
    readonly code: Code,
    readonly ms = Infinity,
  ) {}

  /** E2: the same error is noted once. */
  note(error: unknown): void {
    if (!this.errors.includes(error)) this.errors.push(error);
  }

  get isProtected(): boolean {
    return this.state === "unwinding" || this.state === "closing";
  }

  /** The tasks that its end waits for. */
  get children(): Task[] {
    return this.entries.filter((entry): entry is Task => entry instanceof Task && !entry.isHeld);
  }
}

export type Outcome =
  | { readonly type: "value"; readonly value: unknown }
  | { readonly type: "errors"; readonly errors: readonly unknown[] }
  | { readonly type: "cancelled"; readonly cause: Cause };

/** What a task's turn begins with. */
export type Inbox =
  | { readonly value: unknown }
  | { readonly error: unknown }
  /** The cancellation lands. */
  | "cut"
  /** It had given way: a cancellation that came meanwhile lands (S5). */
  | "its turn";

export class Task {
  stack: Frame[] = [];
  waiting: Waiting | null = null;
  /** Its wait has been left, and takes time to end. */
  isLeaving = false;
  inbox: Inbox = { value: undefined };
  outcome: Outcome | null = null;
  /** A resource in use: undone in its turn, like a cleanup. */
  isHeld = false;
  /** Its failure goes to who waits for it, and not to its scope. */
  isContained = false;
  isUndone = false;
  told: (() => void)[] = [];

  constructor(
    readonly root: Frame,
    readonly owner: Frame | null,
  ) {
    root.task = this;
  }

  get top(): Frame | undefined {
    return this.stack.at(-1);
  }
}

/** The errors that the rules themselves make. */
export class Made {
  constructor(readonly text: string) {}
}

export class Several {
  constructor(readonly errors: readonly unknown[]) {}
}

/** E2: one stays as it is, several are a group. */
export function combined(errors: readonly unknown[]): unknown {
  return errors.length === 1 ? errors[0] : new Several(errors);
}

/** C9: what those get who wait for a task that has no value. */
export function errorOf({ outcome }: Task): unknown {
  return outcome?.type === "errors" ? outcome.errors[0] : new Made("cancelled");
}
