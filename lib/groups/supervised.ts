import { addNote, describeError, misuse } from "../errors/index.js";
import {
  CONTAINED,
  OBSERVED,
  currentScheduler,
  nameOf,
  nodeOf,
  type CancelOptions,
  type Future,
  type Operable,
  type Operation,
  type Task,
} from "../kernel/index.js";
import { attempt, Backoff, now, sleep, type Attempt } from "../operations/index.js";
import type { Child, RestartOptions, SupervisorEvent, SupervisorOptions } from "./supervisor.js";
import type { TaskGroup } from "./task-group.js";

/** Pauses that suit most services, where nothing else is said. */
const PAUSES = { delay: 100, backoff: 2, maxDelay: 10_000, jitter: 0.2 } as const;
/** Over how many ms restarts count together, where no limit says it. */
const WINDOW_MS = 60_000;

interface Options extends RestartOptions {
  readonly name?: string | undefined;
}

/**
 * One child: decides after each run whether there is another.
 *
 * | state     | goes on to                                                       |
 * | --------- | ---------------------------------------------------------------- |
 * | running   | pausing, completed, failed, cancelled                            |
 * | pausing   | running, cancelled                                               |
 * | the rest  | -                                                                |
 */
export class Supervised<T> implements Child<T> {
  state: Child["state"] = "running";
  restarts = 0;
  error: unknown = undefined;
  readonly task: Task<T>;
  private readonly pauses: Backoff;
  /** When it was run again, within the window. */
  private recent: number[] = [];

  constructor(
    group: TaskGroup,
    private readonly op: Operable<T>,
    private readonly options: Options,
    private readonly onEvent: SupervisorOptions["onEvent"],
  ) {
    this.pauses = new Backoff("supervisor.spawn", { ...PAUSES, ...options });
    this.task = group.spawn(() => runsOf(this), { name: options.name ?? nameOf(op) });
  }

  get name(): string {
    return this.task.name;
  }

  cancel(reason?: unknown, options?: CancelOptions): Future<void> {
    return this.task.cancel(reason, options);
  }

  /** One run. */
  run(): Operation<Attempt<T>> {
    this.state = "running";
    this.tell("started");
    return attempt(this.op);
  }

  /** The pause before the next run, or null when there is none. */
  pauseAfter(result: Attempt<T>): number | null {
    if (!result.ok) this.error = result.error;
    const { restart = "on-failure" } = this.options;
    const isLast = restart === "never" || (restart === "on-failure" && result.ok);
    if (isLast) this.state = result.ok ? "completed" : "failed";
    this.tell(result.ok ? "completed" : "failed");
    return isLast ? null : this.nextPause(result);
  }

  /** The last run has failed: that is nobody's business but of those who wait for it. */
  failAlone(error: unknown): never {
    const node = nodeOf(this.task);
    node.mark(CONTAINED);
    if (!node.is(OBSERVED) && this.onEvent === undefined) {
      currentScheduler().host.warn(
        `"${this.name}" failed and is not run again: ${describeError(error)}\n` +
          "To take note of failures, give supervise() an `onEvent`.",
      );
    }
    throw error;
  }

  /** It is gone, however it ended. */
  ended(): void {
    if (this.state !== "running" && this.state !== "pausing") return;
    this.state = "cancelled";
    this.tell("cancelled");
  }

  private nextPause(result: Attempt<T>): number {
    const { limit } = this.options;
    const since = now() - (limit?.within ?? WINDOW_MS);
    this.recent = this.recent.filter((at) => at > since);
    if (limit !== undefined && this.recent.length >= limit.restarts) this.giveUp(result, limit);
    this.recent.push(now());
    this.restarts++;
    this.state = "pausing";
    const delay = this.pauses.after(this.recent.length);
    this.tell("restarting", { delay });
    return delay;
  }

  private giveUp(result: Attempt<T>, limit: { restarts: number; within: number }): never {
    this.state = "failed";
    this.tell("gave-up");
    const times = `${limit.restarts} restart${limit.restarts === 1 ? "" : "s"} within ${limit.within} ms`;
    if (result.ok) {
      const text = `"${this.name}" has ended again after ${times}. Let it go on, or raise its \`limit\`.`;
      throw misuse("RESTARTS", text, Error);
    }
    const { error } = result;
    const note = `supervise() gave up "${this.name}" after ${times}`;
    throw typeof error === "object" && error !== null ? addNote(error, note) : error;
  }

  private tell(type: SupervisorEvent["type"], more: { readonly delay?: number } = {}): void {
    const isFailure = type === "failed" || type === "gave-up" || type === "restarting";
    const error = isFailure && this.error !== undefined ? { error: this.error } : {};
    this.onEvent?.({ type, child: this, at: now(), ...error, ...more });
  }
}

/** All runs of a child. */
function* runsOf<T>(child: Supervised<T>): Operation<T> {
  try {
    for (;;) {
      const result = yield* child.run();
      const pause = child.pauseAfter(result);
      if (pause !== null) yield* sleep(pause);
      else if (result.ok) return result.value;
      else child.failAlone(result.error);
    }
  } catch (error) {
    child.state = "failed";
    throw error;
  } finally {
    child.ended();
  }
}
