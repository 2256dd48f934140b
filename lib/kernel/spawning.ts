/**
 * How operations come into the tree: what users pass becomes a frame, a frame becomes a task, a task belongs to a
 * scope (B2) and takes its context from whoever spawns it (B5).
 */
import { clip, misuse, show } from "../errors/index.js";
import { forceTask, inherited, isWithin, landingTarget } from "./cancel.js";
import { reasonOfEnd } from "./closing.js";
import type { ContextNode } from "./context.js";
import { Call } from "./driver.js";
import { surroundings } from "./enclosure.js";
import { BEGUN, FRESH, running, Wait } from "./instruction.js";
import { checkOperable } from "./check-operable.js";
import { refusesAwait } from "./refuse-await.js";
import { type Instruction, type Operable, type Operation } from "./operation.js";
import type { Scheduler } from "./scheduler.js";
import { TaskHandle } from "./task.js";
import { Frame, type Boundary, type ScopeNode, type TaskNode } from "./tree.js";
import { UNDONE } from "./traits.js";

/** One call of an operation: re-runnable, every run is a boundary (B1). */
export class OperationCall<T> extends Call implements Operation<T> {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as in Operation
  [Symbol.iterator](): Iterator<Instruction, T, any> {
    return new Frame(this, null)[Symbol.iterator]() as Iterator<Instruction, T>;
  }
}
refusesAwait(OperationCall.prototype);

/**
 * Defines an operation: a named, typed, re-runnable function whose every call is a boundary (B1).
 * Define once, at the top of a module; call often.
 *
 * @param fn - a `function*` of any parameters
 * @returns a function of the same parameters that describes one run
 * @throws TypeError when `fn` is no function, or an async one
 * @example
 * const fetchUser = operation(function* (id: string) {
 *   return yield* until(load(id));
 * });
 */
export function operation<A extends readonly unknown[], T>(
  fn: (...args: A) => Operation<T>,
): (...args: A) => Operation<T> {
  checkFunction("operation", fn);
  // Not `...args`: most calls have few arguments, and a list of them costs more than all else here.
  const call = function (first?: unknown, second?: unknown): Operation<T> {
    const count = arguments.length;
    // eslint-disable-next-line prefer-rest-params -- as above
    return new OperationCall<T>(fn, count, first, second, count > 2 ? Array.from(arguments) : null);
  };
  Object.defineProperty(call, "length", { value: fn.length, configurable: true });
  if (fn.name !== "") Object.defineProperty(call, "name", { value: fn.name, configurable: true });
  defined.add(call);
  return call as unknown as (...args: A) => Operation<T>;
}

const defined = new WeakSet<object>();

/** Whether what a function returns is an operation, as far as can be told without calling it. */
export function isOperationFunction(fn: unknown): boolean {
  if (typeof fn !== "function") return false;
  return defined.has(fn) || Object.prototype.toString.call(fn) === "[object GeneratorFunction]";
}

/** Refuses what is no function that makes operations. */
export function checkFunction(name: string, fn: unknown): void {
  if (typeof fn !== "function")
    throw misuse("NOT_A_FUNCTION", `${name}() needs a function*, got ${show(fn)}.`);
  checkOperable(name, fn);
}

const USED = Symbol("coppice.used");

/** Makes a frame of what a user passed to the function `name`. */
export function toFrame(name: string, given: Operable<unknown>, kind: Boundary | null): Frame {
  if (typeof given === "function") {
    checkOperable(name, given);
    return new Frame(given, kind);
  }
  if (given instanceof OperationCall) return new Frame(given, kind);
  checkOperable(name, given);
  if ("next" in given) claim(given as { [USED]?: boolean });
  return new Frame(given, kind);
}

/** A generator object can run once (E5). */
function claim(given: { [USED]?: boolean }): void {
  const isUsed = given instanceof Wait ? given.phase !== FRESH : given[USED] === true;
  if (isUsed) {
    throw misuse(
      "USED",
      "A generator object can run only once, and this one was run before. Pass the function*, or call it again.",
    );
  }
  if (!(given instanceof Wait)) given[USED] = true;
}

/** Makes a task of a frame; it is not ready yet. */
export function makeTask<T>(
  scheduler: Scheduler,
  root: Frame,
  name: string | undefined,
  context: ContextNode | null,
): TaskHandle<T> {
  const task = new TaskHandle<T>(scheduler, root, name === undefined ? undefined : clip(name, 200));
  root.task = task;
  root.phase = BEGUN;
  root.context = context;
  surroundings.enclosure?.taskMade(task);
  return task;
}

/** What a spawn may say about the new task. */
export interface SpawnOptions {
  /** For messages and snapshots; the operation's own name when left out. */
  readonly name?: string;
}

/**
 * Makes a child task in a scope; the caller starts it.
 *
 * @param standsForWait - it does the work of an operation that its spawner waits for: what cleanup waits for is
 *   protected like cleanup itself (C3), where a child that it spawns is cancelled with the scope (C12)
 */
export function adoptInto<T>(
  scope: ScopeNode,
  what: string,
  root: Frame,
  name: string | undefined,
  standsForWait = false,
): TaskHandle<T> {
  const { frame } = scope;
  const isClosing = scope.state === "closing";
  if (scope.state === "closed" || (isClosing && !isDoomedIn(scope))) {
    throw misuse(
      "CLOSED_SCOPE",
      `Cannot ${what} "${clip(name ?? root.name)}" in scope "${clip(frame.name)}": it ${scope.state === "closed" ? "has ended" : "is closing"}. ` +
        "Spawn before its body returns, or use a longer-lived scope.",
      Error,
    );
  }
  const spawner = running.task === null ? frame : (running.task as TaskNode).frame;
  const task = makeTask<T>(frame.owner.scheduler as Scheduler, root, name, (spawner ?? frame).context);
  scope.link(task);
  scope.children++;
  if (standsForWait && scope.state === "unwinding") {
    task.hold();
    return task;
  }
  // Its scope waits for it as for those that it has cancelled already.
  if (isClosing) task.mark(UNDONE);
  const cancellation = inherited(frame) ?? (isClosing ? reasonOfEnd(scope) : null);
  if (cancellation !== null) {
    task.doom = cancellation;
    task.interrupts++;
    // What cleanup spawns when its grace is over gets none either (C7).
    const { forcedFrom } = frame.owner;
    if (forcedFrom !== null && isWithin(frame, forcedFrom)) forceTask(task, root);
  }
  return task;
}

/**
 * A task of the scope that is cancelled, but has not landed yet, spawns as if it had done so before the cancel: what it
 * hands over is given back by the child (C12).
 */
function isDoomedIn(scope: ScopeNode): boolean {
  // Waiter has one implementation.
  const spawner = running.task as TaskNode | null;
  if (spawner === null || spawner.interrupts === 0 || landingTarget(spawner) === null) return false;
  for (let task: TaskNode | null = spawner; task !== null; task = task.owner?.frame.owner ?? null) {
    if (task.owner === scope) return true;
  }
  return false;
}

/** Makes a new child ready, behind the others (S2). */
export function start(task: TaskNode): void {
  // Tasks are made with a Scheduler of this class only.
  (task.scheduler as Scheduler).start(task);
}
