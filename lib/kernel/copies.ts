/**
 * Several copies of this library in one program: none can run the operations of another one. What runs is known of all
 * of them, so that what strays into another copy's task is yielded and refused there, in place of throwing over and over
 * into a loop that goes on.
 */
const KEY = Symbol.for("coppice.copies");

/** Which task each copy steps; where globals are frozen each knows of itself only. */
export const copies = (globalThis as { [KEY]?: { readonly task: object | null }[] })[KEY] ?? [];
Reflect.set(globalThis, KEY, copies);

/** Stands for a task of another copy: a wait that is to begin there is deferred, and nobody begins it. */
export const elsewhere: object = { interrupts: 1 };

/** What is said of something that looks like ours. */
export const OTHER_COPY = "of another copy of coppice: see npm ls coppice, npm dedupe.";

/** What is added where that is likely, and cannot be told. */
export function maybeOtherCopy(): string {
  return copies.length > 1 ? ` It may be one ${OTHER_COPY}` : "";
}
