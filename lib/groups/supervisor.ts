/** What a supervisor is: the words for its options, its children and what happens to them. */
import { misuse, show } from "../errors/index.js";
import { checkCount, checkDuration, checkOptions, type Operable, type Task } from "../kernel/index.js";
import type { CancelOptions, Future } from "../kernel/index.js";
import { BACKOFF_OPTIONS, type BackoffOptions } from "../operations/index.js";

/** When a child is run again. */
export interface RestartOptions extends BackoffOptions {
  /** After it has failed, when left out; whenever it has ended, or never. */
  readonly restart?: "on-failure" | "always" | "never";
  /** How many restarts are allowed within how many ms; one more, and the supervisor fails with the last error. */
  readonly limit?: { readonly restarts: number; readonly within: number };
}

/** How to supervise one child. */
export interface ChildOptions extends RestartOptions {
  /** For messages, events and snapshots; the operation's own name when left out. */
  readonly name?: string;
}

/** How to supervise; what is said of restarts holds for children that do not say otherwise. */
export interface SupervisorOptions extends RestartOptions {
  /** For messages and snapshots. */
  readonly name?: string;
  /** Is told of all that happens to the children. A plain function; what it throws fails the child for good. */
  readonly onEvent?: (event: SupervisorEvent) => void;
}

/** What happened to a child. */
export interface SupervisorEvent {
  /**
   * `"started"`, at every run; `"completed"` and `"failed"`, at the end of one; `"restarting"`, before the pause;
   * `"gave-up"`, when the limit is reached; `"cancelled"`.
   */
  readonly type: "started" | "completed" | "failed" | "restarting" | "gave-up" | "cancelled";
  readonly child: Child;
  /** When, in ms of the clock of `now()`. */
  readonly at: number;
  /** With `"failed"`, `"gave-up"`, and `"restarting"` after a failure. */
  readonly error?: unknown;
  /** With `"restarting"`: the pause, in ms. */
  readonly delay?: number;
}

/** One supervised operation, with all its runs. */
export interface Child<T = unknown> {
  readonly name: string;
  /** Whether it runs, pauses before it runs again, or how it ended for good. */
  readonly state: "running" | "pausing" | "completed" | "failed" | "cancelled";
  /** How often it has been run again. */
  readonly restarts: number;
  /** What it failed with last, or undefined. */
  readonly error: unknown;
  /** All its runs as one task: gives the value of the last one, or throws its error. */
  readonly task: Task<T>;
  /** Cancels it for good; the other children go on. */
  cancel(reason?: unknown, options?: CancelOptions): Future<void>;
}

/** Given to the body of `supervise`. */
export interface Supervisor {
  /** The children that have not ended for good, in order of their start. */
  readonly children: readonly Child[];
  /**
   * Starts an operation as a child, and runs it again as the options say. A plain call.
   *
   * @throws TypeError for what cannot be run again, such as a generator object; Error when the supervisor is closing
   */
  spawn<T>(op: Operable<T>, options?: ChildOptions): Child<T>;
  /** Cancels the body and all children; the supervisor then ends quietly, with no value. */
  cancel(reason?: unknown, options?: CancelOptions): Future<void>;
}

const POLICIES = ["on-failure", "always", "never"];
const RESTART_OPTIONS = ["restart", "limit", ...BACKOFF_OPTIONS, "name"] as const;

/** @throws TypeError or RangeError for bad options */
export function checkRestarts(caller: string, options: RestartOptions, more: readonly string[] = []): void {
  checkOptions(`${caller}()`, [...RESTART_OPTIONS, ...more], options);
  const { restart, limit } = options;
  if (restart !== undefined && !POLICIES.includes(restart)) {
    throw misuse(
      "RESTART",
      `${caller}() needs "on-failure", "always" or "never" as \`restart\`, got ${show(restart)}.`,
    );
  }
  if (limit === undefined) return;
  checkOptions(`${caller}({ limit })`, ["restarts", "within"], limit);
  checkCount(`${caller}()`, "limit.restarts", 0, limit.restarts);
  checkDuration(caller, "limit.within", limit.within);
}
