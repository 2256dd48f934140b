/**
 * How errors are printed: as an indented tree of groups, single errors, notes, the operations they have passed, and
 * causes. Bounded in every direction, whatever is thrown: 50 single errors, a few levels of nesting and of causes, and
 * a length of text; and safe with hostile getters.
 */
import { notesOf } from "./notes.js";
import { errorTrail, omittedFromTrail, type Passed } from "./trail.js";
import { countLeaves, isGroup, type Group } from "./tree.js";
import { clip, show } from "./show.js";
import { userFrames } from "./user-stack.js";

const MOST_LEAVES = 50;
const DEEPEST = 12;
const MOST_CAUSES = 5;
const MOST_IN_ALL = 400;
const LONGEST_MESSAGE = 2_000;

/** How to print. */
export interface DescribeOptions {
  /** Whether to print the stack of every single error. */
  readonly stacks?: boolean;
}

interface Printing {
  readonly stacks: boolean;
  /** How many single errors of this tree may still be printed. */
  left: number;
  /** How many errors of any kind may still be printed, causes and what they hold included. */
  readonly all: { left: number };
}

function printing(stacks: boolean): Printing {
  return { stacks, left: MOST_LEAVES, all: { left: MOST_IN_ALL } };
}

/** A cause is no part of the tree that it explains. */
function printingCause({ stacks, all }: Printing): Printing {
  return { stacks, left: MOST_LEAVES, all };
}

/**
 * Prints any error, or anything else that was thrown, as an indented tree: what a group holds, notes, the operations
 * that it has passed, and causes. Stops after 50 single errors.
 *
 * @param options - `stacks`: print the stack of every single error too
 * @example catch (error) { console.error(describeError(error)); }
 */
export function describeError(error: unknown, options?: DescribeOptions | null): string {
  // Printing what went wrong must not go wrong itself.
  return linesOf(error, printing(options?.stacks === true), 0, 0).join("\n");
}

function linesOf(error: unknown, budget: Printing, depth: number, causes: number): string[] {
  if (budget.all.left-- <= 0) return ["…"];
  const group = isGroup(error);
  if (!group) budget.left--;
  const lines = [...headingOf(error), ...detailsOf(error, budget).map((line) => `    ${line}`)];
  lines.push(...causeOf(error, budget, depth, causes));
  return group ? [...lines, ...membersOf(error, budget, depth)] : lines;
}

function headingOf(error: unknown): string[] {
  const { name, message } = namesOf(error);
  const [first = "", ...more] = message.split("\n");
  return [first === "" ? name : `${name}: ${first}`, ...more.map((line) => `    ${line}`)];
}

function detailsOf(error: unknown, { stacks }: Printing): string[] {
  return [
    ...trailLines(errorTrail(error), omittedFromTrail(error)),
    ...notesOf(error).flatMap(noteLines),
    ...(stacks ? stackOf(error) : []),
  ];
}

function noteLines(note: string): string[] {
  const [first = "", ...more] = plain(note).split("\n");
  return [`note: ${first}`, ...more.map((line) => `      ${line}`)];
}

function trailLines(trail: readonly Passed[], omitted: number): string[] {
  const named = trail.map(({ operation }) => clip(operation));
  const more = omitted === 0 ? [] : [`… ${omitted} more …`];
  const outermost = omitted === 0 ? [] : named.splice(-1);
  if (!trail.some(({ at }) => at !== undefined)) {
    const all = [...named, ...more, ...outermost];
    return all.length === 0 ? [] : [`in ${all.join(" < ")}`];
  }
  const lines = trail.map(
    ({ operation, at }) => `in ${clip(operation)}${at === undefined ? "" : ` (${at})`}`,
  );
  lines.splice(named.length, 0, ...more);
  return lines;
}

function stackOf(error: unknown): string[] {
  const stack = read(error, "stack");
  return typeof stack === "string" ? userFrames(stack).map((line) => line.trim()) : [];
}

function causeOf(error: unknown, budget: Printing, depth: number, causes: number): string[] {
  const cause = read(error, "cause");
  if (cause === undefined || cause === error) return [];
  if (causes >= MOST_CAUSES) return ["    caused by: …"];
  const [first = "", ...more] = linesOf(cause, printingCause(budget), depth + 1, causes + 1);
  return [`    caused by: ${first}`, ...more.map((line) => `    ${line}`)];
}

function membersOf({ errors }: Group, budget: Printing, depth: number): string[] {
  if (depth >= DEEPEST) return ["└─ … nested deeper"];
  const lines: string[] = [];
  for (let i = 0; i < errors.length; i++) {
    if (budget.left <= 0) {
      lines.push(`└─ … and ${countLeaves(errors.slice(i))} more`);
      break;
    }
    const isLast = i === errors.length - 1;
    const [first = "", ...more] = linesOf(errors[i], budget, depth + 1, 0);
    lines.push(`${isLast ? "└─" : "├─"} ${first}`);
    for (const line of more) lines.push(`${isLast ? "  " : "│ "} ${line}`);
  }
  return lines;
}

function namesOf(error: unknown): { name: string; message: string } {
  if (!isErrorLike(error)) return { name: `thrown: ${show(error)}`, message: "" };
  const name = read(error, "name");
  const message = read(error, "message");
  return {
    name: typeof name === "string" && name !== "" ? clip(name) : "Error",
    message: typeof message === "string" ? plain(message) : show(message),
  };
}

/** Text as it may go to a terminal: without control characters other than line breaks, and not endless. */
function plain(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is taken out
  const safe = text.slice(0, LONGEST_MESSAGE).replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, " ");
  return text.length > LONGEST_MESSAGE ? `${safe}…` : safe;
}

function isErrorLike(error: unknown): boolean {
  try {
    return typeof error === "object" && error !== null && "message" in error;
  } catch {
    return false;
  }
}

/** A getter may throw; what it throws says nothing about the error. */
function read(error: unknown, key: string): unknown {
  try {
    // Whatever was thrown may have any property.
    return (error as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

/** An error as plain data. */
export interface ErrorJson {
  readonly name: string;
  readonly message: string;
  readonly code?: string | number;
  readonly notes?: readonly string[];
  readonly trail?: readonly Passed[];
  readonly cause?: ErrorJson;
  readonly errors?: readonly ErrorJson[];
  /** How many single errors are left out. */
  readonly omitted?: number;
}

/** An error as plain data for logs: never more than 50 single errors, and only what errors say of themselves. */
export function jsonOf(error: unknown): ErrorJson {
  return toJson(error, printing(false), 0, 0);
}

function toJson(error: unknown, budget: Printing, depth: number, causes: number): ErrorJson {
  budget.all.left--;
  const { name, message } = namesOf(error);
  const code = read(error, "code");
  const notes = notesOf(error);
  const trail = errorTrail(error);
  const group = isGroup(error);
  if (!group) budget.left--;
  return {
    name,
    message,
    ...(typeof code === "string" || typeof code === "number" ? { code } : {}),
    ...(notes.length > 0 ? { notes } : {}),
    ...(trail.length > 0 ? { trail } : {}),
    ...causeJson(error, budget, depth, causes),
    ...(group ? membersJson(error, budget, depth) : {}),
  };
}

function causeJson(error: unknown, budget: Printing, depth: number, causes: number): { cause?: ErrorJson } {
  const cause = read(error, "cause");
  if (cause === undefined || cause === error || causes >= MOST_CAUSES || budget.all.left <= 0) return {};
  return { cause: toJson(cause, printingCause(budget), depth + 1, causes + 1) };
}

function membersJson(
  { errors }: Group,
  budget: Printing,
  depth: number,
): { errors: ErrorJson[]; omitted?: number } {
  const members: ErrorJson[] = [];
  let i = 0;
  if (depth < DEEPEST) {
    while (i < errors.length && budget.left > 0 && budget.all.left > 0) {
      members.push(toJson(errors[i++], budget, depth + 1, 0));
    }
  }
  return i === errors.length
    ? { errors: members }
    : { errors: members, omitted: countLeaves(errors.slice(i)) };
}
