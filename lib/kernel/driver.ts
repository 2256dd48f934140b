/** What runs in a frame, and how it comes from what a user passed. */
import { misuse, show } from "../errors/index.js";

/** What drives a frame: a generator, or one of the kernel's own stand-ins for it. */
export interface Driver {
  next(sent?: unknown): IteratorResult<unknown, unknown>;
  return?(value?: unknown): IteratorResult<unknown, unknown>;
  throw?(error?: unknown): IteratorResult<unknown, unknown>;
}

/** A call of a function that is to be made in a frame. */
export class Call {
  constructor(
    readonly fn: (...args: never[]) => unknown,
    readonly args: readonly unknown[],
  ) {}
}

/** What a frame runs. */
export interface Runnable {
  source: Source;
  args: readonly unknown[] | null;
  readonly kind: object | null;
}

/** The source of a frame's generator: a function with its arguments, or an operation when `args` is null. */
export type Source = unknown;

/** Makes the generator of a frame. Throws what the function throws, and for what is no operation. */
export function makeDriver(frame: Runnable): Driver {
  const { source, args } = frame;
  // Sources are checked where they come in; a function may still return anything.
  let made: unknown = args === null ? source : call(source as AnyFunction, args);
  if (made instanceof Call && frame.kind === null) {
    // A frame whose function only calls an operation is the frame of that call: one in it would be one too many.
    frame.source = made.fn;
    frame.args = made.args;
    made = call(made.fn as AnyFunction, made.args);
  }
  if (typeof made === "object" && made !== null) {
    if (typeof (made as Partial<Driver>).next === "function") return made as Driver;
    if (Symbol.iterator in made) return (made as { [Symbol.iterator](): Driver })[Symbol.iterator]();
  }
  const name = nameOf(source);
  const hint = made instanceof Promise ? ` Use call(${name}) or a function*.` : " Write a function*.";
  throw misuse("NOT_AN_OPERATION", `"${name}" returned ${show(made)}, which is not an operation.${hint}`);
}

type AnyFunction = (...args: readonly unknown[]) => unknown;

/** Spreading a list of arguments costs more than the call itself; most lists are short. */
function call(fn: AnyFunction, args: readonly unknown[]): unknown {
  if (args.length === 0) return fn();
  if (args.length === 1) return fn(args[0]);
  if (args.length === 2) return fn(args[0], args[1]);
  return fn(...args);
}

export function nameOf(source: Source): string {
  if (typeof source === "function" || (typeof source === "object" && source !== null)) {
    const { name } = source as { name?: unknown };
    if (typeof name === "string" && name !== "") return name.length > 200 ? name.slice(0, 200) : name;
  }
  return "anonymous";
}
