/**
 * The errors that Coppice itself makes. Each class stands for a situation a program can act on and has
 * a stable `code`; misuse is a `TypeError`, `RangeError` or `Error` with a code, made by `misuse`.
 * What was cancelled is no error inside the cancelled code (C2): `CancelledError` is only for those who
 * wait for it from outside (C9).
 */
import type { Cancellation } from "./cancellation.js";
import { cutOwnFrames } from "./user-stack.js";

/** Thrown into whoever waits for a task that somebody else cancelled (C9). */
export class CancelledError extends Error {
  override readonly name: string = "CancelledError";
  readonly code = "COPPICE_CANCELLED";
  /** Why the task was cancelled. */
  readonly cancellation: Cancellation;

  /** @param task - the name of the cancelled task */
  constructor(task: string, cancellation: Cancellation) {
    const { reason } = cancellation;
    super(
      `Task "${task}" was cancelled${because(cancellation)}.`,
      reason === undefined ? {} : { cause: reason },
    );
    this.cancellation = cancellation;
  }
}

function because({ kind, reason }: Cancellation): string {
  if (kind === "deadline") return ": its deadline passed";
  if (kind === "failure") return ": another task of its scope failed";
  if (kind === "scope-ended") return ": the scope it was spawned in ended";
  const text = textOf(reason);
  return text === "" ? "" : `: ${clip(text)}`;
}

/** A reason is the user's object: reading it may throw, and must not do so amid a step. */
function textOf(reason: unknown): string {
  try {
    const text: unknown = reason instanceof Error ? reason.message : reason;
    return typeof text === "string" ? text : "";
  } catch {
    return "";
  }
}

/** Thrown by `timeout` when time ran out, after the cleanup of what it cancelled (C11). */
export class TimeoutError extends Error {
  override readonly name: string = "TimeoutError";
  readonly code = "COPPICE_TIMEOUT";
}

/** Reported by a cancel whose cleanup outlived its grace, or that a generator would not obey (C7). */
export class CleanupError extends Error {
  override readonly name: string = "CleanupError";
  readonly code = "COPPICE_CLEANUP";
}

/** The error classes that misuse is reported with. */
type MisuseClass = new (message: string, options?: ErrorOptions) => Error;

/**
 * Makes the error for a mistake in the calling code (E5).
 *
 * @param code - stable; the text may change
 * @param message - what was attempted, on what, what was found, and what to write instead
 */
export function misuse(code: string, message: string, Class: MisuseClass = TypeError): Error {
  const error = Object.assign(new Class(message), { code: `COPPICE_${code}` });
  cutOwnFrames(error);
  return error;
}

/** Makes the error for a broken invariant of ours. */
export function internal(rule: string, message: string): Error {
  return misuse(
    "INTERNAL",
    `Internal error ${rule}: ${message}. Please report this with the stack trace.`,
    Error,
  );
}

const LONGEST = 80;

/** Cuts a text to a length that fits a message, and keeps control characters out of it. */
export function clip(text: string, longest = LONGEST): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is taken out
  const plain = text.replace(/[\u0000-\u001f\u007f-\u009f]/g, " ");
  return plain.length > longest ? `${plain.slice(0, longest - 1)}…` : plain;
}

/** Shows a value in a short and safe form: its type, never the content of an object. */
export function show(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "string") return `the string "${clip(value, 40)}"`;
  if (typeof value === "function")
    return value.name === "" ? "a function" : `the function "${clip(value.name, 40)}"`;
  if (typeof value !== "object")
    return `the ${typeof value} ${clip((value as number | bigint | boolean | symbol).toString(), 40)}`;
  return showObject(value);
}

function showObject(value: object): string {
  try {
    if (Array.isArray(value)) return "an array";
    if (value instanceof Promise) return "a Promise";
    const tag = Object.prototype.toString.call(value).slice(8, -1);
    if (tag !== "Object") return `a ${clip(tag, 40)}`;
    // Ours are iterable and refuse to be awaited.
    const isOurs = Symbol.iterator in value && "then" in value;
    return isOurs ? "an operation" : `an object of class ${clip(className(value), 40)}`;
  } catch {
    return "an object";
  }
}

function className(value: object): string {
  const { constructor } = value;
  return typeof constructor === "function" ? constructor.name : "Object";
}

/** The error for an operation that was advanced by calling `next()` on it (E5). */
export function byHandError(): Error {
  return misuse(
    "BY_HAND",
    "An operation was advanced by hand. Only `yield*` runs operations: use `yield* operation`.",
  );
}
