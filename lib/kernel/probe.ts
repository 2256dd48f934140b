/**
 * The probe (O2): where a parked task stands, without running any of its code. `next(PROBE)` on the outermost
 * generator passes straight down the chain of `yield*` to an iterator of ours, which answers `answer()`.
 * Every generator on the way reads the answer's `done` once, so their number is known even where the engine
 * gives no stack; where it does, the stack taken at the end of the chain holds every generator's position.
 * Must hold: the probed generator is suspended in a `yield*` that ends in an iterator of ours.
 */
import { withStackLimit } from "../errors/index.js";

/**
 * Sent into a generator in place of a value; only iterators of ours ever see it. Where it is looked for in every step,
 * `undefined` is ruled out first: V8 compares it with a symbol by a call.
 */
export const PROBE: unique symbol = Symbol("coppice.probe");

/** The positions of the generators of a chain, outermost first. */
export interface Trail {
  /** How many generators delegate to one another. */
  readonly depth: number;
  /** A position per generator that can be compared and, through `at`, read; empty without stacks. */
  readonly positions: readonly string[];
  /** The same as `file:line:column`. */
  readonly at: readonly string[];
}

interface Probed {
  next(sent: unknown): unknown;
}

interface Probe {
  depth: number;
  stack: { stack?: unknown } | undefined;
  readonly wantsStack: boolean;
}

/** The probe that is under way. */
let current: Probe | null = null;

/** True while a probe is under way: a foreign iterator in the chain may not pass PROBE on. */
export function probing(): boolean {
  return current !== null;
}

const counter = {
  get done(): boolean {
    if (current !== null) current.depth++;
    return false;
  },
  value: undefined,
};

/**
 * What an iterator of ours answers to PROBE, from its own `next`: `OURS` counts on that, and on no tail call.
 */
export function answer(): IteratorYieldResult<never> {
  if (current?.wantsStack === true) current.stack = capture();
  // The chain reads `done` only; the value is never looked at.
  return counter as unknown as IteratorYieldResult<never>;
}

/** A trail that was taken and not read yet: reading costs more than taking. */
export interface Mark {
  readonly depth: number;
  readonly stack: { stack?: unknown } | undefined;
}

function probe(parked: Probed, taken: Probe): Mark {
  current = taken;
  try {
    parked.next(PROBE);
  } finally {
    current = null;
  }
  return taken;
}

/** Counts the generators in a parked chain. */
export function chainDepth(parked: Probed): number {
  counted.depth = 0;
  return probe(parked, counted).depth;
}

/** One for all counts, of which there is one for each task that is cancelled: nobody keeps it, as a mark is kept. */
const counted: Probe = { depth: 0, stack: undefined, wantsStack: false };

/** Takes the positions of all generators in a parked chain. */
export function mark(parked: Probed, length = chainDepth(parked)): Mark {
  // On top stand `capture`, `answer` and our iterator's `next`; then the generators, with a built-in behind each.
  return withStackLimit(MOST_OURS + 2 * length, () =>
    probe(parked, { depth: 0, stack: undefined, wantsStack: true }),
  );
}

/** Reads the positions that were taken, for comparing. */
export function readTrail({ depth, stack }: Mark): Trail {
  const frames = inChain(depth, stack === undefined ? [] : readFrames(stack));
  const known = frames.length < depth ? [] : frames;
  return { depth, positions: known.map((frame) => frame.position), at: known.map((frame) => frame.at) };
}

/** The frames of the generators, outermost first. */
function inChain(length: number, frames: StackFrame[]): StackFrame[] {
  const first = frames.length === 0 ? 0 : oursOnTop();
  return frames.slice(first, first + length).reverse();
}

/** The positions of all generators in a parked chain. */
export function trailOf(parked: Probed): Trail {
  return readTrail(mark(parked));
}

/**
 * Where the generators of a parked chain stand, for people to read: `file:line:column`, outermost first, of the source
 * where source maps are at work. Not for comparing: two positions of the code may be one of the source.
 */
export function placesOf(parked: Probed): readonly string[] {
  const { depth, stack } = mark(parked);
  return inChain(depth, parse(stack?.stack)).map(({ at }) => at);
}

/** An override of `next` answers by itself: with one call more every position would be one of ours. */
const OURS = 3;
/** Room for what a build adds. */
const MOST_OURS = 8;

let known = 0;

/**
 * How many frames of ours stand on top of a captured stack. A minifier may have inlined one, so it is measured, once:
 * two generators at different places have the same frames above them.
 */
function oursOnTop(): number {
  if (known === 0) {
    const [one = [], other = []] = [here(), there()].map(framesAbove);
    const at = one.findIndex(({ position }, i) => position !== other[i]?.position);
    known = at <= 0 ? OURS : at;
  }
  return known;
}

function framesAbove(sample: Generator<unknown>): StackFrame[] {
  sample.next();
  const { stack } = mark(sample, 1);
  return stack === undefined ? [] : readFrames(stack);
}

/** Answers to PROBE the way our waits do. */
const sample = {
  [Symbol.iterator]: (): Iterator<unknown> => sample,
  next(sent?: unknown): IteratorResult<unknown> {
    if (sent === PROBE) {
      const reply = answer();
      return reply;
    }
    return { done: false, value: undefined };
  },
};

function* here(): Generator<unknown> {
  yield* sample;
}

function* there(): Generator<unknown> {
  yield* sample;
}

interface StackFrame {
  readonly position: string;
  readonly at: string;
}

interface CallSite {
  getFileName(): string | null;
  getLineNumber(): number | null;
  getColumnNumber(): number | null;
  getPosition?(): number;
}

// V8's additions to Error; elsewhere they are undefined.
const V8Error = Error as unknown as {
  prepareStackTrace?: unknown;
  captureStackTrace?: (target: object) => void;
};

function capture(): { stack?: unknown } {
  const holder: { stack?: unknown } = {};
  if (V8Error.captureStackTrace) V8Error.captureStackTrace(holder);
  else holder.stack = new Error().stack;
  return holder;
}

/** Reads a captured stack, from V8's own positions where there are any: source maps may fold two into one. */
function readFrames(holder: { stack?: unknown }): StackFrame[] {
  if (V8Error.captureStackTrace === undefined) return parse(holder.stack);
  const before = V8Error.prepareStackTrace;
  try {
    V8Error.prepareStackTrace = (_: unknown, sites: CallSite[]) => sites;
  } catch {
    return parse(holder.stack);
  }
  const { stack } = holder;
  V8Error.prepareStackTrace = before;
  return Array.isArray(stack) ? (stack as CallSite[]).flatMap(fromSite) : parse(stack);
}

function fromSite(site: CallSite): StackFrame[] {
  const line = site.getLineNumber();
  if (line === null) return []; // a built-in, such as Generator.prototype.next
  const file = site.getFileName() ?? "";
  const column = site.getColumnNumber() ?? 0;
  return [
    { position: `${file}@${site.getPosition?.() ?? `${line}:${column}`}`, at: `${file}:${line}:${column}` },
  ];
}

function parse(stack: unknown): StackFrame[] {
  if (typeof stack !== "string") return [];
  return stack.split("\n").flatMap((line) => {
    const at = /([^\s(@]*:\d+:\d+)\)?$/.exec(line)?.[1];
    return at === undefined ? [] : [{ position: at, at }];
  });
}
