/** The public face of "coppice/node". Importing it lets tasks keep the stores of AsyncLocalStorage. */
/// <reference types="node" preserve="true" />
import { keepAsyncContext } from "./async-context.js";

keepAsyncContext();

export { withStore } from "./async-context.js";
export { exit, main, type MainOptions } from "./main.js";
export { ProcessSignal, Stalled } from "./program.js";
