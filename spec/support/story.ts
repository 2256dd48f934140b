/** Behaviours as tables: a story is what an operation noted in virtual time, and how it ended, in one line of text. */
import { it, expect } from "@jest/globals";
import { now, type Operation } from "coppice";
import { simulate } from "./virtual.js";

/** Adds to the story: a text, with the time at which it was noted when that is not 0. */
export type Note = (text: unknown) => void;
/** A name, what is run, and its story. */
export type Case = readonly [name: string, body: (note: Note) => Operation<unknown>, story: string];

/** Tells an error by its message, ours by their class, misuse by its code, and a group by what is in it. */
export function shapeOf(error: unknown): string {
  if (error instanceof AggregateError) return `[${error.errors.map(shapeOf).join(" ")}]`;
  if (!(error instanceof Error)) return String(error);
  if (!("code" in error)) return error.message;
  return MISUSE.has(error.name) ? String(error.code).replace("COPPICE_", "") : error.name;
}

const MISUSE = new Set(["Error", "TypeError", "RangeError"]);

/** The notes, then `= value` or `! error`. */
export async function story(body: Case[1]): Promise<string> {
  const notes: string[] = [];
  const note: Note = (text) => {
    const at = now();
    notes.push(at === 0 ? String(text) : `${String(text)}@${at}`);
  };
  await simulate(() => body(note)).then(
    // Cases give texts, numbers, and lists of them.
    (value) => value !== undefined && notes.push(`= ${value as string}`),
    (error: unknown) => notes.push(`! ${shapeOf(error)}`),
  );
  return notes.join(", ");
}

/** One spec for each case. */
export function stories(cases: readonly Case[]): void {
  it.each(cases)("%s", async (_, body, told) => {
    expect(await story(body)).toBe(told);
  });
}
