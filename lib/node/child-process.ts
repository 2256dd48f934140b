/** The life of a child process: started, fed, handed out, and ended with all that it has started. */
import { spawn, type ChildProcess } from "node:child_process";
import { PassThrough, pipeline, Readable, type Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { action, until, type Writer } from "../bridges/index.js";
import { forEach } from "../groups/index.js";
import { misuse } from "../errors/index.js";
import { operation, type Operation } from "../kernel/index.js";
import { all, attempt, now, sleep, spawn as spawnTask, timeout, type Provide } from "../operations/index.js";
import {
  ExecError,
  type CheckOptions,
  type ExecOptions,
  type ExecOutput,
  type Exit,
  type Input,
  type Process,
} from "./process.js";
import { isGroupAlive } from "./process-group.js";
import { useWritable } from "./writable.js";

/** What to run, and how. */
export interface ExecPlan {
  readonly command: string;
  readonly args: readonly string[];
  readonly options: ExecOptions;
  readonly graceMs: number;
}

/** How long to wait before looking again whether the last of a group is gone, in ms: at first, and at most. */
const POLL_MS = { first: 5, longest: 100 };

/** Starts a process, provides it, and ends it: the body of a resource. */
export function* hold(plan: ExecPlan, provide: Provide<Process>): Operation<void> {
  const child = new Child(plan);
  try {
    yield* child.started();
    const { input, stdin } = plan.options;
    const { pipe } = child;
    if (pipe !== null && input !== undefined) yield* spawnTask(feed(pipe, input), { name: "input" });
    if (pipe !== null && stdin === "pipe" && input === undefined) child.writer = yield* useWritable(pipe);
    yield* provide(child);
  } finally {
    yield* endOf(child);
  }
}

class Child implements Process {
  readonly stdout: Readable;
  readonly stderr: Readable;
  writer: Writer<string | Uint8Array> | null = null;
  readonly #child: ChildProcess;
  readonly #exit: Promise<Exit>;
  readonly #isGroup: boolean;
  readonly #command: string;
  readonly graceMs: number;

  constructor({ command, args, options, graceMs }: ExecPlan) {
    const { cwd, env, input, stdin = "ignore", stdout = "pipe", stderr = "pipe" } = options;
    // A group of its own would take the terminal from a process that reads from it.
    this.#isGroup = process.platform !== "win32" && stdin !== "inherit";
    this.#child = spawn(command, args, {
      cwd,
      env: env === undefined ? process.env : { ...env },
      stdio: [input === undefined ? stdin : "pipe", stdout, stderr],
      detached: this.#isGroup,
      windowsHide: true,
    });
    this.#command = command;
    this.graceMs = graceMs;
    this.stdout = kept(this.#child.stdout);
    this.stderr = kept(this.#child.stderr);
    this.#exit = new Promise((resolve) => {
      this.#child.once("exit", (code, signal) => {
        resolve({ code, signal });
      });
    });
    // What goes wrong after the start shows in how it ends.
    this.#child.on("error", () => undefined);
  }

  get pid(): number {
    // Handed out only when it has been started.
    return this.#child.pid ?? 0;
  }

  get pipe(): Writable | null {
    return this.#child.stdin;
  }

  get stdin(): Writer<string | Uint8Array> {
    if (this.writer !== null) return this.writer;
    throw misuse(
      "STDIN",
      `The input of "${this.#command}" is not a pipe. Start it with { stdin: "pipe" }.`,
      Error,
    );
  }

  /** Waits until the system has started it. */
  started(): Operation<void> {
    return action<undefined>((resolve, reject) => {
      const begun = (): void => {
        resolve(undefined);
      };
      const failed = (cause: Error): void => {
        reject(new ExecError(`Cannot start "${this.#command}": ${cause.message}.`, undefined, { cause }));
      };
      this.#child.once("spawn", begun);
      this.#child.once("error", failed);
      return () => {
        this.#child.off("spawn", begun);
        this.#child.off("error", failed);
      };
    });
  }

  exited(options: CheckOptions = {}): Operation<Exit> {
    return waitForExit(this, options);
  }

  output(options: CheckOptions = {}): Operation<ExecOutput> {
    return readAll(this, options);
  }

  /** @internal */
  exit(): Operation<Exit> {
    return until(this.#exit);
  }

  kill(signal: NodeJS.Signals = "SIGTERM"): void {
    const { pid } = this.#child;
    if (pid === undefined || !this.isAlive()) return;
    try {
      if (this.#isGroup) process.kill(-pid, signal);
      else this.#child.kill(signal);
    } catch (error) {
      // Gone in the meantime.
      if (!hasCode(error, "ESRCH")) throw error;
    }
  }

  /** Whether it, or something that it has started in its group, still runs. */
  isAlive(): boolean {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid === undefined) return false;
    if (exitCode === null && signalCode === null) return true;
    return this.#isGroup && isGroupAlive(pid);
  }

  /** Lets go of output that nobody reads. */
  drop(): void {
    for (const stream of [this.stdout, this.stderr]) {
      if (stream.readableFlowing === null && stream.listenerCount("readable") === 0) stream.resume();
    }
  }

  close(): void {
    for (const stream of [this.stdout, this.stderr]) stream.destroy();
  }

  check(exit: Exit, { check = false }: CheckOptions): void {
    if (!check || exit.code === 0) return;
    const how = exit.code === null ? `was ended by ${String(exit.signal)}` : `ended with code ${exit.code}`;
    throw new ExecError(`"${this.#command}" ${how}.`, exit);
  }
}

/** Node lets go of output that nobody reads yet when the process ends: here it stays until it is read. */
function kept(source: Readable | null): Readable {
  if (source === null) return Readable.from([]);
  // What fails in between destroys both ends, and shows where it is read.
  return pipeline(source, new PassThrough(), () => undefined);
}

const waitForExit = operation(function* exited(child: Child, options: CheckOptions) {
  child.drop();
  const exit = yield* child.exit();
  child.check(exit, options);
  return exit;
});

const readAll = operation(function* output(child: Child, options: CheckOptions) {
  const [stdout, stderr, exit] = yield* all([
    until(text(child.stdout)),
    until(text(child.stderr)),
    child.exit(),
  ]);
  const output = { ...exit, stdout, stderr };
  child.check(output, options);
  return output;
});

const feed = operation(function* feed(pipe: Writable, input: Input) {
  const fed = yield* attempt(write(pipe, input));
  // Not to read all of one's input is no mistake.
  if (!fed.ok && !["EPIPE", "ECONNRESET", "ERR_STREAM_DESTROYED"].some((code) => hasCode(fed.error, code))) {
    throw fed.error;
  }
});

const write = operation(function* write(pipe: Writable, input: Input) {
  const writer = yield* useWritable(pipe);
  if (typeof input === "string" || input instanceof Uint8Array) yield* writer.write(input);
  else yield* forEach(input, (chunk) => writer.write(chunk), { concurrency: 1 });
});

/** SIGTERM; and SIGKILL for what is left after the grace. */
const endOf = operation(function* end(child: Child) {
  if (child.isAlive()) {
    const latest = now() + child.graceMs;
    child.kill("SIGTERM");
    yield* timeout(child.graceMs, child.exit(), { otherwise: undefined });
    for (let ms = POLL_MS.first; child.isAlive() && now() < latest; ms *= 2) {
      yield* sleep(Math.min(ms, POLL_MS.longest, latest - now()));
    }
    child.kill("SIGKILL");
    yield* child.exit();
  }
  child.close();
});

function hasCode(error: unknown, code: string): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === code;
}
