/**
 * The naive interpreter: tasks that take turns, and time. Slow, plain, and with nothing kept that could be looked up
 * again. It was written from the rules and not from the kernel; what the two do differently is a mistake in one of them,
 * or in the rules.
 */
import { cancel, cut, landing } from "./cancelling.js";
import { Run, type Completion } from "./code.js";
import { awaitChildren, finish, undo } from "./ending.js";
import { Task, type Cause, type Frame, type Inbox, type Request } from "./tree.js";

export interface Timer {
  readonly at: number;
  readonly isDeadline: boolean;
  readonly order: number;
  fire(): void;
}

export class World {
  time = 0;
  ready: Task[] = [];
  timers: Timer[] = [];
  readonly replaced: unknown[] = [];
  #order = 0;

  /** @param choose - which of so many ready tasks, or of so many timers of one instant */
  constructor(private readonly choose: (count: number) => number) {}

  /**
   * S2: makes a task of a frame; it runs in its turn.
   *
   * @param isWork - it does what its owner waits for: in cleanup it is protected as that is (C3)
   */
  start(root: Frame, owner: Frame | null, isWork = false): Task {
    const task = new Task(root, owner);
    owner?.entries.push(task);
    if (isWork && owner?.state === "unwinding") task.isHeld = true;
    // C12: it starts under whatever is requested of its scope.
    else if (owner !== null) root.cause = inherited(owner);
    this.ready.push(task);
    return task;
  }

  /** Runs what is ready until nothing is. */
  drain(): void {
    while (this.ready.length > 0) {
      const [task] = this.ready.splice(this.ready.length < 2 ? 0 : this.choose(this.ready.length), 1);
      if (task !== undefined) this.#turn(task);
    }
  }

  /** When the next timer is due. */
  get nextTimer(): number {
    return Math.min(Infinity, ...this.timers.map((timer) => timer.at));
  }

  /** S4: of one instant, deadlines first, then wake-ups, each in the order in which they were set. */
  fireTimers(): void {
    while (this.nextTimer <= this.time) {
      const first = this.timers.filter((timer) => timer.at === this.nextTimer);
      const isDeadline = first.some((timer) => timer.isDeadline);
      const equals = first
        .filter((timer) => timer.isDeadline === isDeadline)
        .sort((a, b) => a.order - b.order);
      const timer = equals[equals.length < 2 ? 0 : this.choose(equals.length)];
      if (timer === undefined) return;
      this.removeTimer(timer);
      timer.fire();
    }
  }

  addTimer(ms: number, isDeadline: boolean, fire: () => void): Timer {
    const timer = { at: this.time + ms, isDeadline, order: ++this.#order, fire };
    this.timers.push(timer);
    return timer;
  }

  removeTimer(timer: Timer): void {
    this.timers = this.timers.filter((other) => other !== timer);
  }

  /** Ends a task's wait: it is ready. */
  wake(task: Task, inbox: Inbox): void {
    task.waiting = null;
    task.inbox = inbox;
    this.ready.push(task);
  }

  /** A wait that took time to be left is gone. */
  left(task: Task, failure?: { readonly error: unknown }): void {
    if (failure !== undefined) task.top?.note(failure.error);
    task.isLeaving = false;
    this.wake(task, "cut");
  }

  enter(task: Task, frame: Frame): void {
    frame.task = task;
    task.stack.push(frame);
    frame.run = new Run(frame.code);
    task.inbox = { value: undefined };
    if (frame.kind !== "timeout" && frame.kind !== "patience") return;
    const passes = (): void => {
      frame.passed = { kind: "deadline" };
      cancel(this, frame, frame.passed);
    };
    // C12: without any time it is cancelled at its first yield point.
    if (frame.ms === 0) passes();
    else if (frame.ms < Infinity) {
      const timer = this.addTimer(frame.ms, true, passes);
      frame.told.push(() => this.removeTimer(timer));
    }
  }

  #turn(task: Task): void {
    if (task.stack.length === 0) this.enter(task, task.root);
    const { inbox } = task;
    if (inbox === "its turn") {
      const target = landing(task);
      task.inbox = { value: undefined };
      if (target !== null) cut(task, target);
    } else if (inbox === "cut") {
      const target = landing(task);
      if (target !== null) cut(task, target);
    }
    while (task.outcome === null && task.waiting === null && !this.ready.includes(task)) this.#step(task);
  }

  #step(task: Task): void {
    const frame = task.top;
    if (frame === undefined) return;
    if (frame.state === "closing") undo(this, task, frame);
    else if (frame.state === "awaiting") awaitChildren(task, frame);
    else this.#resume(task, frame);
  }

  #resume(task: Task, frame: Frame): void {
    if (frame.run === null) return;
    const got = frame.run.resume(this.#howToGoOn(task, frame));
    task.inbox = { value: undefined };
    if (!("type" in got)) this.#request(task, got);
    else this.#ended(frame, got);
  }

  /** C4, C5: while a frame unwinds, cleanup that failed is left, and so is that of what it had delegated to. */
  #howToGoOn({ inbox }: Task, frame: Frame): Completion {
    if (typeof inbox === "string") return { type: "cut" };
    const isUnwinding = frame.state === "unwinding";
    if ("error" in inbox) {
      if (!isUnwinding) return { type: "error", error: inbox.error };
      frame.note(inbox.error);
      return { type: "cut" };
    }
    if (!isUnwinding || frame.run?.hasMoved !== false) return { type: "value", value: inbox.value };
    // Nobody gets the value: an error that was made one is gone with it.
    const { value } = inbox;
    if (typeof value === "object" && value !== null && "error" in value) this.replaced.push(value.error);
    return { type: "cut" };
  }

  #ended(frame: Frame, how: Completion): void {
    this.replaced.push(...(frame.run?.replaced ?? []));
    if (how.type === "error") frame.note(how.error);
    if (frame.state === "open") {
      frame.causes = frame.errors.length;
      if (how.type === "value") frame.value = how.value;
      if (frame.kind === "group" && frame.children.length > 0 && frame.errors.length === 0) {
        frame.state = "awaiting";
        return;
      }
    }
    frame.state = frame.entries.length === 0 ? frame.state : "closing";
    if (frame.entries.length === 0 && frame.task !== null) finish(this, frame.task, frame);
  }

  #request(task: Task, request: Request): void {
    request.register?.(task, this);
    const target = landing(task);
    if (target !== null) {
      cut(task, target);
      return;
    }
    const begun = request.begin(task, this);
    if (begun === "behind the others") this.wake(task, "its turn");
    else if ("enter" in begun) this.enter(task, begun.enter);
    else if ("wait" in begun) {
      // Its own beginning may have ended it.
      if (!this.ready.includes(task)) task.waiting = begun.wait;
    } else task.inbox = begun;
  }
}

/** C12: what a new child of a frame starts under. */
function inherited(owner: Frame): Cause | null {
  const stack = owner.task?.stack ?? [];
  for (const frame of stack.slice(0, stack.indexOf(owner) + 1).reverse()) {
    if (frame !== owner && frame.isProtected) return null;
    if (frame.cause !== null) return frame.cause;
    if (frame.kind === "shield") return null;
  }
  return null;
}
