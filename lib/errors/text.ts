/**
 * How errors are printed: as an indented tree of groups, single errors, notes, the operations they have passed, and
 * causes; and the same as plain data. Bounded in every direction, whatever is thrown: 50 single errors, a few levels of
 * nesting and of causes, and a length of text; and safe with hostile getters.
 */
import { notesOf } from "./notes.js";
import { errorTrail, omittedFromTrail, type Passed } from "./trail.js";
import { countLeaves, isGroup } from "./tree.js";
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

/** An error in both forms. */
interface Described {
  readonly json: { -readonly [Key in keyof ErrorJson]: ErrorJson[Key] };
  readonly lines: string[];
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
  return new Description(options?.stacks === true).of(error, 0, 0).lines.join("\n");
}

/** An error as plain data for logs: never more than 50 single errors, and only what errors say of themselves. */
export function jsonOf(error: unknown): ErrorJson {
  return new Description(false).of(error, 0, 0).json;
}

/** One tree of errors; a cause is no part of the tree that it explains, and has one of its own. */
class Description {
  /** How many single errors of this tree may still be printed. */
  private left = MOST_LEAVES;

  /** @param all - how many errors of any kind may still be printed, causes and what they hold included */
  constructor(
    private readonly stacks: boolean,
    private readonly all = { left: MOST_IN_ALL },
  ) {}

  of(error: unknown, depth: number, causes: number): Described {
    this.all.left--;
    const [code, notes, trail] = [read(error, "code"), notesOf(error), errorTrail(error)];
    const json: Described["json"] = namesOf(error);
    if (typeof code === "string" || typeof code === "number") json.code = code;
    if (notes.length > 0) json.notes = notes;
    if (trail.length > 0) json.trail = trail;
    const details = [
      ...trailLines(trail, omittedFromTrail(error)),
      ...notes.flatMap((note) => indented("note: ", "      ", plain(note).split("\n"))),
      ...(this.stacks ? stackOf(error) : []),
    ];
    const cause = read(error, "cause");
    if (cause !== undefined && cause !== error) {
      const described = causes < MOST_CAUSES && this.all.left > 0 ? this.causeOf(cause, depth, causes) : null;
      if (described !== null) json.cause = described.json;
      details.push(...indented("caused by: ", "", described?.lines ?? ["…"]));
    }
    const { name, message } = json;
    const lines = indented(/^(?!\n)./s.test(message) ? `${name}: ` : name, "    ", message.split("\n"));
    lines.push(...indented("    ", "    ", details));
    if (isGroup(error)) this.addMembers(error.errors, depth, { json, lines });
    else this.left--;
    return { json, lines };
  }

  private causeOf(cause: unknown, depth: number, causes: number): Described {
    return new Description(this.stacks, this.all).of(cause, depth + 1, causes + 1);
  }

  private addMembers(errors: readonly unknown[], depth: number, { json, lines }: Described): void {
    const members: ErrorJson[] = (json.errors = []);
    while (depth < DEEPEST && members.length < errors.length && this.left > 0 && this.all.left > 0) {
      const member = this.of(errors[members.length], depth + 1, 0);
      members.push(member.json);
      const isLast = members.length === errors.length;
      lines.push(...indented(isLast ? "└─ " : "├─ ", isLast ? "   " : "│  ", member.lines));
    }
    if (members.length === errors.length) return;
    json.omitted = countLeaves(errors.slice(members.length));
    lines.push(`└─ … ${depth < DEEPEST ? `and ${json.omitted} more` : "nested deeper"}`);
  }
}

function indented(first: string, more: string, lines: readonly string[]): string[] {
  return lines.map((line, i) => (i === 0 ? first : more) + line);
}

function trailLines(trail: readonly Passed[], omitted: number): string[] {
  const hasPlaces = trail.some(({ at }) => at !== undefined);
  const lines = trail.map(
    ({ operation, at }) => (hasPlaces ? "in " : "") + clip(operation) + (at === undefined ? "" : ` (${at})`),
  );
  if (omitted > 0) lines.splice(-1, 0, `… ${omitted} more …`);
  return hasPlaces || lines.length === 0 ? lines : [`in ${lines.join(" < ")}`];
}

function stackOf(error: unknown): string[] {
  const stack = read(error, "stack");
  return typeof stack === "string" ? userFrames(stack).map((line) => line.trim()) : [];
}

function namesOf(error: unknown): { name: string; message: string } {
  if (!isErrorLike(error)) return { name: `thrown: ${show(error)}`, message: "" };
  const [name, message] = [read(error, "name"), read(error, "message")];
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
