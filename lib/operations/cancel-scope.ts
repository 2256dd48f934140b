/**
 * Boundaries on the task's own stack that a deadline or a call can cancel (C11). `cancelScope`, `timeout` and
 * `timeoutAt` are one kind of boundary, and differ in what they give their caller when time ran out.
 *
 * | state             | `deadline` can be moved | what a passed deadline does            |
 * | ----------------- | ----------------------- | -------------------------------------- |
 * | open              | yes                     | requests the cancellation of the scope |
 * | cancel requested  | no: it is too late      | nothing, the first reason stays (C10)  |
 * | unwinding, ended  | no                      | nothing                                |
 */
import { misuse, wrongNumber } from "../errors/index.js";
import {
  cancelBoundary,
  Call,
  cancelFrame,
  checkFunction,
  checkOperable,
  checkOptions,
  Frame,
  refusesAwait,
  Timer,
  toFrame,
  type Boundary,
  type Cancellation,
  type CancelOptions,
  type Due,
  type Future,
  type Instruction,
  type Operable,
  type Operation,
  type Outcome,
} from "../kernel/index.js";

/** When the time of a boundary is up: at a time of the runtime's clock, or so long after it was opened. */
export type Limit = { readonly at: number } | { readonly afterMs: number };

/** What the caller gets when the boundary was cancelled by its own deadline. */
export type Expired = (limit: TimeLimit, frame: Frame) => Outcome;

/** The boundary: owns the timer and the frame. */
export class TimeLimit implements Boundary, Due {
  /** When time is up, in ms of the runtime's clock. */
  deadline = Infinity;
  openedAt = 0;
  /** Whether the boundary was cut by its own cancellation, and by nothing further out. */
  wasCancelled = false;
  frame: Frame | null = null;
  private timer: Timer | null = null;
  private passed: Cancellation | null = null;

  constructor(
    private readonly limit: Limit,
    private readonly expired: Expired | null,
    readonly name: string | undefined,
  ) {}

  opened(frame: Frame): void {
    this.frame = frame;
    this.openedAt = frame.owner.scheduler.host.now();
    this.setDeadline("at" in this.limit ? this.limit.at : this.openedAt + this.limit.afterMs);
  }

  /** A deadline that has passed cancels at once, and lands at the next yield point (C12). */
  setDeadline(at: number): void {
    const { frame } = this;
    if (frame === null) return;
    const { scheduler } = frame.owner;
    this.deadline = at;
    if (this.timer !== null) scheduler.removeTimer(this.timer);
    if (at <= scheduler.host.now()) scheduler.batch(() => this.timeIsUp());
    else if (at !== Infinity) {
      // The same timer, so that a deadline that is moved keeps its rank among those of the same instant (S4).
      this.timer ??= new Timer(at, true, this);
      this.timer.at = at;
      scheduler.addTimer(this.timer);
    }
  }

  timeIsUp(): void {
    const { frame } = this;
    if (frame === null) return;
    this.passed = { kind: "deadline", reason: undefined, scope: frame.name, task: frame.owner.name };
    cancelFrame(frame, this.passed);
  }

  closed(frame: Frame): void {
    if (this.timer !== null) frame.owner.scheduler.removeTimer(this.timer);
  }

  settle(outcome: Outcome, frame: Frame, isOverruled: boolean): Outcome {
    const { scope } = frame;
    this.wasCancelled = !isOverruled && scope !== null && scope.target === frame;
    if (outcome.type !== "cancelled" || isOverruled || outcome.cancellation !== this.passed) return outcome;
    return this.expired?.(this, frame) ?? outcome;
  }
}

/** A part of a task that can be cancelled, with a deadline that can be moved; given to the body of `cancelScope`. */
export class CancelScope {
  readonly #limit: TimeLimit;

  /** @internal */
  constructor(limit: TimeLimit) {
    this.#limit = limit;
  }

  /**
   * When the scope is cancelled, in ms of the clock of `now()`; `Infinity` is never. Set it to move it: to a time that
   * has passed to cancel at once.
   *
   * @throws RangeError for NaN; Error when the scope has been cancelled, or its body has ended
   */
  get deadline(): number {
    return this.#limit.deadline;
  }

  set deadline(at: number) {
    checkTime("deadline", at);
    this.#refuseLate();
    this.#limit.setDeadline(at);
  }

  /** Whether its cancellation was requested: by `cancel`, or by its deadline. */
  get isCancelled(): boolean {
    return this.cancellation !== undefined;
  }

  /** Whether its body was cut by its own cancellation. Known when the scope has ended. */
  get wasCancelled(): boolean {
    return this.#limit.wasCancelled;
  }

  /** Why it was cancelled, or undefined. */
  get cancellation(): Cancellation | undefined {
    return this.#frame.scope?.cancellation ?? undefined;
  }

  /**
   * Cancels the body. Acts at once; the scope then ends quietly, with no value.
   *
   * @param reason - kept in the reason record
   * @returns completes when all is gone; fails only with errors of the cleanup
   */
  cancel(reason?: unknown, options?: CancelOptions): Future<void> {
    return cancelBoundary(this.#frame, reason, options);
  }

  /** A body that holds its scope runs in the frame, or has. */
  get #frame(): Frame {
    const { frame } = this.#limit;
    if (frame !== null) return frame;
    throw misuse(
      "NOT_OPEN",
      "This cancel scope has not begun. Use the one that cancelScope() gives its body.",
    );
  }

  #refuseLate(): void {
    const { name, scope } = this.#frame;
    const state = scope?.state ?? "open";
    if (state === "open" && !this.isCancelled) return;
    throw misuse(
      "DEADLINE_MOVED",
      `Cannot move the deadline of cancel scope "${name}": ${LATE[state]}. Move it while its body runs.`,
      Error,
    );
  }
}

const LATE = {
  open: "it has been cancelled",
  awaiting: "its body has ended",
  unwinding: "it is unwinding",
  closing: "its body has ended",
  closed: "it has ended",
} as const;

/** @throws RangeError for NaN, TypeError for what is no number */
export function checkTime(name: string, at: unknown): asserts at is number {
  if (typeof at === "number" && !Number.isNaN(at)) return;
  throw wrongNumber("TIME", `${name} needs a time of the runtime's clock in ms, such as now() + 500`, at);
}

/** What runs inside a limit: a function may take the scope, to move its deadline. */
export type Limitable<T> = Operable<T> | ((scope: CancelScope) => Operation<T>);

class Limited<T> implements Operation<T> {
  constructor(
    private readonly caller: string,
    private readonly op: Limitable<unknown>,
    private readonly makeLimit: () => TimeLimit,
  ) {}

  [Symbol.iterator](): Iterator<Instruction, T> {
    // The limit settles with the T that its function promises.
    return frameIn(this.makeLimit(), this.caller, this.op)[Symbol.iterator]() as Iterator<Instruction, T>;
  }
}
refusesAwait(Limited.prototype);

function frameIn(limit: TimeLimit, caller: string, op: Limitable<unknown>): Frame {
  if (typeof op === "function" && op.length > 0)
    return new Frame(new Call(op, 1, new CancelScope(limit)), limit);
  // Without a parameter it is an operation like any other.
  return toFrame(caller, op as Operable<unknown>, limit);
}

/** Makes an operation that runs another one in a boundary with a limit. */
export function limited<T>(caller: string, op: Limitable<unknown>, makeLimit: () => TimeLimit): Operation<T> {
  checkOperable(caller, op);
  return new Limited<T>(caller, op, makeLimit);
}

/** How to make a cancel scope. */
export interface CancelScopeOptions {
  /** When it is cancelled, in ms of the clock of `now()`; never when left out. */
  readonly deadline?: number;
  /** For messages and snapshots. */
  readonly name?: string;
}

/**
 * Runs a body that can be cancelled as a part of its task, by hand or by a deadline that can be moved.
 *
 * Cancel:  by `scope.cancel()` and by its deadline it ends quietly, with no value; from further out it goes on outwards.
 * Throws:  what the body throws, its children's failures, and what cleanup adds (E2).
 * Model:   Trio CancelScope and move_on_after; asyncio.timeout with reschedule.
 *
 * @param body - is given the scope
 * @returns what the body returns; `undefined` when the scope was cancelled: `scope.wasCancelled` tells
 * @example
 * yield* cancelScope(function* (scope) {
 *   scope.deadline = now() + 1_000;
 *   for (const chunk of chunks) { yield* send(chunk); scope.deadline = now() + 1_000; }
 * });
 */
export function cancelScope<T>(
  body: (scope: CancelScope) => Operation<T>,
  options: CancelScopeOptions = {},
): Operation<T | undefined> {
  checkFunction("cancelScope", body);
  checkOptions("cancelScope()", ["deadline", "name"], options);
  const { deadline: at = Infinity, name } = options;
  checkTime("cancelScope()", at);
  return limited<T | undefined>("cancelScope", body, () => new TimeLimit({ at }, null, name));
}
