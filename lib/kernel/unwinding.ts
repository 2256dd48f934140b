/**
 * Unwinding one frame's generator after a landing (C2 to C5, C7): the driver that takes the generator's place from
 * `return()` until it has run its `finally` blocks.
 *
 * U1 Whatever the generator yields is cleanup, and is performed; except a yield at the very position of the
 *    landing: then it has looped back, and is cut again.
 * U2 A `finally` of a generator that was delegated to natively is left by another `return()` after each completed
 *    operation: resumed with `next()`, its caller would go on as if the call had returned (C4).
 * U3 An operation that fails is recorded and unwinding goes on: no `catch` of a cancelled frame is resumed (C5).
 */
import { misuse, show } from "../errors/index.js";
import { OTHER_COPY } from "./copies.js";
import { CleanupError } from "./errors.js";
import { onlookerOf } from "./debugging.js";
import { FAILED, WITHDRAWN, type Wait } from "./instruction.js";
import { chainDepth, mark, PROBE, readTrail, trailOf, type Mark, type Trail } from "./probe.js";
import { isQuiet } from "./quiet.js";
import type { Frame, TaskNode } from "./tree.js";
import { type Driver } from "./driver.js";

/** How often a generator that loops back is cut before it is abandoned. */
const MOST_CUTS = 100;

export class Unwinding implements Driver {
  /** True when the next resumption is a `return()`. */
  isCutting = true;
  private awaited: Wait<unknown> | null = null;
  /** Where the generator stood at the awaited wait, and where it was last cut because such a wait had failed. */
  private awaitedAt: Trail | null = null;
  private failedAt: Trail | null = null;
  private isDelegated = false;
  private cuts = 0;
  private stopLooking: (() => void) | undefined = undefined;

  /** @param landing - where the cancellation landed, as `landingOf` gave it before the generator was left */
  constructor(
    private readonly frame: Frame,
    private readonly generator: Driver,
    private readonly landing: Mark | null,
  ) {}

  next(sent?: unknown): IteratorResult<unknown, unknown> {
    if (sent === PROBE) return this.generator.next(PROBE);
    let isOver = true;
    try {
      const result = this.step();
      isOver = result.done === true;
      return result;
    } finally {
      if (isOver) this.stopLooking?.();
    }
  }

  private step(): IteratorResult<unknown, unknown> {
    for (;;) {
      const result = this.resume();
      if (result.done === true) return result;
      const { owner: task } = this.frame;
      // Interrupts are pending while a frame unwinds: whatever it yields is deferred, and not begun yet.
      if (result.value !== task.wait || task.wait === null) this.refuse(result);
      else if (this.accepts(task, task.wait)) return result;
    }
  }

  private resume(): IteratorResult<unknown, unknown> {
    const { awaited, generator } = this;
    const hasFailed = awaited !== null && awaited.phase === FAILED;
    if (hasFailed) {
      this.frame.needScope().record(awaited.value);
      this.failedAt = this.awaitedAt;
    }
    const cuts = this.isCutting || this.isDelegated || hasFailed;
    this.awaited = null;
    this.isCutting = this.isDelegated = false;
    if (!cuts) return generator.next();
    return generator.return?.() ?? { done: true, value: undefined };
  }

  /** Whether a yielded wait is cleanup to be performed; otherwise the generator is to be cut again. */
  private accepts(task: TaskNode, wait: Wait<unknown>): boolean {
    const now = trailOf(this.generator);
    const landing = this.landing === null ? null : readTrail(this.landing);
    const { failedAt } = this;
    if (task.isForced || landing === null || hasLoopedBack(landing, now) || hasLoopedBack(failedAt, now)) {
      this.discard(task, wait, now);
      return false;
    }
    // What a helper of the cleanup leaves because it failed is left by `return()` as well.
    this.isDelegated = standsInDelegate(failedAt ?? landing, now);
    this.awaitedAt = now;
    const onlooker = onlookerOf(task);
    if (this.isDelegated) onlooker?.delegated(task, now);
    this.stopLooking ??= onlooker?.unwinding(task);
    this.awaited = wait;
    return true;
  }

  private discard(task: TaskNode, wait: Wait<unknown>, now: Trail): void {
    wait.phase = WITHDRAWN;
    task.wait = null;
    this.isCutting = true;
    if (++this.cuts < MOST_CUTS) return;
    const where = now.at.length === 0 ? "" : ` at ${now.at[now.at.length - 1] ?? ""}`;
    throw new CleanupError(
      `Task "${task.name}" would not be cancelled: it went back to the same yield ${MOST_CUTS} times${where}, and was abandoned. ` +
        "Leave the loop when `finally` runs: a `continue`, a `break` or a `catch` around it keeps the task alive.",
    );
  }

  private refuse(result: Result): void {
    const { owner: task } = this.frame;
    const scope = this.frame.needScope();
    const error = notAnOperation(task, result);
    // The same mistake over and over is told once.
    if ((scope.errors?.at(-1) as Error | undefined)?.message !== error.message) scope.record(error);
    this.isCutting = true;
    if (++this.cuts >= MOST_CUTS)
      throw new CleanupError(`Task "${task.name}" kept yielding what is no operation, and was abandoned.`);
  }
}

/** A landing of which no position is known: whatever is yielded afterwards is cleanup. */
export const NOWHERE: Mark = { depth: 0, stack: undefined };

/** Where a cancellation lands; null where no yield can be cleanup, so that there is nothing to tell apart. */
export function landingOf(frame: Frame, generator: Driver): Mark | null {
  const depth = chainDepth(generator);
  return depth === 0 || (depth === 1 && isQuiet(frame, generator)) ? null : mark(generator, depth);
}

function hasLoopedBack(cutAt: Trail | null, now: Trail): boolean {
  if (cutAt === null) return false;
  const { positions, depth } = cutAt;
  if (now.depth !== depth || positions.length === 0 || now.positions.length === 0) return false;
  return now.positions.every((position, i) => position === positions[i]);
}

/** The rule of C4: a delegate's `finally` leaves the outermost generator where it was when it was cut. */
function standsInDelegate(cutAt: Trail, now: Trail): boolean {
  if (now.depth === 1) return false;
  const [then] = cutAt.positions;
  const [outermost] = now.positions;
  return then === undefined || outermost === undefined || then === outermost;
}

/** What a step gave, typed loosely for iterators that were written by hand. */
export type Result = Partial<IteratorResult<unknown, unknown>>;

/** Whether it comes from an iterator of another kind, such as an asynchronous one: into those nothing can be thrown. */
export function isForeign(result: Result): boolean {
  return result.done === undefined;
}

/** The error for a step that gave something that is no instruction (E5). */
export function notAnOperation(task: TaskNode, result: Result): Error {
  return misuse("NOT_AN_OPERATION", `Task "${task.name}" ${mistakeIn(result)}`);
}

function mistakeIn(result: Result): string {
  const yielded: unknown = result.value;
  if (isForeign(result)) return `ran an iterator that gave ${show(result)}. Write a function*.`;
  if (yielded === result) return `ran an operation ${OTHER_COPY}`;
  const isObject = typeof yielded === "object" && yielded !== null;
  if (isObject && Symbol.iterator in yielded && !Array.isArray(yielded))
    return "used `yield` on an operation. Write `yield*`.";
  if (isObject && "enter" in yielded && "description" in yielded)
    return "yielded an operation of Effection. Write yield* fromEffection(operation), of coppice/effection.";
  let advice = "Write yield* and an operation, or use the value as it is.";
  if (isObject && "then" in yielded) advice = "Use yield* until(promise).";
  if (typeof yielded === "function") advice = `Call it: yield* ${yielded.name || "fn"}(…).`;
  return `yielded ${show(yielded)}, which is not an operation. ${advice}`;
}
