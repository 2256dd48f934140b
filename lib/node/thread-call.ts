/** What the two sides of a call into another thread say to each other. */
import type { MessagePort } from "node:worker_threads";
import type { ErrorRecord } from "./thread-errors.js";

/** What the pool hands to the thread. */
export interface ThreadCall {
  /** The address of the module. */
  readonly module: string;
  /** The name of the exported function. */
  readonly name: string;
  readonly args: readonly unknown[];
  readonly port: MessagePort;
}

/** From the thread: the function is about to be called. */
export interface Begun {
  readonly threadId: number;
}

/** To the thread: the caller was cancelled. */
export interface Cancelled {
  readonly reason: ErrorRecord;
}

/** What the thread gives back when the function failed; a value is given back as it is, so that it can be transferred. */
export interface Failed {
  readonly [FAILURE]: ErrorRecord;
  /** It is no more than the cancellation itself. */
  readonly isEcho: boolean;
}

/** No symbol: those cannot be cloned. */
export const FAILURE = "coppice:thread:failure";
