/**
 * Things that have to look after a test as they did before: emitters and targets by their listeners, coordination
 * objects and anything else by their public numbers and flags (`waiting`, `free`, `size`, `isLocked` …).
 */
import { clip, show } from "../errors/index.js";

/** How a thing looks: a value for everything that can be counted on it. */
type Look = ReadonlyMap<string, number | boolean>;

export class Watched {
  readonly #before: readonly Look[];

  constructor(private readonly things: readonly object[]) {
    this.#before = things.map(lookAt);
  }

  /** One line for everything that looks different. */
  findings(): string[] {
    return this.things.flatMap((thing, i) =>
      differences(nameOf(thing), this.#before[i] ?? new Map(), lookAt(thing)),
    );
  }
}

function differences(name: string, before: Look, after: Look): string[] {
  const keys = new Set([...before.keys(), ...after.keys()]);
  return [...keys].flatMap((key) => {
    const [was, is] = [before.get(key) ?? 0, after.get(key) ?? 0];
    return was === is ? [] : [`${name}: ${key} was ${was} before, and is ${is} now`];
  });
}

function nameOf(thing: object): string {
  const { name } = thing as { name?: unknown };
  return typeof name === "string" && name !== "" ? `${thing.constructor.name} "${clip(name)}"` : show(thing);
}

function lookAt(thing: object): Look {
  return isEmitter(thing) ? lookAtEmitter(thing) : (lookAtTarget(thing) ?? lookAtNumbers(thing));
}

interface Emitter {
  eventNames(): (string | symbol)[];
  listenerCount(name: string | symbol): number;
}

function isEmitter(thing: object): thing is Emitter {
  return "eventNames" in thing && "listenerCount" in thing;
}

function lookAtEmitter(emitter: Emitter): Look {
  return new Map(
    emitter.eventNames().map((name) => [`listeners of ${clip(String(name))}`, emitter.listenerCount(name)]),
  );
}

/** Node keeps the listeners of an EventTarget under a symbol of its own; elsewhere they cannot be counted. */
function lookAtTarget(target: object): Look | undefined {
  const symbol = Object.getOwnPropertySymbols(target).find((s) => s.description === "kEvents");
  if (symbol === undefined) return undefined;
  // A Map from type to a list with its size, of a realm that need not be ours.
  const events = (target as Record<symbol, Iterable<[unknown, { size?: unknown }]> | undefined>)[symbol];
  const look = new Map<string, number>();
  for (const [type, { size }] of events ?? []) {
    if (typeof size === "number") look.set(`listeners of ${clip(String(type))}`, size);
  }
  return look;
}

/** Numbers and flags of the object and of its classes; what throws when read is left out. */
function lookAtNumbers(thing: object): Look {
  const look = new Map<string, number | boolean>();
  for (
    let at: object | null = thing;
    at !== null && at !== Object.prototype;
    at = Object.getPrototypeOf(at) as object | null
  ) {
    for (const key of Object.getOwnPropertyNames(at)) {
      const value = readSafely(thing, key);
      if (!look.has(key) && (typeof value === "number" || typeof value === "boolean")) look.set(key, value);
    }
  }
  return look;
}

function readSafely(thing: object, key: string): unknown {
  try {
    return (thing as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}
