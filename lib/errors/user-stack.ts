/**
 * Where the stack traces of our own errors begin: in the code of whoever called us, not in ours.
 *
 * An error that is made amid a call from user code has that call on its stack: our frames on top are cut off, where
 * they can be told (own-frames.ts). One that is made by the scheduler, such as a timeout, has nothing of the user's on
 * it; it is made without a stack and takes one when it is thrown into the generator that waits for it. Either way
 * nothing is done until an error is made.
 */

// V8's additions to Error; elsewhere they are undefined, and stacks stay as the engine makes them.
const Traced = Error as unknown as {
  stackTraceLimit?: number;
  captureStackTrace?: (target: object, above?: unknown) => void;
};

// eslint-disable-next-line @typescript-eslint/no-extraneous-class -- its constructor is what it is for
class Stamped {
  constructor(object: object) {
    return object;
  }
}

/** How many frames engines take when nobody has asked for another number. */
const USUAL_LIMIT = 10;
/** How many do for an error of ours: the user's come first, then ours, and each costs as much as a trip or five. */
const ENOUGH = 5;

/**
 * How many frames an error of ours is to take that still waits for a place, or that it was placed, be it in user code
 * or not. A private field that is put on the error by the way constructors may return another object: invisible like an
 * entry of a WeakMap, and without what that costs to add and to collect.
 */
class Place extends Stamped {
  #frames: number | "taken" | "none" = ENOUGH;

  static of(error: object): number | "taken" | "none" {
    return #frames in error ? error.#frames : "none";
  }

  static set(error: object, frames: number | "taken" | "none"): void {
    if (#frames in error) error.#frames = frames;
    else if (frames !== "none") new Place(error).#frames = frames;
  }
}

/** What tells our frames from the user's. */
export interface FrameTeller {
  /** Cuts our frames off the top of an error's stack; false when it has no others. */
  cutOwn(error: Error): boolean;
  /** Whether a stack begins in our code. */
  beginsWithOwn(stack: string): boolean;
  /** Those of some frames that are the user's. */
  usersOf(frames: string[]): string[];
}

/** Null where nothing does. */
let teller: FrameTeller | null = null;

/** Says what tells our frames from the user's. */
export function tellFramesBy(given: FrameTeller): void {
  teller = given;
}

/** Makes an error that takes its stack where it is thrown into user code. */
export function unplacedError<E extends Error>(make: () => E): E {
  const error = withoutStack(make);
  if (Traced.captureStackTrace !== undefined) Place.set(error, ENOUGH);
  return error;
}

/** Whether an error still waits for its stack. */
export function isUnplaced(error: unknown): error is object {
  return typeof error === "object" && error !== null && typeof Place.of(error) === "number";
}

/**
 * Says how many generators delegate to one another where an unplaced error is about to be thrown: the frames beyond
 * them are ours, and need not be taken.
 */
export function limitPlace(error: object, generators: number): void {
  // Between two of them stands the engine's own `next`.
  if (generators > 0) Place.set(error, Math.min(ENOUGH, 2 * generators - 1));
}

/** Makes an error without taking a stack, where the engine lets us. */
export function withoutStack<E extends Error>(make: () => E): E {
  return withStackLimit(0, make);
}

/** Acts while stacks have a number of frames, where the engine lets us say so. */
export function withStackLimit<T>(frames: number, act: () => T): T {
  const limit = Traced.stackTraceLimit;
  setLimit(frames);
  try {
    return act();
  } finally {
    setLimit(limit);
  }
}

function setLimit(limit: number | undefined): void {
  if (limit === undefined || Traced.stackTraceLimit === undefined) return;
  try {
    Traced.stackTraceLimit = limit;
  } catch {
    // Frozen intrinsics: the limit stays what it is, before and after.
  }
}

/**
 * Throws an error into user code; one that is unplaced gets the stack of the code into which it is thrown.
 *
 * Throws itself, and does not leave that to who calls it, because a function that only ever throws stays with the
 * interpreter: V8 counts what a function runs where it returns. To capture a stack it passes all frames above, and
 * reading one of the interpreter's costs a fraction of reading one of optimized code.
 *
 * @param thrower - our iterator whose `next` throws it: the stack begins with its caller
 */
export function throwPlaced(error: unknown, thrower: { readonly next: unknown }): never {
  if (typeof error !== "object" || error === null) throw error;
  const frames = Place.of(error);
  if (typeof frames !== "number") throw error;
  Place.set(error, "taken");
  const limit = Traced.stackTraceLimit;
  // Who wants more or fewer than usual gets them.
  if (limit === USUAL_LIMIT) setLimit(frames);
  Traced.captureStackTrace?.(error, thrower.next);
  if (limit === USUAL_LIMIT) setLimit(limit);
  throw error;
}

/** Cuts our frames off the top of an error's stack; one with no other frames waits for a place. */
export function cutOwnFrames(error: Error): void {
  if (teller?.cutOwn(error) === false) Place.set(error, ENOUGH);
}

/** Whether it is an error of ours with nothing of the user's on its stack. Whatever else was thrown is not touched. */
export function isWithoutPlace(error: unknown): error is Error {
  if (typeof error !== "object" || error === null) return false;
  const place = Place.of(error);
  return (
    typeof place === "number" ||
    (place === "taken" && teller?.beginsWithOwn(String((error as Error).stack)) === true)
  );
}

/** Ends the waiting of an error that leaves without ever being thrown into user code: `lines` stand for its stack. */
export function placeAt(error: Error, lines: readonly string[]): void {
  Place.set(error, "none");
  error.stack = [`${error.name}: ${error.message}`, ...lines.map((line) => FRAME + line)].join("\n");
}

/** The frames of a stack that are the user's, or all where they cannot be told. */
export function userFrames(stack: string): string[] {
  const frames = stack.split("\n").filter(isFrame);
  return teller?.usersOf(frames) ?? frames;
}

const FRAME = "    at ";

/** Whether a line of a stack is a frame, and not of the message. */
export function isFrame(line: string): boolean {
  return line.startsWith(FRAME);
}
