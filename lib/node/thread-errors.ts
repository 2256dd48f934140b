/**
 * Errors on their way between threads. Structured cloning keeps the class of built-in errors only, and no properties;
 * here an error travels as a record, and is made anew on the other side with its class, where that is known there.
 */
import { types } from "node:util";
import { ExceptionGroup } from "../errors/index.js";
import { CancelledError, CleanupError, TimeoutError } from "../kernel/index.js";
import { QueueShutDown } from "../streams/index.js";

/** The classes of errors that a caller wants to see again as such. */
export type ErrorClasses = readonly (abstract new (...args: never[]) => Error)[];

/** An error, or anything else that was thrown, in a form that can be cloned. */
export interface ErrorRecord {
  /** Set for what is no error: it travels as it is. */
  readonly value?: unknown;
  readonly className?: string;
  readonly message?: string;
  readonly stack?: string | undefined;
  /** Other own properties, as far as they can be cloned. */
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly cause?: ErrorRecord;
  readonly errors?: readonly ErrorRecord[];
}

/** How deep causes and groups go. */
const DEEPEST = 8;
const BUILT_IN: ErrorClasses = [
  Error,
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  EvalError,
  URIError,
  AggregateError,
];
const OURS: ErrorClasses = [CancelledError, CleanupError, ExceptionGroup, TimeoutError, QueueShutDown];
const OWN = ["message", "stack", "cause", "errors"];

export function recordError(thrown: unknown, depth = 0): ErrorRecord {
  if (!isError(thrown)) return { value: isCloneable(thrown) ? thrown : String(thrown) };
  const { message, stack, cause } = thrown;
  const { errors } = thrown as { errors?: unknown };
  const isDeep = depth >= DEEPEST;
  return {
    className: thrown.constructor.name,
    message,
    stack,
    // A DOMException has its name on the prototype.
    properties: thrown instanceof DOMException ? { name: thrown.name } : propertiesOf(thrown),
    ...(cause === undefined || isDeep ? {} : { cause: recordError(cause, depth + 1) }),
    ...(Array.isArray(errors) && !isDeep
      ? { errors: errors.map((each) => recordError(each, depth + 1)) }
      : {}),
  };
}

/** Also of another realm, which has classes of its own. */
function isError(thrown: unknown): thrown is Error {
  return thrown instanceof Error || types.isNativeError(thrown);
}

function propertiesOf(error: Error): Record<string, unknown> {
  const entries = Object.entries(error).filter(([key, value]) => !OWN.includes(key) && isCloneable(value));
  return Object.fromEntries(entries);
}

function isCloneable(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}

/** @param classes - known beside the built-in ones and ours */
export function reviveError(record: ErrorRecord, classes: ErrorClasses = []): unknown {
  const { className, message, stack, properties, cause, errors } = record;
  if (className === undefined) return record.value;
  if (className === "DOMException") return reviveDomException(record);
  const Class = [...classes, ...OURS, ...BUILT_IN].find(({ name }) => name === className);
  // Made as an error, so that engines and tools take it for one; then given its class, whose constructor is unknown.
  const error = new Error(message, cause === undefined ? undefined : { cause: reviveError(cause, classes) });
  if (Class !== undefined) Object.setPrototypeOf(error, Class.prototype as object);
  else define(error, "name", className);
  if (errors !== undefined)
    define(
      error,
      "errors",
      errors.map((each) => reviveError(each, classes)),
    );
  for (const [key, value] of Object.entries(properties ?? {})) {
    if (key !== "__proto__") error[key as keyof Error] = value as never;
  }
  define(error, "stack", stack);
  return error;
}

function reviveDomException({ message, properties, stack }: ErrorRecord): unknown {
  const name = properties?.["name"];
  const error = new DOMException(message, typeof name === "string" ? name : "Error");
  define(error, "stack", stack);
  return error;
}

function define(error: object, key: string, value: unknown): void {
  Object.defineProperty(error, key, { value, configurable: true, writable: true, enumerable: false });
}
