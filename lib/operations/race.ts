import { misuse } from "../errors/index.js";
import {
  errorOf,
  nodeOf,
  operation,
  waiting,
  whenEnded,
  type Operable,
  type Operation,
  type Task,
} from "../kernel/index.js";
import { listOf } from "./all.js";
import { Finish, type Contestants } from "./finish.js";
import { spawn } from "./spawn.js";

/** What is known of a race: who is first, who is left. */
class Line implements Contestants {
  waiting: Finish | null = null;
  first: { readonly value: unknown } | null = null;
  left = 0;
  lastCancelled: unknown = undefined;

  look(): void {
    if (this.first !== null) this.waiting?.succeed(this.first.value);
    else if (this.left === 0) this.waiting?.fail(this.lastCancelled);
  }
}

const runRace = operation(function* race(ops: readonly Operable<unknown>[]) {
  const line = new Line();
  for (const op of ops) follow(line, yield* spawn(op));
  return yield* waiting(() => new Finish(line, "race"));
});

/** A failure need not be followed: it cancels the race's scope, and its wait with it (E1). */
function follow(line: Line, task: Task<unknown>): void {
  line.left++;
  const node = nodeOf(task);
  whenEnded(node, () => {
    line.left--;
    if (node.outcome?.type === "value") line.first ??= node.outcome;
    else line.lastCancelled = errorOf(node);
    line.look();
  });
}

/**
 * Runs operations at the same time and gives the value of the first that completes; the others are cancelled and
 * awaited.
 *
 * Cancel:  cancels them all and waits for their cleanup.
 * Throws:  the first failure, when that comes before any value; RangeError for no operations.
 * Model:   Promise.race and Effection race, without loose ends.
 * Pitfall: a loser that had completed in the same turn loses its value: to wait for one of several takes without
 *          losing any, wait with `select` (S6).
 *
 * @example const answer = yield* race([ask(primary), ask(replica)]);
 */
export function race<const Ops extends readonly Operable<unknown>[]>(
  ops: Ops,
): Operation<ResultOf<Ops[number]>>;
export function race<T>(ops: Iterable<Operable<T>>): Operation<T>;
export function race(ops: Iterable<Operable<unknown>>): Operation<unknown> {
  const list = listOf("race", ops);
  if (list.length === 0)
    throw misuse(
      "EMPTY_RACE",
      "race() needs at least one operation, got none: it would never end.",
      RangeError,
    );
  return runRace(list);
}

type ResultOf<Op> = Op extends Operable<infer T> ? T : never;
