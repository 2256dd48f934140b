/** Failures as text, so that a spec states class, code and message of an error in one line. */
import { simulate } from "./virtual.js";
import type { Operable } from "coppice";

/** An error as `TypeError COPPICE_CODE: message`; a group as the list of its errors, one per line. */
export function textOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(textOf).join("\n");
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? ` ${String(error.code)}` : "";
  return `${error.name}${code}: ${error.message}`;
}

/** What an operation fails with when it is run. */
export async function failureOf(op: Operable<unknown>): Promise<string> {
  return simulate(op).then(() => "no failure", textOf);
}

/** What a plain call throws. */
export function thrownBy(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return textOf(error);
  }
  return "nothing";
}
