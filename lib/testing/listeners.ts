/**
 * Listeners that code under test adds by itself and leaves on something that outlives it. While something is tracked,
 * additions to emitters and event targets are noted, with the line of the caller; nothing else changes for them.
 *
 * What goes with the operation is no leftover: a target that can be collected by then is forgotten. So a finding needs
 * an engine that collects on demand and tells about listeners, as Node does; elsewhere there are none.
 */
import { isOwn, show } from "../errors/index.js";
import { shorten } from "../kernel/index.js";

type Listener = object;

/** An addition, which keeps nothing alive. */
interface Addition {
  readonly target: WeakRef<object>;
  readonly listener: WeakRef<Listener>;
  readonly type: string | symbol;
  readonly place: string;
}

interface Events {
  readonly EventEmitter: { readonly prototype: object };
  getEventListeners(target: object, type: string | symbol): readonly unknown[];
}

interface Surroundings {
  process?: { getBuiltinModule?: (name: string) => unknown };
  EventTarget?: { readonly prototype: object };
}

const surroundings = globalThis as Surroundings;

function builtin(name: string): unknown {
  return surroundings.process?.getBuiltinModule?.(name);
}

// What Node's own documentation says of its modules.
const events = builtin("node:events") as Events | undefined;

/** How often, and how far apart in ms, a target gets the chance to go: handles of the host take a moment to close. */
const CHANCES = 3;
const CHANCE_MS = 10;

/** What one tracked piece of work has added. */
export class Additions {
  #all: Addition[] = [];
  /** Lines whose listeners were seen to go with their targets: in later runs that is not looked at again. */
  readonly #harmless = new Set<string>();
  /** Lines of which it was seen that their targets live on. */
  readonly #harmful = new Set<string>();

  add(target: object, type: string | symbol, listener: Listener, place: string): void {
    if (this.#harmless.has(place)) return;
    this.#all.push({ target: new WeakRef(target), listener: new WeakRef(listener), type, place });
  }

  reset(): void {
    if (this.#all.length > 0) this.#all = [];
  }

  /**
   * One line for each listener that is left.
   *
   * @param pause - lets some real time pass: what was looked at stays alive until then
   * @param known - targets that are looked after otherwise
   */
  async findings(pause: (ms: number) => Promise<void>, known: readonly object[]): Promise<string[]> {
    const isOther = (addition: Addition): boolean =>
      !known.some((target) => target === addition.target.deref());
    const suspects = this.#all.filter((addition) => isLeft(addition) && isOther(addition));
    this.#all = [];
    const convicted = suspects.filter(({ place }) => this.#harmful.has(place));
    if (convicted.length > 0) return convicted.map(describe);
    let left = suspects;
    for (let i = 0; i < CHANCES && left.length > 0; i++) {
      await pause(i === 0 ? 0 : CHANCE_MS);
      if (!collect()) return [];
      left = left.filter(isLeft);
    }
    for (const suspect of suspects) {
      (left.includes(suspect) ? this.#harmful : this.#harmless).add(suspect.place);
    }
    return left.map(describe);
  }
}

function isLeft({ target, listener, type }: Addition): boolean {
  const [on, it] = [target.deref(), listener.deref()];
  return on !== undefined && it !== undefined && events?.getEventListeners(on, type).includes(it) === true;
}

function describe({ target, type, place }: Addition): string {
  const on = target.deref();
  const what = on === undefined ? "an object" : show(on);
  return `listener of "${String(type)}" on ${what} that lives on, added at ${shorten(place)}`;
}

let collector: (() => void) | null | undefined;

/** Collects what nobody holds any more; false where that cannot be asked for. */
function collect(): boolean {
  if (collector === undefined) collector = findCollector();
  collector?.();
  return collector !== null;
}

function findCollector(): (() => void) | null {
  try {
    const v8 = builtin("node:v8") as { setFlagsFromString(flags: string): void } | undefined;
    const vm = builtin("node:vm") as { runInNewContext(code: string): unknown } | undefined;
    v8?.setFlagsFromString("--expose-gc");
    const gc = vm?.runInNewContext("gc");
    return typeof gc === "function" ? (gc as () => void) : null;
  } catch {
    return null;
  }
}

const ADDING: readonly (readonly [prototype: object | undefined, methods: readonly string[]])[] = [
  [events?.EventEmitter.prototype, ["on", "addListener", "once", "prependListener", "prependOnceListener"]],
  [surroundings.EventTarget?.prototype, ["addEventListener"]],
];

type Method = (
  this: object,
  type: string | symbol,
  listener: unknown,
  ...others: readonly unknown[]
) => unknown;

/** Starts to note additions; gives what stops that. */
export function noteAdditions(current: () => Additions | undefined): () => void {
  const undo = ADDING.flatMap(([prototype, methods]) =>
    prototype === undefined ? [] : methods.map((name) => wrap(prototype, name, current)),
  );
  return () => {
    for (const one of undo) one();
  };
}

function wrap(prototype: object, name: string, current: () => Additions | undefined): () => void {
  // A prototype of Node's or of the platform, with methods of this form.
  const methods = prototype as Record<string, Method>;
  const original = methods[name];
  if (original === undefined) return () => undefined;
  const noting: Method = function (type, listener, ...others) {
    const result = original.call(this, type, listener, ...others);
    const additions = current();
    if (additions !== undefined && typeof listener === "function") {
      const place = callerOf(noting);
      if (place !== undefined) additions.add(this, type, listener, place);
    }
    return result;
  };
  Object.defineProperty(noting, "name", { value: name });
  const before = Object.getOwnPropertyDescriptor(prototype, name);
  Object.defineProperty(prototype, name, { ...before, value: noting });
  return () => {
    // Somebody may have wrapped it once more since.
    if (methods[name] === noting && before !== undefined) Object.defineProperty(prototype, name, before);
  };
}

/** Where a function was called, if that is code of the user's own; not the platform's, nor a package's. */
function callerOf(fn: Method): string | undefined {
  const holder: { stack?: string } = {};
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 1;
  Error.captureStackTrace(holder, fn);
  const line = holder.stack?.split("\n")[1] ?? "";
  Error.stackTraceLimit = stackTraceLimit;
  const place = /(?:\(|at )((?:file:\/\/|\/|[A-Za-z]:[\\/])[^()]*:\d+:\d+)\)?$/.exec(line)?.[1];
  return place === undefined || place.includes("/node_modules/") || isOwn(place) ? undefined : place;
}
