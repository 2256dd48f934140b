import { misuse, show } from "../errors/index.js";
import { checkDuration, checkName, checkOptions, type Operation } from "../kernel/index.js";
import { resource, type Provide } from "../operations/index.js";
import { hold } from "./child-process.js";
import type { ExecOptions, Process } from "./process.js";

const GRACE_MS = 5_000;
const OPTIONS = ["cwd", "env", "input", "stdin", "stdout", "stderr", "grace"];

/**
 * Starts a command as a child process. No shell is involved: arguments are passed as they are. It belongs to the
 * current boundary: when that ends and the process has not, it gets SIGTERM and, after its grace, SIGKILL, and so do
 * the processes that it has started itself (its process group, where the system has such).
 *
 * Waits:   until it has been started; `exited` and `output` wait for its end.
 * Cancel:  ends the process as above.
 * Throws:  ExecError when it cannot be started, such as a command that is not there.
 * Model:   Trio run_process, asyncio.create_subprocess_exec.
 * Pitfall: a process whose output nobody reads waits when the pipe is full: call `output`, `exited`, or read it.
 *
 * @param command - a program, looked for in PATH
 * @example
 * const git = yield* exec("git", ["log", "--format=%H"]);
 * yield* forEach(linesIn(git.stdout), (hash) => check(hash), { concurrency: 1 });
 * yield* git.exited({ check: true });
 */
export function exec(
  command: string,
  args: readonly string[] = [],
  options: ExecOptions = {},
): Operation<Process> {
  checkName("exec()", "command", command);
  if (!Array.isArray(args)) {
    throw misuse(
      "EXEC_ARGUMENTS",
      `exec() needs a list of arguments, got ${show(args)}. Write ["-l", path].`,
    );
  }
  checkOptions("exec()", OPTIONS, options);
  const { grace = GRACE_MS } = options;
  checkDuration("exec", "grace", grace);
  const plan = { command, args, options, graceMs: grace };
  const body = (provide: Provide<Process>): Operation<void> => hold(plan, provide);
  Object.defineProperty(body, "name", { value: command });
  return resource(body);
}
