/**
 * A running Node program: one operation from its start to the exit code.
 *
 * M1 The first request to end decides the exit code: a signal, `exit`, or a stall. What cleanup throws makes a success
 *    a failure, and changes no other code.
 * M2 Cleanup has the grace. When that is over, or a second signal comes, the tasks that will not stop are printed, and
 *    their cleanup is cancelled as well; the process ends in any case.
 * M3 An error is printed once.
 */
import { constants } from "node:os";
import { describeError, isGroup, leavesOf } from "../errors/index.js";
import {
  bounded,
  cancelBoundary,
  CleanupError,
  currentScheduler,
  run,
  Timer,
  type Frame,
  type Operable,
  type Operation,
  type Scheduler,
  type TaskNode,
  describeWait,
  tasksBelow,
} from "../kernel/index.js";
import { drawCycle, drawTask, drawTasks } from "../report/index.js";

/** The reason with which `main` cancels its operation when the process is told to end. */
export class ProcessSignal extends Error {
  override readonly name: string = "ProcessSignal";
  readonly code = "COPPICE_PROCESS_SIGNAL";

  /** @param signal - `"SIGINT"` or `"SIGTERM"` */
  constructor(readonly signal: NodeJS.Signals) {
    super(`The process received ${signal}.`);
  }
}

/** The reason with which `main` cancels an operation that nothing can wake any more. */
export class Stalled extends Error {
  override readonly name: string = "Stalled";
  readonly code = "COPPICE_STALLED";
}

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
/** What Node itself uses for a top-level `await` that never settles. */
const STALL_CODE = 13;
/** How long the end may take after cleanup was cancelled, in ms. */
const LAST_MS = 500;

export class Program {
  private readonly scheduler: Scheduler = currentScheduler();
  private task: TaskNode | null = null;
  /** Set by the first request to end. */
  private code: number | null = null;
  private hasGivenUp = false;
  private timer: Timer | null = null;
  private readonly hasEnded: Promise<void>;
  private end: () => void = () => undefined;

  constructor(private readonly graceMs: number) {
    this.hasEnded = new Promise((resolve) => {
      this.end = resolve;
    });
  }

  /** Runs the operation; gives the exit code when nothing of it is left, or when it had to be given up. */
  async run(op: Operable<unknown>, name: string): Promise<number> {
    for (const signal of SIGNALS) process.on(signal, this.onSignal);
    process.on("beforeExit", this.onStall);
    try {
      // Its failure is printed here; nobody else need look at it.
      run(this.noting(op), { name }).catch(() => undefined);
      const { task } = this;
      if (task === null) return 0;
      task.watch({ ended: this.end });
      if (task.outcome === null) await this.hasEnded;
      return this.conclude(task);
    } finally {
      for (const signal of SIGNALS) process.off(signal, this.onSignal);
      process.off("beforeExit", this.onStall);
      this.setTimer(null);
    }
  }

  /** The operation may end the program in its very first step, before `run` has given its task. */
  private noting(op: Operable<unknown>): Operation<unknown> {
    const opened = (frame: Frame): void => {
      this.task = frame.owner;
    };
    return bounded("main", op, () => ({ opened }));
  }

  /** Cancels the operation; the first request decides the exit code. */
  stop(code: number, reason: unknown): void {
    if (this.code !== null || this.task === null) return;
    this.code = code;
    cancelBoundary(this.task.root, reason, undefined);
    if (this.graceMs === Infinity || this.isOver()) return;
    this.setTimer({
      afterMs: this.graceMs,
      act: () => {
        this.giveUp(`Cleanup took longer than its grace of ${this.graceMs} ms`);
      },
    });
  }

  private readonly onSignal = (signal: NodeJS.Signals): void => {
    if (this.code === null) this.stop(128 + constants.signals[signal], new ProcessSignal(signal));
    else this.giveUp(`${signal} came while cleanup was running`);
  };

  /** The host has nothing left to do, and the operation has not ended: nothing will ever wake it. */
  private readonly onStall = (): void => {
    if (this.isOver()) return;
    const roots = [...this.scheduler.roots];
    const cycle = drawCycle(roots);
    print([
      "Stalled: the event loop is empty, and the program has not ended. Nothing can wake these tasks:",
      ...drawTasks(roots, this.scheduler.host.now()),
      ...(cycle.length === 0 ? [] : ["They wait for one another:", ...cycle]),
    ]);
    if (this.code === null)
      this.stop(STALL_CODE, new Stalled("Nothing was left that could wake the program."));
    else this.giveUp("Cleanup stalled");
  };

  /** Prints who will not stop, and cancels cleanup too. */
  private giveUp(why: string): void {
    const { task } = this;
    if (task === null || this.isOver()) return;
    if (this.hasGivenUp) {
      this.end();
      return;
    }
    this.hasGivenUp = true;
    const now = this.scheduler.host.now();
    const stubborn = tasksBelow([task]).filter(hasOwnBusiness);
    print([
      `${why}. It is cut short; these tasks would not stop:`,
      ...stubborn.map((each) => `  ${drawTask(each, now)}`),
    ]);
    cancelBoundary(task.root, undefined, { grace: 0 });
    this.setTimer({ afterMs: LAST_MS, act: this.end });
  }

  private isOver(): boolean {
    return this.task?.outcome !== null;
  }

  private conclude({ outcome }: TaskNode): number {
    const wanted = this.code ?? Number(process.exitCode ?? 0);
    if (outcome?.type !== "errors") return wanted;
    const [error] = outcome.errors;
    // Who was cut short has been named already.
    if (!(this.hasGivenUp && isOnlyCutShort(error))) print([describeError(error, { stacks: true })]);
    return wanted === 0 ? 1 : wanted;
  }

  private setTimer(next: { readonly afterMs: number; readonly act: () => void } | null): void {
    const { scheduler } = this;
    if (this.timer !== null) scheduler.removeTimer(this.timer);
    this.timer = null;
    if (next === null) return;
    this.timer = new Timer(scheduler.host.now() + next.afterMs, true, { timeIsUp: next.act });
    scheduler.addTimer(this.timer);
  }
}

/** Whether a task waits for something other than tasks that are listed themselves. */
function hasOwnBusiness({ wait }: TaskNode): boolean {
  return wait === null || !["children", "join", "cancel"].includes(describeWait(wait).kind);
}

function isOnlyCutShort(error: unknown): boolean {
  if (!isGroup(error)) return error instanceof CleanupError;
  return [...leavesOf(error)].every((leaf) => leaf.error instanceof CleanupError);
}

function print(lines: readonly string[]): void {
  process.stderr.write(`${lines.join("\n")}\n`);
}
