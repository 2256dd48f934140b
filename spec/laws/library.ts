/** Runs a program in the library, in a world that is moved by hand, and checks the laws on the way. */
import { compileFunction } from "node:vm";
import * as coppice from "coppice";
import {
  OBSERVED,
  nodeOf,
  runOn,
  type Frame,
  type ScopeNode,
  type TaskNode,
} from "../../lib/kernel/index.js";
import { allTasks, framesOf } from "../support/parked.js";
import { Log } from "./log.js";
import { Chooser } from "./order.js";
import { Outside, WatchedScheduler } from "./outside.js";
import { END, type Program } from "./program.js";
import { sourceOf } from "./source.js";
import { ProgramError, Tracer } from "./tracer.js";

const NAMES = [
  ...["all", "allSettled", "any", "attempt", "cancelScope", "ensure", "operation", "race", "resource"],
  ...["scoped", "shield", "sleep", "spawn", "suspend", "taskGroup", "timeout"],
] as const;

/** What became of a program. */
export interface Ran {
  readonly lines: readonly string[];
  readonly choices: readonly number[];
  readonly violations: readonly string[];
  /** Errors that nobody got. */
  readonly lost: readonly number[];
}

function showError(error: unknown): string {
  if (error instanceof ProgramError) return `E${error.id}`;
  if (error instanceof coppice.TimeoutError) return "timeout";
  if (error instanceof coppice.CancelledError) return "cancelled";
  if (error instanceof coppice.ExceptionGroup) return `[${error.errors.map(showError).join(" ")}]`;
  if (error instanceof Error && "code" in error) return String(error.code);
  return String(error);
}

class Performance {
  readonly #outside: Outside;
  readonly #scheduler: WatchedScheduler;
  readonly #chooser: Chooser;
  readonly #tracer: Tracer;
  readonly #lock = new coppice.Lock();
  readonly #permits = new coppice.Semaphore(2);
  readonly #queue = new coppice.Queue<number>({ capacity: 1 });
  readonly #event = new coppice.Event();

  constructor(private readonly program: Program) {
    this.#chooser = new Chooser(program.order);
    this.#outside = new Outside(this.#chooser);
    this.#scheduler = new WatchedScheduler(this.#outside);
    this.#tracer = new Tracer(new Log(() => this.#outside.time, { error: showError }));
  }

  run(): Ran {
    const root = runOn(this.#scheduler, this.#compile());
    const node = nodeOf(root);
    node.mark(OBSERVED);
    if (node.outcome !== null) this.#ended(node);
    else node.watch({ ended: () => this.#ended(node) });
    this.#atRest();
    for (const { at, task } of [...this.program.strikes].sort((a, b) => a.at - b.at)) {
      this.#moveTo(at);
      void (task === null ? root : this.#tracer.tasks.get(task))?.cancel();
      this.#atRest();
    }
    this.#moveTo(END);
    void root.cancel();
    this.#moveTo(Infinity);
    return this.#conclude(node);
  }

  #compile(): () => coppice.Operation<unknown> {
    const names = ["t", "lock", "permits", "queue", "event", ...NAMES];
    // What the source returns is its root's function*.
    const make = compileFunction(sourceOf(this.program), names) as (
      ...values: unknown[]
    ) => () => coppice.Operation<unknown>;
    const operations = NAMES.map((name) => coppice[name]);
    return make(this.#tracer, this.#lock, this.#permits, this.#queue, this.#event, ...operations);
  }

  #moveTo(time: number): void {
    const outside = this.#outside;
    while (outside.nextTimer <= time && outside.nextTimer !== Infinity) {
      outside.time = outside.nextTimer;
      outside.fireTimer();
      this.#atRest();
    }
    if (time !== Infinity) outside.time = time;
  }

  /** Nothing is ready: nobody waits for what is there, and every cancellation has landed where it can. */
  #atRest(): void {
    this.#outside.runMacrotasks();
    const { violations } = this.#tracer;
    if (this.#scheduler.readyCount > 0) violations.push("a ready task was left to wait");
    if (this.#event.isSet && this.#event.statistics().waiting.length > 0)
      violations.push("somebody waits for an event that is set");
    if (this.#permits.free > 0 && this.#permits.waiting > 0)
      violations.push("somebody waits for a permit that is free");
    if (!this.#lock.isLocked && this.#lock.statistics().waiting.length > 0)
      violations.push("somebody waits for a lock that is free");
    const { getting, putting } = this.#queue.statistics();
    if (this.#queue.size > 0 ? getting.length > 0 : putting.length > 0)
      violations.push("somebody waits for a queue that is ready");
    for (const task of allTasks(this.#scheduler)) {
      // One that acquires a resource has been reached, and waits until that one's body is gone.
      if (task.wait !== null && task.wait.describe().kind !== "resource" && isDoomed(task))
        violations.push(`a cancellation has not reached ${task.name}`);
    }
  }

  #ended({ outcome }: TaskNode): void {
    const { log } = this.#tracer;
    if (outcome?.type === "value") log.ended(`completed with ${log.show(outcome.value)}`);
    else if (outcome?.type === "cancelled") log.ended("cancelled");
    else if (outcome !== null) {
      this.#tracer.saw(outcome.errors[0]);
      log.ended(`failed with ${showError(outcome.errors[0])}`);
    }
  }

  #conclude({ outcome }: TaskNode): Ran {
    const tracer = this.#tracer;
    const { violations, log } = tracer;
    tracer.finish();
    if (outcome === null || [...this.#scheduler.roots].length > 0) violations.push("the tree is not empty");
    if (this.#scheduler.timers.size > 0) violations.push("a timer was left behind");
    if (this.#lock.isLocked || this.#permits.free !== 2) violations.push("a permit or lock was lost");
    violations.push(...this.#scheduler.strays, ...this.#itemsLost());
    if (this.#outside.unobservedErrors.length > 0) violations.push("an error was reported to nobody");
    const lost = [...tracer.thrown].filter((id) => !tracer.seen.has(id));
    return { lines: log.lines, choices: this.#chooser.counts, violations, lost };
  }

  #itemsLost(): string[] {
    const { items, put } = this.#tracer;
    for (let box = this.#queue.tryGet(); box !== undefined; box = this.#queue.tryGet()) items.push(box.value);
    const lost = [...put].filter((item) => !items.includes(item)).map((item) => `item ${item} was lost`);
    return new Set(items).size < items.length ? [...lost, "an item was duplicated"] : lost;
  }
}

/** C1, C3, C6: whether a cancellation reaches the very place at which a task stands. */
function isDoomed(task: TaskNode): boolean {
  for (const { scope, kind } of framesOf(task).reverse() as readonly (Frame & {
    scope: ScopeNode | null;
  })[]) {
    if (scope?.state === "unwinding" || scope?.state === "closing") return false;
    if (scope?.cancellation != null) return true;
    if (kind?.shields === true) return false;
  }
  return false;
}

export function runInLibrary(program: Program): Ran {
  return new Performance(program).run();
}
