import type { Readable } from "node:stream";
import type { Writer } from "../bridges/index.js";
import type { Operation } from "../kernel/index.js";

/** What a process reads. */
export type Input = string | Uint8Array | AsyncIterable<string | Uint8Array>;

/** How to run a command. */
export interface ExecOptions {
  /** The folder to run it in; that of this process when left out. */
  readonly cwd?: string | URL;
  /** Its environment; that of this process when left out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What it reads; its input ends after that. */
  readonly input?: Input;
  /** Where it reads from when there is no `input`: nothing, when left out; `"pipe"` is written to by `process.stdin`. */
  readonly stdin?: "ignore" | "inherit" | "pipe";
  /** Where its output goes: to `process.stdout`, when left out. */
  readonly stdout?: "pipe" | "inherit" | "ignore";
  /** Where its error output goes: to `process.stderr`, when left out. */
  readonly stderr?: "pipe" | "inherit" | "ignore";
  /** How long it may take to end after SIGTERM before it gets SIGKILL, in ms; 5 s when left out. */
  readonly grace?: number;
}

/** How a process ended. */
export interface Exit {
  /** Its exit code, or null when a signal ended it. */
  readonly code: number | null;
  /** The signal that ended it, or null. */
  readonly signal: NodeJS.Signals | null;
}

/** How a process ended, and what it printed. */
export interface ExecOutput extends Exit {
  readonly stdout: string;
  readonly stderr: string;
}

/** What to do about how it ended. */
export interface CheckOptions {
  /** Throws an `ExecError` unless the exit code is 0. */
  readonly check?: boolean;
}

/** A running command; ended with the boundary that started it. */
export interface Process {
  readonly pid: number;
  /** Its input, with `stdin: "pipe"`. */
  readonly stdin: Writer<string | Uint8Array>;
  /** Its output as it comes; it waits while nobody reads. Empty when it goes elsewhere. */
  readonly stdout: Readable;
  /** The same for its error output. */
  readonly stderr: Readable;
  /**
   * Waits until it has ended. Output that nobody has begun to read by then is dropped, or it might never end.
   *
   * Throws:  ExecError with `check`, unless the exit code is 0.
   */
  exited(options?: CheckOptions): Operation<Exit>;
  /**
   * Reads all its output as text, and waits until it has ended.
   *
   * Throws:  ExecError with `check`, unless the exit code is 0.
   */
  output(options?: CheckOptions): Operation<ExecOutput>;
  /** Sends a signal to it and what it has started; SIGTERM when left out. A plain call; without effect when it has ended. */
  kill(signal?: NodeJS.Signals): void;
}

/** Thrown for a command that could not be started, or that failed and was to be checked. */
export class ExecError extends Error {
  override readonly name: string = "ExecError";
  readonly code = "COPPICE_EXEC";
  /** How it ended; undefined when it could not be started. */
  readonly exit: Exit | ExecOutput | undefined;

  constructor(message: string, exit: Exit | undefined, options?: ErrorOptions) {
    super(message, options);
    this.exit = exit;
  }
}
