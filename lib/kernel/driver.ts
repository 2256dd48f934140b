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
  /**
   * @param count - how many arguments there are
   * @param all - the arguments, where they are more than two: a list costs more than the call itself
   */
  constructor(
    readonly fn: AnyFunction,
    private readonly count: number,
    private readonly first?: unknown,
    private readonly second?: unknown,
    private readonly all: readonly unknown[] | null = null,
  ) {}

  get name(): string {
    return this.fn.name;
  }

  make(): unknown {
    // What the function takes was checked where the arguments came in.
    const fn = this.fn as (...args: readonly unknown[]) => unknown;
    if (this.all !== null) return fn(...this.all);
    if (this.count === 0) return fn();
    return this.count === 1 ? fn(this.first) : fn(this.first, this.second);
  }
}

export type AnyFunction = (...args: never[]) => unknown;

/** The source of a frame's generator: a call, a function to call without arguments, or an operation. */
export type Source = unknown;

/** What a frame runs. */
export interface Runnable {
  source: Source;
  readonly kind: object | null;
}

/** Makes the generator of a frame. Throws what the function throws, and for what is no operation. */
export function makeDriver(frame: Runnable): Driver {
  const { source } = frame;
  // Sources are checked where they come in; a function may still return anything.
  let made = callOf(frame, source);
  // A frame whose function only calls an operation is the frame of that call: one in it would be one too many.
  if (made instanceof Call && frame.kind === null) made = callOf(frame, made);
  if (isDriver(made)) return made;
  if (typeof made === "object" && made !== null && Symbol.iterator in made)
    made = (made as { [Symbol.iterator](): unknown })[Symbol.iterator]();
  if (isDriver(made)) return made;
  const name = nameOf(source);
  const hint = made instanceof Promise ? ` Use call(${name}) or a function*.` : " Write a function*.";
  throw misuse("NOT_AN_OPERATION", `"${name}" returned ${show(made)}, which is not an operation.${hint}`);
}

function isDriver(made: unknown): made is Driver {
  return typeof (made as Partial<Driver> | null | undefined)?.next === "function";
}

function callOf(frame: Runnable, source: Source): unknown {
  if (source instanceof Call) {
    // The arguments may be large, and the frame may be kept for long; the function still names it.
    frame.source = source.fn;
    return source.make();
  }
  return typeof source === "function" ? (source as () => unknown)() : source;
}

export function nameOf(source: Source): string {
  if (typeof source === "function" || (typeof source === "object" && source !== null)) {
    try {
      const { name } = source as { name?: unknown };
      if (typeof name === "string" && name !== "") return name.length > 200 ? name.slice(0, 200) : name;
    } catch {
      // A getter of the user's: as good as no name.
    }
  }
  return "anonymous";
}
