/** The scope as users hold it: a place to spawn into and to cancel, from inside and from outside. */
import { misuse, show } from "../errors/index.js";
import type { Cancellation } from "./cancellation.js";
import { checkOptions } from "./arguments.js";
import { maybeOtherCopy } from "./copies.js";
import { READ, type ContextReader } from "./context.js";
import { cancelBoundary } from "./ending.js";
import type { CancelOptions } from "./grace.js";
import { type Operable } from "./operation.js";
import type { Scheduler } from "./scheduler.js";
import { adoptInto, toFrame, type SpawnOptions } from "./spawning.js";
import { reportUnobserved, type Future, type Task, type TaskHandle } from "./task.js";
import type { ScopeNode } from "./tree.js";
import { OBSERVED } from "./traits.js";

/** The lifetime of a boundary: what is spawned into it does not outlive it (B2). */
export class Scope implements AsyncDisposable {
  /**
   * @internal
   * @param hasCaller - whether somebody gets what its boundary throws; otherwise each child reports its own failure (E4)
   */
  constructor(
    private readonly node: ScopeNode,
    private readonly hasCaller = true,
  ) {}

  /** The name of its boundary. */
  get name(): string {
    return this.node.frame.kind?.name ?? this.node.frame.name;
  }

  /** Whether it takes no more children: its body has ended. */
  get isClosed(): boolean {
    return this.node.state === "closing" || this.node.state === "closed";
  }

  /** Whether nothing lives in it: no child that runs, no resource, no cleanup that is still to be done. */
  get isEmpty(): boolean {
    return this.node.newest === null;
  }

  /** Why it was cancelled, or undefined. */
  get cancellation(): Cancellation | undefined {
    return this.node.cancellation ?? undefined;
  }

  /**
   * Reads a context from the outside: its value in the scope's boundary as it stands, or its default, or `undefined`
   * when there is neither, and when the boundary has ended, for its values are gone with it (B5). A plain call.
   *
   * @example logger.info(scope.get(requestId), "connection closed");
   */
  get<T>(context: ContextReader<T>): T {
    const { state, frame } = this.node;
    // Typed loosely for callers without types.
    if (typeof (context as Partial<ContextReader<T>> | null | undefined)?.[READ] !== "function") {
      throw misuse(
        "NOT_A_CONTEXT",
        `scope.get() needs a context, got ${show(context)}. Pass what createContext() gave.${maybeOtherCopy()}`,
      );
    }
    return context[READ](state === "closed" ? null : frame.context);
  }

  /**
   * Starts an operation as a child of this scope, behind the ready tasks (S2). A plain call.
   *
   * @throws Error when the scope is closing or has ended; TypeError when `op` is no operation
   */
  spawn<T>(op: Operable<T>, options?: SpawnOptions): Task<T> {
    const task = this.adopt<T>("spawn", op, options);
    schedulerOf(task).start(task);
    return task;
  }

  /**
   * Starts an operation as a child of this scope at once, inside the call, up to its first suspension (S1): the way
   * in from callbacks, such as a request handler.
   *
   * @throws as `spawn`
   * @example server.on("request", (req, res) => void scope.run(handle(req, res)));
   */
  run<T>(op: Operable<T>, options?: SpawnOptions): Task<T> {
    const task = this.adopt<T>("run", op, options);
    schedulerOf(task).startNow(task);
    return task;
  }

  /**
   * Cancels everything in the scope, its own body included. Acts at once; it then ends quietly, with no value.
   *
   * @param reason - kept in the reason record
   * @returns completes when all is gone; fails only with errors of the cleanup
   */
  cancel(reason?: unknown, options?: CancelOptions): Future<void> {
    return cancelBoundary(this.node.frame, reason, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cancel();
  }

  private adopt<T>(what: string, op: Operable<T>, options: SpawnOptions | undefined): TaskHandle<T> {
    checkOptions(`${what}()`, ["name"], options);
    const task = adoptInto<T>(this.node, what, toFrame(what, op, null), options?.name);
    if (!this.hasCaller) task.watch({ ended: () => reportUnobserved(task, () => this.isToldToCanceller()) });
    return task;
  }

  /** What fails after a cancel by hand is cleanup, and fails that cancel's result. */
  private isToldToCanceller(): boolean {
    const { frame, cancellation } = this.node;
    return cancellation?.kind === "cancel" && frame.owner.is(OBSERVED);
  }
}

function schedulerOf(task: TaskHandle<unknown>): Scheduler {
  // Tasks are made with a Scheduler of this class only.
  return task.scheduler as Scheduler;
}
