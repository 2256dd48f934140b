/** The public face of "coppice/node". Importing it lets tasks keep the stores of AsyncLocalStorage. */
/// <reference types="node" preserve="true" />
import { keepAsyncContext } from "./async-context.js";

keepAsyncContext();

export { withStore } from "./async-context.js";
export { exit, main, type MainOptions } from "./main.js";
export { ProcessSignal, Stalled } from "./program.js";
export { toThread, type ThreadOptions } from "./to-thread.js";
export type { ErrorClasses } from "./thread-errors.js";
export { exec } from "./exec.js";
export { linesIn } from "./lines.js";
export {
  ExecError,
  type CheckOptions,
  type ExecOptions,
  type ExecOutput,
  type Exit,
  type Input,
  type Process,
} from "./process.js";
export { useWritable, type WritableOptions } from "./writable.js";
