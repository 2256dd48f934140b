/** What runs in a frame, and how it comes from what a user passed. */
import { misuse, show } from "../errors/index.js";

/** What drives a frame: a generator, or one of the kernel's own stand-ins for it. */
export interface Driver {
  next(sent?: unknown): IteratorResult<unknown, unknown>;
  return?(value?: unknown): IteratorResult<unknown, unknown>;
  throw?(error?: unknown): IteratorResult<unknown, unknown>;
}

/** The source of a frame's generator: a function with its arguments, or an operation when `args` is null. */
export type Source = unknown;

/** Makes the generator of a frame. Throws what the function throws, and for what is no operation. */
export function makeDriver(source: Source, args: readonly unknown[] | null): Driver {
  // Sources are checked where they come in; a function may still return anything.
  const made: unknown =
    args === null ? source : (source as (...args: readonly unknown[]) => unknown)(...args);
  if (typeof made === "object" && made !== null) {
    if (typeof (made as Partial<Driver>).next === "function") return made as Driver;
    if (Symbol.iterator in made) return (made as { [Symbol.iterator](): Driver })[Symbol.iterator]();
  }
  const name = nameOf(source);
  const hint = made instanceof Promise ? ` Use call(${name}) or a function*.` : " Write a function*.";
  throw misuse("NOT_AN_OPERATION", `"${name}" returned ${show(made)}, which is not an operation.${hint}`);
}

export function nameOf(source: Source): string {
  if (typeof source === "function" || (typeof source === "object" && source !== null)) {
    const { name } = source as { name?: unknown };
    if (typeof name === "string" && name !== "") return name.length > 200 ? name.slice(0, 200) : name;
  }
  return "anonymous";
}
