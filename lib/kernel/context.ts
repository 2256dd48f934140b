/**
 * Context values (B5): an immutable linked list, newest first. A boundary holds a pointer into it, a child
 * starts with its spawner's pointer, so inheriting costs nothing and later changes are not seen.
 */
export class ContextNode {
  constructor(
    readonly key: object,
    readonly value: unknown,
    /** The boundary that set it: setting again there replaces it instead of lengthening the list. */
    readonly setBy: object,
    readonly rest: ContextNode | null,
  ) {}
}

/** By this a context is read from the outside, through a scope. */
export const READ: unique symbol = Symbol("coppice.read");

/** A context, as far as reading it goes. */
export interface ContextReader<T> {
  /** For scopes only. */
  readonly [READ]: (from: ContextNode | null) => T;
}

/** Finds the node of a key, or null. */
export function lookUp(from: ContextNode | null, key: object): ContextNode | null {
  for (let node = from; node !== null; node = node.rest) if (node.key === key) return node;
  return null;
}

/** The list with a value set by a boundary. */
export function withValue(list: ContextNode | null, key: object, value: unknown, setBy: object): ContextNode {
  return new ContextNode(key, value, setBy, withoutOwn(list, key, setBy));
}

/** A boundary's own nodes are the newest ones: only those can hold an earlier value to replace. */
function withoutOwn(list: ContextNode | null, key: object, setBy: object): ContextNode | null {
  const kept: ContextNode[] = [];
  for (let node = list; node !== null && node.setBy === setBy; node = node.rest) {
    if (node.key !== key) {
      kept.push(node);
      continue;
    }
    let rest = node.rest;
    for (const own of kept.reverse()) rest = new ContextNode(own.key, own.value, own.setBy, rest);
    return rest;
  }
  return list;
}
