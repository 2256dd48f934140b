import { misuse, wrongNumber } from "../errors/index.js";
import {
  checkDuration,
  checkOperable,
  checkOptions,
  nameOf,
  registering,
  type Operable,
  type Operation,
} from "../kernel/index.js";
import { Program } from "./program.js";

/** How to run a program. */
export interface MainOptions {
  /** How long cleanup may take after a signal, `exit` or a stall, in ms; 10 s when left out. */
  readonly grace?: number;
  /** For messages; the operation's own name when left out. */
  readonly name?: string;
}

const GRACE_MS = 10_000;

/** A process has one program. */
let program: Program | null = null;

/**
 * Runs an operation as the program, and ends the process when it has ended: with 0, with 1 after an error, which is
 * printed, or with the code given to `exit`.
 *
 * Cancel:  SIGINT and SIGTERM cancel the operation with a `ProcessSignal` as the reason; the exit code is 128 and the
 *          signal's number. A second signal, or the end of the grace, cancels cleanup too and prints who would not stop.
 * Throws:  Error when a program runs already; TypeError when `op` is no operation.
 * Model:   asyncio.run and Trio.run with a signal handler, Effection main.
 * Pitfall: an operation that waits for what can never come ends with code 13, and the tree of tasks is printed: Node
 *          alone would exit with 0 and say nothing.
 *
 * @param op - the program
 * @param options - `grace`: time for cleanup in ms; `name`
 * @example
 * await main(function* () {
 *   const server = yield* useServer(8080);
 *   yield* suspend();
 * });
 */
export async function main(op: Operable<unknown>, options: MainOptions = {}): Promise<never> {
  checkOperable("main", op);
  checkOptions("main()", ["grace", "name"], options);
  const { grace = GRACE_MS, name = nameOfProgram(op) } = options;
  checkDuration("main", "grace", grace);
  if (program !== null) {
    throw misuse(
      "MAIN",
      "main() was called while a program is running. Use spawn() or run() inside it.",
      Error,
    );
  }
  program = new Program(grace);
  const code = await program.run(op, name);
  await flushed(process.stdout);
  await flushed(process.stderr);
  process.exit(code);
}

function nameOfProgram(op: Operable<unknown>): string {
  const name = nameOf(op);
  return name === "anonymous" ? "main" : name;
}

/** Pipes are written asynchronously on some systems, and the end of the process would cut them off. */
async function flushed(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.destroyed || stream.writableLength === 0) return;
  await new Promise<void>((resolve) => {
    stream.write("", () => {
      resolve();
    });
  });
}

/**
 * Ends the program from inside: cancels the operation of `main`, and ends the process when its cleanup is done.
 *
 * Waits:   never: the cancellation lands here.
 * Throws:  Error outside of `main`; RangeError for what is no exit code.
 * Pitfall: in cleanup, and in a task that is not below `main`'s, it requests the end and goes on.
 *
 * @param code - 0 to 255; 0 when left out. The first request decides
 * @example if (config === undefined) yield* exit(2);
 */
export function exit(code = 0): Operation<never> {
  if (!Number.isInteger(code) || code < 0 || code > 255) {
    throw wrongNumber("EXIT_CODE", "exit() needs a whole number from 0 to 255", code);
  }
  const stop = registering(() => {
    if (program === null) {
      throw misuse(
        "NO_MAIN",
        "exit() was used in a program that main() does not run. Run it with main().",
        Error,
      );
    }
    program.stop(code, `exit(${code})`);
  });
  // The cancellation lands at the end of the registration; where it is held off, its caller gets nothing.
  return stop as Operation<never>;
}
