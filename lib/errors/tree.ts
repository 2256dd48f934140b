/**
 * Walking groups of errors, ours and `AggregateError`s from elsewhere. Loops throughout: the depth of the nesting is
 * the user's. A group that is found inside itself counts as a leaf there, and so does one without members.
 */

/** A group as it can be walked, whoever made it. */
export interface Group extends Error {
  readonly errors: readonly unknown[];
}

/** Whether an error is a group with members: one of ours, or any other `AggregateError`, of any realm. */
export function isGroup(error: unknown): error is Group {
  if (typeof error !== "object" || error === null) return false;
  try {
    const { errors, name, code } = error as { errors?: unknown; name?: unknown; code?: unknown };
    if (!Array.isArray(errors) || errors.length === 0) return false;
    return error instanceof AggregateError || name === "AggregateError" || code === "COPPICE_GROUP";
  } catch {
    // A getter that throws belongs to somebody's own kind of error.
    return false;
  }
}

/** How many single errors there are in a list, in groups within it too. */
export function countLeaves(errors: readonly unknown[]): number {
  let count = 0;
  for (const error of errors) count += [...leavesOf(error)].length;
  return count;
}

/** A single error in a group, with the groups that lead to it, outermost first. */
export interface Leaf<E = unknown> {
  readonly error: E;
  readonly path: readonly Group[];
}

/** Walks the single errors of a group in order; of anything else, that alone. */
export function* leavesOf(root: unknown): Generator<Leaf> {
  if (!isGroup(root)) {
    yield { error: root, path: [] };
    return;
  }
  const open = new Set<unknown>([root]);
  const stack: { group: Group; next: number }[] = [{ group: root, next: 0 }];
  for (let top = stack[0]; top !== undefined; top = stack[stack.length - 1]) {
    if (top.next >= top.group.errors.length) {
      stack.pop();
      open.delete(top.group);
      continue;
    }
    const error = top.group.errors[top.next++];
    if (isGroup(error) && !open.has(error)) {
      open.add(error);
      stack.push({ group: error, next: 0 });
    } else yield { error, path: stack.map(({ group }) => group) };
  }
}

/** The two halves of a division; an empty one is `undefined`. */
export interface Halves {
  readonly matching: unknown;
  readonly rest: unknown;
}

interface Dividing {
  readonly group: Group;
  next: number;
  readonly matching: unknown[];
  readonly rest: unknown[];
}

/**
 * Divides an error into what matches and the rest, keeping the nesting. A half that is the whole stays that object.
 *
 * @param matches - asked about groups as well as about single errors
 * @param derive - makes a group like the given one for some of its members
 */
export function divide(
  root: unknown,
  matches: (error: unknown) => boolean,
  derive: (group: Group, errors: unknown[]) => unknown,
): Halves {
  if (matches(root)) return { matching: root, rest: undefined };
  if (!isGroup(root)) return { matching: undefined, rest: root };
  const open = new Set<unknown>([root]);
  const stack: Dividing[] = [];
  for (let top = dividing(root); ;) {
    if (top.next < top.group.errors.length) {
      const error = top.group.errors[top.next++];
      if (matches(error)) top.matching.push(error);
      else if (!isGroup(error) || open.has(error)) top.rest.push(error);
      else {
        open.add(error);
        stack.push(top);
        top = dividing(error);
      }
      continue;
    }
    open.delete(top.group);
    const halves = halvesOf(top, derive);
    const parent = stack.pop();
    if (parent === undefined) return halves;
    if (halves.matching !== undefined) parent.matching.push(halves.matching);
    if (halves.rest !== undefined) parent.rest.push(halves.rest);
    top = parent;
  }
}

function dividing(group: Group): Dividing {
  return { group, next: 0, matching: [], rest: [] };
}

function halvesOf(
  { group, matching, rest }: Dividing,
  derive: (group: Group, errors: unknown[]) => unknown,
): Halves {
  const half = (part: unknown[], other: unknown[]): unknown => {
    if (part.length === 0) return undefined;
    const isWhole = other.length === 0 && part.every((error, i) => error === group.errors[i]);
    return isWhole ? group : derive(group, part);
  };
  return { matching: half(matching, rest), rest: half(rest, matching) };
}
