import { misuse, show } from "../errors/index.js";
import { checkOperable, operation, type Operable, type Operation, type Task } from "../kernel/index.js";
import { attempt, type Attempt } from "./attempt.js";
import { spawn } from "./spawn.js";

/** Operations by name. */
export type Named = Readonly<Record<string, Operable<unknown>>>;

/** The results of a list of operations, position by position, or of an object of them, key by key. */
export type Results<Ops extends readonly Operable<unknown>[] | Named> = {
  -readonly [K in keyof Ops]: Ops[K] extends Operable<infer T> ? T : never;
};

/** How the operations of a list, or of an object, ended. */
export type Attempts<Ops extends readonly Operable<unknown>[] | Named> = {
  -readonly [K in keyof Ops]: Ops[K] extends Operable<infer T> ? Attempt<T> : never;
};

const runAll = operation(function* all(ops: readonly Operable<unknown>[], keys: readonly string[] | null) {
  const tasks: Task<unknown>[] = [];
  for (const op of ops) tasks.push(yield* spawn(op));
  const results: unknown[] = [];
  for (const task of tasks) results.push(yield* task);
  return keys === null ? results : Object.fromEntries(keys.map((key, i) => [key, results[i]]));
});

/**
 * Runs operations at the same time and gives all their results, in the order of the operations.
 *
 * Cancel:  cancels them all and waits for their cleanup.
 * Throws:  the first failure, after the others were cancelled and are gone; with what cleanup added, a group (E2).
 * Model:   Promise.all and asyncio.gather, without loose ends.
 *
 * @param ops - operations or `function*`s: a list, or an object, whose keys the result has
 * @example const [user, orders] = yield* all([fetchUser(id), fetchOrders(id)]);
 * @example const { user, orders } = yield* all({ user: fetchUser(id), orders: fetchOrders(id) });
 */
export function all<const Ops extends readonly Operable<unknown>[]>(ops: Ops): Operation<Results<Ops>>;
export function all<T>(ops: Iterable<Operable<T>>): Operation<T[]>;
export function all<const Ops extends Named>(ops: Ops): Operation<Results<Ops>>;
export function all(ops: Iterable<Operable<unknown>> | Named): Operation<unknown> {
  const [list, keys] = collect("all", ops);
  return runAll(list, keys);
}

/**
 * Runs operations at the same time and tells of each how it ended. A failure does not cancel the others.
 *
 * Model:   Promise.allSettled, asyncio.gather with return_exceptions.
 *
 * @param ops - operations or `function*`s: a list, or an object, whose keys the result has
 * @returns `{ ok: true, value }` or `{ ok: false, error }` for each, in the order of the operations
 * @example for (const { ok } of yield* allSettled(hosts.map(ping))) if (ok) alive++;
 */
export function allSettled<const Ops extends readonly Operable<unknown>[]>(
  ops: Ops,
): Operation<Attempts<Ops>>;
export function allSettled<T>(ops: Iterable<Operable<T>>): Operation<Attempt<T>[]>;
export function allSettled<const Ops extends Named>(ops: Ops): Operation<Attempts<Ops>>;
export function allSettled(ops: Iterable<Operable<unknown>> | Named): Operation<unknown> {
  const [list, keys] = collect("allSettled", ops);
  return runAll(
    list.map((op) => attempt(op)),
    keys,
  );
}

function collect(
  name: string,
  ops: Iterable<Operable<unknown>> | Named,
): [Operable<unknown>[], readonly string[] | null] {
  if (!isNamed(ops)) return [listOf(name, ops), null];
  const entries = Object.entries(ops);
  return [
    listOf(
      name,
      entries.map(([, op]) => op),
    ),
    entries.map(([key]) => key),
  ];
}

/** A plain object; anything with a class of its own is something else. */
function isNamed(given: unknown): given is Named {
  if (typeof given !== "object" || given === null || Symbol.iterator in given) return false;
  const prototype: unknown = Object.getPrototypeOf(given);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Takes an iterable once, and refuses what is no operation in it. */
export function listOf(name: string, ops: Iterable<Operable<unknown>>): Operable<unknown>[] {
  if (!isList(ops)) {
    throw misuse(
      "NOT_A_LIST",
      `${name}() needs a list of operations, got ${show(ops)}. Write ${name}([a, b]).`,
    );
  }
  const list = [...ops];
  for (const op of list) checkOperable(name, op);
  return list;
}

/** An operation is iterable too, and is no list: ours and promises have a `then`. */
function isList(given: unknown): boolean {
  return typeof given === "object" && given !== null && Symbol.iterator in given && !("then" in given);
}
