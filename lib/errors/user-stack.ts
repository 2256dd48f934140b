/**
 * Where the stack traces of our own errors begin: in the code of whoever called us, not in ours.
 *
 * An error that is made amid a call from user code has that call on its stack: our frames on top are cut off. One
 * that is made by the scheduler, such as a timeout, has nothing of the user's on it; it is made without a stack and
 * takes one when it is thrown into the generator that waits for it. Either way nothing is done until an error is made.
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

/**
 * Whether an error of ours still waits for a place, or was placed, be it in user code or not. A private field that is
 * put on the error by the way constructors may return another object: invisible like an entry of a WeakMap, and
 * without what that costs to add and to collect.
 */
class Place extends Stamped {
  #state: "waits" | "taken" | "none" = "waits";

  static of(error: object): "waits" | "taken" | "none" {
    return #state in error ? error.#state : "none";
  }

  static set(error: object, state: "waits" | "taken" | "none"): void {
    if (#state in error) error.#state = state;
    else if (state !== "none") new Place(error).#state = state;
  }
}

/** How many frames engines take when nobody has asked for another number. */
const USUAL_LIMIT = 10;
/** How many do for an error of ours: the user's come first, then ours, and each costs as much as a trip or five. */
const ENOUGH = 5;

/** Makes an error that takes its stack where it is thrown into user code. */
export function unplacedError<E extends Error>(make: () => E): E {
  const error = withoutStack(make);
  if (Traced.captureStackTrace !== undefined) Place.set(error, "waits");
  return error;
}

/** Makes an error without taking a stack, where the engine lets us. */
export function withoutStack<E extends Error>(make: () => E): E {
  const limit = Traced.stackTraceLimit;
  setLimit(0);
  try {
    return make();
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
 * Gives an unplaced error the stack of the code into which it is about to be thrown; any other value passes through.
 *
 * @param thrower - our iterator whose `next` throws it: the stack begins with its caller
 */
export function placed(error: unknown, thrower: { readonly next: unknown }): unknown {
  if (typeof error !== "object" || error === null) return error;
  if (Place.of(error) !== "waits") return error;
  Place.set(error, "taken");
  const limit = Traced.stackTraceLimit;
  // Who wants more or fewer than usual gets them.
  if (limit === USUAL_LIMIT) setLimit(ENOUGH);
  Traced.captureStackTrace?.(error, thrower.next);
  if (limit === USUAL_LIMIT) setLimit(limit);
  return error;
}

/** Whether an error of ours has nothing of the user's on its stack. */
export function isWithoutPlace(error: Error): boolean {
  const place = Place.of(error);
  if (place === "waits") return true;
  const own = place === "none" ? null : ownFolder();
  if (own === null) return false;
  const first = String(error.stack)
    .split("\n")
    .find((line) => line.startsWith(FRAME));
  return first === undefined || isOwn(first, own);
}

/** Ends the waiting of an error that leaves without ever being thrown into user code: `lines` stand for its stack. */
export function placeAt(error: Error, lines: readonly string[]): void {
  Place.set(error, "none");
  error.stack = [`${error.name}: ${error.message}`, ...lines.map((line) => `${FRAME}${line}`)].join("\n");
}

/** Cuts our frames off the top of an error's stack; one with no other frames waits for a place. */
export function cutOwnFrames(error: Error): void {
  const own = ownFolder();
  const { stack } = error;
  if (own === null || typeof stack !== "string") return;
  const lines = stack.split("\n");
  const first = lines.findIndex((line) => line.startsWith(FRAME));
  if (first < 0) return;
  let users = first;
  while (users < lines.length && isOwn(lines[users] ?? "", own)) users++;
  if (users === first) return;
  if (lines.slice(users).some((line) => !isOwn(line, own) && !line.includes("node:"))) {
    lines.splice(first, users - first);
    error.stack = lines.join("\n");
  } else Place.set(error, "waits");
}

/** The frames of a stack that are the user's: what stands above our first ones, or all when there are none. */
export function userFrames(stack: string): string[] {
  const own = ownFolder();
  const frames = stack.split("\n").filter((line) => line.startsWith(FRAME));
  if (own === null) return frames;
  const from = frames.findIndex((line) => !isOwn(line, own));
  if (from < 0) return [];
  const to = frames.findIndex((line, i) => i > from && isOwn(line, own));
  return frames.slice(from, to < 0 ? undefined : to).filter((line) => !line.endsWith(".next (<anonymous>)"));
}

const FRAME = "    at ";
/** This file, or the one that the package's build has put it into, and the folder of all of ours. */
const OWN_FILE =
  /(?:\(|at )(?:async )?([^()]*[\\/])(?:errors[\\/]user-stack\.[cm]?[jt]s|coppice-[0-9A-Z]{8}\.js):/;
let folder: string | null | undefined;

function isOwn(line: string, own: string): boolean {
  return line.includes(own);
}

/** Our folder as it stands in stack traces; null when we are bundled with other code, and cannot be told from it. */
function ownFolder(): string | null {
  if (folder === undefined) {
    const line = new Error().stack?.split("\n").find((text) => text.startsWith(FRAME));
    folder = OWN_FILE.exec(line ?? "")?.[1] ?? null;
  }
  return folder;
}
