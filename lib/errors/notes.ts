/** Notes on errors: what somebody on the way adds to an error without changing it, as Python's add_note does. */
import { misuse } from "./misuse.js";
import { show } from "./show.js";

// Beside the errors, not in them: a frozen error takes notes too.
const notes = new WeakMap<object, readonly string[]>();
const NONE: readonly string[] = [];

/**
 * Adds a note to an error. It is printed with the error and changes nothing of it.
 *
 * Model: Python's BaseException.add_note.
 *
 * @returns the error, to be thrown on
 * @throws TypeError when `error` is no object or `note` no text
 * @example catch (error) { throw addNote(error, `while importing ${file}`); }
 */
export function addNote<E>(error: E, note: string): E {
  if (typeof error !== "object" || error === null) {
    throw misuse("NOTE", `addNote() needs an error, got ${show(error)}. Throw new Error(…) instead.`);
  }
  // Typed loosely for callers without types.
  if (typeof (note as unknown) !== "string") {
    throw misuse("NOTE", `addNote() needs a text as its note, got ${show(note)}.`);
  }
  notes.set(error, [...notesOf(error), note]);
  return error;
}

/** Gives the notes of an error, oldest first. */
export function notesOf(error: unknown): readonly string[] {
  return (typeof error === "object" && error !== null ? notes.get(error) : undefined) ?? NONE;
}
