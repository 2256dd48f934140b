/** Refuses what cannot cross, at the place of the mistake (E5). */
import type { NamedContext } from "./contexts.js";

/** How an operation crosses the border. */
export interface CrossingOptions {
  /** Contexts of ours whose values are passed to the contexts of the same names on the other side. */
  readonly contexts?: readonly NamedContext[];
  /** For messages and snapshots; the operation's own name when left out. */
  readonly name?: string;
}

const OPTIONS = ["contexts", "name"];

/** Checks what a crossing function was called with. */
export function checkCrossing(caller: string, op: unknown, options: CrossingOptions): void {
  if (typeof op !== "function" && !isIterable(op)) {
    const found = isThenable(op)
      ? "a Promise. Call it in an operation of its own side"
      : `${typeof op}. Pass that`;
    throw refusal("NOT_AN_OPERATION", `${caller}() needs an operation or a function*, got ${found}.`);
  }
  for (const key of Object.keys(options)) {
    if (OPTIONS.includes(key)) continue;
    throw refusal("OPTION", `${caller}() has no option "${key}". It takes "contexts" and "name".`);
  }
}

/** The name of what crosses. */
export function nameFor(op: unknown, { name }: CrossingOptions): string {
  if (name !== undefined) return name;
  const own: unknown = (op as { readonly name?: unknown }).name;
  return typeof own === "string" && own !== "" ? own : "effection";
}

/** Makes the error for a mistake in the calling code. */
export function refusal(
  code: string,
  text: string,
  Class: new (message: string) => Error = TypeError,
): Error {
  return Object.assign(new Class(text), { code: `COPPICE_${code}` });
}

const used = new WeakSet<object>();

/** A generator object runs once; described operations and functions run as often as one likes. */
export function claim(caller: string, op: object): void {
  if (typeof op === "function" || !("next" in op)) return;
  if (used.has(op)) {
    throw refusal(
      "USED",
      `${caller}() got a generator object that was run before. Pass the function*, or call it again.`,
    );
  }
  used.add(op);
}

function isIterable(op: unknown): op is object {
  return typeof op === "object" && op !== null && Symbol.iterator in op && !Array.isArray(op);
}

function isThenable(op: unknown): boolean {
  return typeof op === "object" && op !== null && "then" in op;
}
