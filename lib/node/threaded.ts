/** The caller's wait for another thread. A cancelled one goes on until the thread has let go, or is terminated. */
import { once } from "node:events";
import { MessageChannel, type MessagePort, type Transferable, type Worker } from "node:worker_threads";
import { types } from "node:util";
import type { Piscina } from "piscina";
import { misuse } from "../errors/index.js";
import { cancellationOf, Timer, Wait, type Due, type WaitDescription } from "../kernel/index.js";
import { abortReason } from "../operations/index.js";
import { FAILURE, type Begun, type Cancelled, type Failed, type ThreadCall } from "./thread-call.js";
import { recordError, reviveError, type ErrorClasses } from "./thread-errors.js";
import { startPool, type ThreadPool } from "./thread-pool.js";

/** What to call, and how. */
export interface ThreadPlan {
  /** The address of the module. */
  readonly module: string;
  /** The name of the export. */
  readonly name: string;
  readonly args: readonly unknown[];
  readonly transfer: readonly Transferable[];
  readonly graceMs: number;
  readonly errors: ErrorClasses;
}

/** The module that the pool loads into its threads. */
const ENTRY = new URL("./thread-entry.js", import.meta.url).href;

export class Threaded extends Wait<unknown> implements Due {
  /** Aborted to terminate the thread. */
  private readonly end = new AbortController();
  private port: MessagePort | null = null;
  private thread: Worker | null = null;
  private timer: Timer | null = null;
  private isCancelled = false;
  private gone: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly pool: ThreadPool,
    private readonly plan: ThreadPlan,
  ) {
    super();
  }

  begin(): void {
    this.perform().then(
      (value) => {
        if (this.isCancelled) this.left();
        else this.succeed(value);
      },
      (error: unknown) => {
        if (!this.isCancelled) this.fail(error);
        else this.left(error === null || isAbort(error) ? undefined : { error });
      },
    );
  }

  withdraw(isForced: boolean): boolean {
    if (!this.isCancelled) {
      this.isCancelled = true;
      const reason = recordError(abortReason(cancellationOf(this)));
      this.port?.postMessage({ reason } satisfies Cancelled);
      this.startGrace();
    }
    if (isForced) this.timeIsUp();
    return false;
  }

  /** The grace is over: the thread is terminated, and gone when it says so. */
  timeIsUp(): void {
    if (this.thread !== null && !this.end.signal.aborted) this.gone = once(this.thread, "exit");
    this.end.abort();
  }

  describe(): WaitDescription {
    return { kind: "thread", on: this.plan.name, isOutside: true };
  }

  private startGrace(): void {
    const { task, plan } = this;
    if (task === null || plan.graceMs === Infinity) return;
    this.timer = new Timer(task.scheduler.host.now() + plan.graceMs, true, this);
    task.scheduler.addTimer(this.timer);
  }

  /** Rejects with null where there is nothing to tell: the caller was cancelled, and the thread obeyed. */
  private async perform(): Promise<unknown> {
    try {
      const piscina = await startPool(this.pool);
      if (this.isCancelled) return undefined;
      return this.read(await this.send(piscina));
    } finally {
      await this.gone;
      this.port?.close();
      if (this.timer !== null) this.task?.scheduler.removeTimer(this.timer);
    }
  }

  private send(piscina: Piscina): Promise<unknown> {
    const { port1, port2 } = new MessageChannel();
    const { module, name, args, transfer } = this.plan;
    this.port = port1;
    port1.on("message", ({ threadId }: Begun) => {
      this.thread = piscina.threads.find((thread) => thread.threadId === threadId) ?? null;
    });
    const call: ThreadCall = { module, name, args, port: port2 };
    return piscina
      .run(call, {
        filename: ENTRY,
        name: "callInThread",
        signal: this.end.signal,
        transferList: [port2, ...transfer],
      })
      .catch((error: unknown) => {
        throw uncloneable(name, error) ?? error;
      });
  }

  private read(result: unknown): unknown {
    if (typeof result !== "object" || result === null || !(FAILURE in result)) return result;
    // The thread's side puts nothing else under that name.
    const { [FAILURE]: failure, isEcho } = result as Failed;
    throw isEcho ? null : reviveError(failure, this.plan.errors);
  }
}

/** What could not be copied: the arguments, or, of which the pool says no more than that it failed, the result. */
function uncloneable(name: string, error: unknown): Error | undefined {
  if (error instanceof DOMException && error.name === "DataCloneError") {
    const text = `toThread("${name}") cannot copy its arguments: ${error.message} Pass plain data, or move it with \`transfer\`.`;
    return misuse("THREAD_CLONE", text);
  }
  // Errors of the pool itself have a message; this one arrives as an empty object, or, since Node 22, as an empty error.
  if ((error instanceof Error || types.isNativeError(error)) && error.message !== "") return undefined;
  return misuse("THREAD_CLONE", `toThread("${name}") cannot copy the function's result. Return plain data.`);
}

function isAbort(error: unknown): boolean {
  return typeof error === "object" && error !== null && "name" in error && error.name === "AbortError";
}
