import { groupOf, misuse } from "../errors/index.js";
import {
  errorOf,
  nameOf,
  nodeOf,
  operation,
  waiting,
  whenEnded,
  type Operable,
  type Operation,
  type Task,
} from "../kernel/index.js";
import { listOf } from "./all.js";
import { attempt, type Attempt } from "./attempt.js";
import { Finish, type Contestants } from "./finish.js";
import { spawn } from "./spawn.js";

/** What is known of the operations so far. */
class Trials implements Contestants {
  waiting: Finish | null = null;
  private first: { readonly value: unknown } | null = null;
  private readonly failures: unknown[] = [];

  constructor(private readonly count: number) {}

  follow(task: Task<Attempt<unknown>>): void {
    const node = nodeOf(task);
    whenEnded(node, () => {
      const { outcome } = node;
      // What fails here is the cleanup of one that is cancelled: it goes to the scope (E2).
      if (outcome?.type === "value") this.ended(outcome.value as Attempt<unknown>);
      else this.ended({ ok: false, error: errorOf(node) });
    });
  }

  look(): void {
    if (this.first !== null) this.waiting?.succeed(this.first.value);
    else if (this.failures.length === this.count) this.waiting?.fail(this.allFailed());
  }

  private ended(result: Attempt<unknown>): void {
    if (result.ok) this.first ??= result;
    else this.failures.push(result.error);
    this.look();
  }

  private allFailed(): Error {
    const { failures, count } = this;
    return groupOf(failures, count === 1 ? "The only operation failed" : `All ${count} operations failed`);
  }
}

const runAny = operation(function* any(ops: readonly Operable<unknown>[]) {
  const trials = new Trials(ops.length);
  for (const op of ops) trials.follow(yield* spawn(attempt(op), { name: nameOf(op) }));
  return yield* waiting(() => new Finish(trials, "any"));
});

/**
 * Runs operations at the same time and gives the value of the first that succeeds; the others are then cancelled and
 * awaited. What fails while others may still succeed is kept for the case that none does.
 *
 * Cancel:  cancels them all and waits for their cleanup.
 * Throws:  an ExceptionGroup of all failures, in the order in which they occurred, when all fail; RangeError for no
 *          operations.
 * Model:   Promise.any, without loose ends.
 * Pitfall: a loser that had completed in the same turn loses its value: to wait for one of several takes without
 *          losing any, wait with `select` (S6).
 *
 * @example const mirror = yield* any(mirrors.map((url) => fetchFrom(url)));
 */
export function any<const Ops extends readonly Operable<unknown>[]>(
  ops: Ops,
): Operation<ResultOf<Ops[number]>>;
export function any<T>(ops: Iterable<Operable<T>>): Operation<T>;
export function any(ops: Iterable<Operable<unknown>>): Operation<unknown> {
  const list = listOf("any", ops);
  if (list.length > 0) return runAny(list);
  throw misuse("EMPTY_ANY", "any() needs at least one operation, got none: it would never end.", RangeError);
}

type ResultOf<Op> = Op extends Operable<infer T> ? T : never;
