import {
  checkOperable,
  misuse,
  operation,
  show,
  type Operable,
  type Operation,
  type Task,
} from "../kernel/index.js";
import { attempt, type Attempt } from "./attempt.js";
import { spawn } from "./spawn.js";

/** The results of a list of operations, position by position. */
export type Results<Ops extends readonly Operable<unknown>[]> = {
  -readonly [I in keyof Ops]: Ops[I] extends Operable<infer T> ? T : never;
};

const runAll = operation(function* all(ops: readonly Operable<unknown>[]) {
  const tasks: Task<unknown>[] = [];
  for (const op of ops) tasks.push(yield* spawn(op));
  const results: unknown[] = [];
  for (const task of tasks) results.push(yield* task);
  return results;
});

/**
 * Runs operations at the same time and gives all their results, in the order of the operations.
 *
 * Cancel:  cancels them all and waits for their cleanup.
 * Throws:  the first failure, after the others were cancelled and are gone; with what cleanup added, a group (E2).
 * Model:   Promise.all and asyncio.gather, without loose ends.
 *
 * @param ops - operations or `function*`s; none gives `[]`
 * @example const [user, orders] = yield* all([fetchUser(id), fetchOrders(id)]);
 */
export function all<const Ops extends readonly Operable<unknown>[]>(ops: Ops): Operation<Results<Ops>>;
export function all<T>(ops: Iterable<Operable<T>>): Operation<T[]>;
export function all(ops: Iterable<Operable<unknown>>): Operation<unknown> {
  return runAll(listOf("all", ops));
}

/**
 * Runs operations at the same time and tells of each how it ended. A failure does not cancel the others.
 *
 * Model:   Promise.allSettled, asyncio.gather with return_exceptions.
 *
 * @returns `{ ok: true, value }` or `{ ok: false, error }` for each, in the order of the operations
 * @example for (const { ok } of yield* allSettled(hosts.map(ping))) if (ok) alive++;
 */
export function allSettled<const Ops extends readonly Operable<unknown>[]>(
  ops: Ops,
): Operation<{ -readonly [I in keyof Ops]: Ops[I] extends Operable<infer T> ? Attempt<T> : never }>;
export function allSettled<T>(ops: Iterable<Operable<T>>): Operation<Attempt<T>[]>;
export function allSettled(ops: Iterable<Operable<unknown>>): Operation<unknown> {
  return runAll(listOf("allSettled", ops).map((op) => attempt(op)));
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
