/**
 * Boundaries on the task's own stack that a deadline or a call can cancel (C11). `cancelScope`, `timeout` and
 * `timeoutAt` are one kind of boundary, and differ in what they give their caller when time ran out.
 */
import { misuse, wrongNumber } from "../errors/index.js";
import {
  boundedFrame,
  cancelBoundary,
  Call,
  checkFunction,
  checkOperable,
  checkOptions,
  Frame,
  waiting,
  type Cancellation,
  type CancelOptions,
  type Future,
  type Operable,
  type Operation,
  type Wait,
} from "../kernel/index.js";
import { TimeLimit, type Expired, type Limit } from "./time-limit.js";

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
    this.#limit.moveTo(at);
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

function frameIn(limit: TimeLimit, caller: string, op: Limitable<unknown>): Frame {
  if (typeof op === "function" && op.length > 0)
    return new Frame(new Call(op, 1, new CancelScope(limit)), limit);
  // Without a parameter it is an operation like any other.
  return boundedFrame(caller, op as Operable<unknown>, limit);
}

/** Makes an operation that runs another one in a boundary with a limit. */
export function limited<T>(
  caller: string,
  op: Limitable<unknown>,
  limit: Limit,
  expired: Expired | null,
  name?: string,
): Operation<T> {
  checkOperable(caller, op);
  // The limit settles with the T that its function promises.
  return waiting(() => frameIn(new TimeLimit(limit, expired, name), caller, op) as Wait<T>);
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
  return limited<T | undefined>("cancelScope", body, { ms: at, isLength: false }, null, name);
}
