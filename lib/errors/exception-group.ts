/**
 * Several errors as one (E2, E3): PEP 654's exception group over JavaScript's AggregateError.
 *
 * G1 A group is never empty, and may hold groups, `AggregateError`s from elsewhere among them.
 * G2 Taking a part keeps the nesting, the message, the cause, the notes and the identity of the single errors; groups
 *    that would be empty are left out, and what is left whole is the same object as before.
 * G3 Everything is kept; only printing stops after 50 single errors.
 */
import { matcherOf, type ErrorClass, type ErrorFilter, type Matches } from "./filter.js";
import { addNote, notesOf } from "./notes.js";
import { describeError, jsonOf, type ErrorJson } from "./text.js";
import { inheritTrail } from "./trail.js";
import { divide, leavesOf, type Group, type Leaf } from "./tree.js";
import { misuse } from "./misuse.js";
import { show } from "./show.js";
import { unplacedError, withoutStack } from "./user-stack.js";

/** A group of which it is known what single errors it holds. */
export interface GroupOf<E> extends ExceptionGroup {
  errors: (E | GroupOf<E>)[];
  leaves(): Generator<Leaf<E>>;
}

/** Several errors that belong together. */
export class ExceptionGroup extends AggregateError {
  override readonly name: string = "ExceptionGroup";
  readonly code = "COPPICE_GROUP";
  /** The members, in the order in which they occurred; groups among them stay groups. */
  declare errors: unknown[];

  /**
   * @param errors - one or more, in the order in which they occurred
   * @param message - how many there are, when left out
   * @throws RangeError when there are none: an empty group would be an error about nothing
   */
  constructor(errors: Iterable<unknown>, message?: string, options?: ErrorOptions) {
    const list = listOf(errors);
    if (message !== undefined && typeof (message as unknown) !== "string") {
      throw misuse("GROUP", `new ExceptionGroup() needs a text as its message, got ${show(message)}.`);
    }
    super(list, message ?? count(list.length), options);
  }

  /** The notes that were added, oldest first. */
  get notes(): readonly string[] {
    return notesOf(this);
  }

  /** Adds a note, which is printed with the group. */
  addNote(note: string): this {
    return addNote(this, note);
  }

  /**
   * Makes a group like this one for other errors; `split` and `subgroup` add the cause and the notes. Subclasses
   * override it to keep their own class.
   *
   * @param errors - one or more
   */
  derive(errors: Iterable<unknown>): ExceptionGroup {
    return groupLike(this, errors);
  }

  /**
   * Divides the group into what matches and the rest, both with this group's nesting, message, cause and notes. An
   * empty half is `undefined`. Classes and predicates are asked about groups as well as about single errors.
   *
   * Model: BaseExceptionGroup.split.
   *
   * @param filter - a class of errors, a list of classes, or a predicate
   * @throws TypeError when `filter` is none of them
   * @example const [timeouts, others] = group.split(TimeoutError);
   */
  split(
    filter: (error: unknown) => boolean,
  ): [matching: ExceptionGroup | undefined, rest: ExceptionGroup | undefined];
  split<E>(
    filter: ErrorClass<E> | readonly ErrorClass<E>[],
  ): [matching: GroupOf<E> | undefined, rest: ExceptionGroup | undefined];
  // eslint-disable-next-line @typescript-eslint/unified-signatures -- the order gives predicates their parameter's type
  split(filter: ErrorFilter): [matching: ExceptionGroup | undefined, rest: ExceptionGroup | undefined];
  split(filter: ErrorFilter): [matching: ExceptionGroup | undefined, rest: ExceptionGroup | undefined] {
    return splitGroup(this, matcherOf("split", filter));
  }

  /**
   * The part of the group that matches, as `split` gives it; `undefined` when nothing does.
   *
   * Model: BaseExceptionGroup.subgroup.
   *
   * @throws TypeError when `filter` is neither a class, a list of classes nor a predicate
   */
  subgroup(filter: (error: unknown) => boolean): ExceptionGroup | undefined;
  subgroup<E>(filter: ErrorClass<E> | readonly ErrorClass<E>[]): GroupOf<E> | undefined;
  // eslint-disable-next-line @typescript-eslint/unified-signatures -- as with split
  subgroup(filter: ErrorFilter): ExceptionGroup | undefined;
  subgroup(filter: ErrorFilter): ExceptionGroup | undefined {
    return splitGroup(this, matcherOf("subgroup", filter))[0];
  }

  /**
   * Walks the single errors, however deep they are nested, in order. Each comes with its path: the groups that lead
   * to it, this one first.
   *
   * @example for (const { error, path } of group.leaves()) log(error, path.length);
   */
  leaves(): Generator<Leaf> {
    return leavesOf(this);
  }

  /** The group as an indented tree with causes, notes and the operations that the errors have passed. */
  override toString(): string {
    return describeError(this);
  }

  /** The group as plain data for logs, no more than 50 single errors of it. */
  toJSON(): ErrorJson {
    return jsonOf(this);
  }

  /** @internal What Node's `console.log` and its reports of unhandled errors print. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return describeError(this, { stacks: true });
  }
}

function listOf<T>(errors: Iterable<T>): T[] {
  // Typed loosely for callers without types: Python's order of arguments is a likely mistake.
  if (
    typeof (errors as unknown) !== "object" ||
    (errors as unknown) === null ||
    !(Symbol.iterator in errors)
  ) {
    throw misuse(
      "GROUP",
      `new ExceptionGroup() needs a list of errors, got ${show(errors)}. Write new ExceptionGroup([first, second], message).`,
    );
  }
  const list = [...errors];
  if (list.length > 0) return list;
  throw misuse("EMPTY_GROUP", "new ExceptionGroup() needs at least one error, got none.", RangeError);
}

function count(errors: number): string {
  return `${errors} error${errors === 1 ? "" : "s"}`;
}

/** Divides a group, whoever made it. */
export function splitGroup(
  group: Group,
  matches: Matches,
): [matching: ExceptionGroup | undefined, rest: ExceptionGroup | undefined] {
  const { matching, rest } = divide(group, matches, derived);
  return [own(matching), own(rest)];
}

/** A half that is a whole foreign group is given as one of ours. */
function own(half: unknown): ExceptionGroup | undefined {
  if (half === undefined || half instanceof ExceptionGroup) return half;
  // Halves of a group are groups.
  const group = half as Group;
  return derived(group, [...group.errors]);
}

const origins = new WeakMap<Group, Group>();

/** The group that a part was taken from, in the first place; any other group is its own origin. */
export function originOf(group: Group): Group {
  return origins.get(group) ?? group;
}

/** A part of a group: G2. */
function derived(group: Group, errors: unknown[]): ExceptionGroup {
  const part = withoutStack(() => deriveFrom(group, errors));
  // The part stands for the whole, and has the whole's stack, as a traceback is copied in PEP 654.
  Object.defineProperty(part, "stack", { get: () => group.stack, configurable: true });
  if ("cause" in group && !("cause" in part)) {
    Object.defineProperty(part, "cause", {
      value: group.cause,
      writable: true,
      configurable: true,
    });
  }
  for (const note of notesOf(group)) addNote(part, note);
  origins.set(part, originOf(group));
  inheritTrail(part, group);
  return part;
}

/** Not in the class: one that names itself goes by another name when it is bundled. */
function groupLike({ message }: Group, errors: Iterable<unknown>): ExceptionGroup {
  return new ExceptionGroup(errors, message);
}

function deriveFrom(group: Group, errors: unknown[]): ExceptionGroup {
  if (!(group instanceof ExceptionGroup)) return groupLike(group, errors);
  const made: unknown = group.derive(errors);
  if (made instanceof ExceptionGroup) return made;
  throw misuse("DERIVE", `${group.name}.derive() must return an ExceptionGroup, got ${show(made)}.`);
}

/** The part of a group that consists of some of its single errors. */
export function keepLeaves(group: Group, kept: ReadonlySet<unknown>): ExceptionGroup | undefined {
  return splitGroup(group, (error) => kept.has(error))[0];
}

/** What several errors become (E2): one stays as it is, several make a group. */
export function combine(errors: readonly unknown[]): unknown {
  return errors.length === 1 ? errors[0] : groupOf(errors);
}

/** A group that the runtime makes: its stack begins where it is thrown into user code. */
export function groupOf(errors: readonly unknown[], message?: string): ExceptionGroup {
  return unplacedError(() => new ExceptionGroup(errors, message));
}
