/**
 * What an operation has left behind: tasks, timers, listeners, waiters. A snapshot is taken before it runs and compared
 * afterwards; nothing of the program is changed for that.
 */
import { misuse, show } from "../errors/index.js";
import { nameTask, currentScheduler, type TaskNode, tasksBelow } from "../kernel/index.js";
import { LeftBehindError } from "./errors.js";
import { whereIs } from "./tree.js";
import type { Tracking } from "./tracking.js";
import { Watched } from "./watched.js";
import type { World } from "./world.js";

/** What can be left behind. */
export type Leftover = "task" | "timer" | "listener" | "waiter";

const KINDS: readonly Leftover[] = ["task", "timer", "listener", "waiter"];

/** What to look for. */
export interface LeftoverOptions {
  /** Things that have to look afterwards as they did before: emitters, signals, semaphores, locks, queues. */
  readonly watch?: readonly object[];
  /** What may be left behind. */
  readonly allow?: readonly Leftover[];
}

export const LEFTOVER_OPTIONS = ["watch", "allow"] as const;

export function checkLeftoverOptions(name: string, { watch, allow }: LeftoverOptions): void {
  if (watch !== undefined && !Array.isArray(watch)) {
    throw misuse(
      "OPTIONS",
      `${name}() needs a list of objects as \`watch\`, got ${show(watch)}. Write watch: [emitter].`,
    );
  }
  const unknown = allow?.find((kind) => !KINDS.includes(kind));
  if (unknown !== undefined) {
    throw misuse(
      "OPTIONS",
      `${name}() needs a list of ${KINDS.join(", ")} as \`allow\`, got ${show(unknown)}.`,
    );
  }
}

export class Snapshot {
  readonly #things: readonly object[];
  readonly #watched: Watched;
  readonly #roots: ReadonlySet<TaskNode>;
  readonly #otherRoots: ReadonlySet<TaskNode>;
  readonly #timers: number;
  readonly #allowed: ReadonlySet<Leftover>;

  constructor(
    private readonly world: World,
    private readonly tracking: Tracking,
    { watch = [], allow = [] }: LeftoverOptions,
  ) {
    this.#things = watch;
    this.#watched = new Watched(watch);
    this.#roots = new Set(world.scheduler.roots);
    this.#otherRoots = new Set(currentScheduler().roots);
    this.#timers = world.scheduler.timers.size;
    this.#allowed = new Set(allow);
    world.scheduler.strays.length = 0;
  }

  /** The root tasks on the test's clock that were not there before. */
  get newRoots(): TaskNode[] {
    return this.world.roots.filter((root) => !this.#roots.has(root));
  }

  /** Whether anything is left that may yet end by itself within a turn of the event loop. */
  get isUnsettled(): boolean {
    return (
      this.#hostTimers().length > 0 || this.#foreignTasks().length > 0 || this.#watched.findings().length > 0
    );
  }

  /** Looks for listeners on things that are not watched, and live on. */
  lookForListeners(): Promise<string[]> {
    if (this.#allowed.has("listener")) return Promise.resolve([]);
    return this.tracking.additions.findings((ms) => this.world.pause(ms), this.#things);
  }

  /**
   * One line for each thing that is left.
   *
   * @param listeners - what `lookForListeners` has found
   */
  findings(listeners: readonly string[]): string[] {
    const found: Record<Leftover, string[]> = {
      task: [...this.#tasks(), ...this.#foreignTasks()],
      timer: [...this.#timersLeft(), ...this.#hostTimers()],
      listener: [...this.#watched.findings(), ...listeners],
      waiter: this.world.scheduler.strays,
    };
    return KINDS.flatMap((kind) =>
      this.#allowed.has(kind) ? [] : found[kind].map((line) => `${kind}: ${line}`),
    );
  }

  #tasks(): string[] {
    return tasksBelow(this.newRoots).map((task) => `${nameTask(task)} ${whereIs(task)}`);
  }

  /** Tasks that were started from callbacks, outside of any task, are on the real clock. */
  #foreignTasks(): string[] {
    const roots = [...currentScheduler().roots].filter((root) => !this.#otherRoots.has(root));
    return roots.map((root) => `${nameTask(root)}, started outside of any task, ${whereIs(root)}`);
  }

  /** Timers of tasks go with their tasks. */
  #timersLeft(): string[] {
    const { timers } = this.world.scheduler;
    const count = timers.size - this.#timers;
    if (count <= 0 || this.newRoots.length > 0) return [];
    return [
      `${plural(count, "timer")} on the test's clock, the first one due at ${timers.first?.at ?? 0} ms`,
    ];
  }

  #hostTimers(): string[] {
    const { runningTimers } = this.tracking;
    if (runningTimers === 0) return [];
    return [`${plural(runningTimers, "setTimeout or setInterval", "")} of the host, still running`];
  }
}

function plural(count: number, what: string, ending = "s"): string {
  return `${count} ${what}${count === 1 ? "" : ending}`;
}

export function leftBehind(name: string, findings: readonly string[]): LeftBehindError {
  const lines = findings.map((line) => `  ${line}`).join("\n");
  return new LeftBehindError(`"${name}" has ended and left something behind:\n${lines}`, findings);
}
