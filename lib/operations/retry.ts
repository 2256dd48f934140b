import {
  addNote,
  isErrorClass,
  isGroup,
  leavesOf,
  matcherOf,
  misuse,
  type ErrorClass,
  type Matches,
} from "../errors/index.js";
import {
  boundaryOf,
  checkCount,
  checkOperable,
  checkOptions,
  Cleanup,
  operation,
  registering,
  type Operable,
  type Operation,
} from "../kernel/index.js";
import { attempt } from "./attempt.js";
import { Backoff, BACKOFF_OPTIONS, type BackoffOptions } from "./backoff.js";
import { sleep } from "./sleep.js";
import { explain } from "./timeout.js";

/** How to try again. */
export interface RetryOptions extends BackoffOptions {
  /** How often to try in all, the first time included; 3 when left out, and `Infinity` goes on until cancelled. */
  readonly attempts?: number;
  /**
   * Which failures are worth another attempt: a class of errors, several of them, or a predicate, which is told how
   * often it has failed; all of them when left out. A group is worth it when all single errors in it are.
   */
  readonly when?: ErrorClass | readonly ErrorClass[] | ((error: unknown, failures: number) => boolean);
}

interface Plan {
  readonly attempts: number;
  readonly isWorthIt: (error: unknown, failures: number) => boolean;
  readonly pauses: Backoff;
}

const runRetry = operation(function* retry(op: Operable<unknown>, plan: Plan) {
  const last: { error: unknown } = { error: undefined };
  for (let failures = 0; ;) {
    const result = yield* attempt(op);
    if (result.ok) return result.value;
    last.error = result.error;
    if (++failures === 1) yield* explaining(last);
    if (failures >= plan.attempts || !plan.isWorthIt(last.error, failures))
      throw gaveUp(last.error, failures);
    yield* sleep(plan.pauses.after(failures));
  }
});

/** A deadline that cuts the attempts short is explained by why the last one failed. */
function explaining(last: { readonly error: unknown }): Operation<void> {
  return registering((task) => {
    const nothing = (): void => undefined;
    const hook = new Cleanup(nothing, (cancellation) => {
      if (cancellation.kind === "deadline") explain(cancellation, last.error);
    });
    boundaryOf(task).needScope().link(hook);
  });
}

function gaveUp(error: unknown, failures: number): unknown {
  return failures > 1 && typeof error === "object" && error !== null
    ? addNote(error, `retry gave up after ${failures} attempts`)
    : error;
}

/**
 * Runs an operation again when it fails, after a pause.
 *
 * Cancel:  cancels the attempt, or ends the pause. A surrounding deadline bounds all attempts together; its
 *          TimeoutError has the failure of the last attempt as its `cause`.
 * Throws:  the error of the last attempt, with a note of how many there were; what is not worth another attempt at once.
 * Pitfall: `op` is run several times: pass a function or an operation, not a generator object.
 *
 * @example
 * const user = yield* timeout(10_000, retry(fetchUser(id), {
 *   attempts: 5, delay: 100, backoff: 2, jitter: 0.5, when: NetworkError,
 * }));
 */
export function retry<T>(op: Operable<T>, options: RetryOptions = {}): Operation<T> {
  checkRepeatable("retry", op);
  checkOptions("retry()", ["attempts", "when", ...BACKOFF_OPTIONS], options);
  const { attempts = 3, when } = options;
  checkCount("retry()", "attempts", 1, attempts);
  const plan = { attempts, isWorthIt: worthIt(when), pauses: new Backoff("retry", options) };
  // `attempt` gives what `op` gives.
  return runRetry(op, plan) as Operation<T>;
}

/** Refuses what is no operation, and what can run only once. */
export function checkRepeatable(caller: string, op: Operable<unknown>): void {
  checkOperable(caller, op);
  if (typeof op === "function" || !("next" in op)) return;
  throw misuse(
    "USED",
    `${caller}() needs an operation that can run more than once, got a generator object, which cannot. Pass the function*.`,
  );
}

function worthIt(when: RetryOptions["when"]): Plan["isWorthIt"] {
  if (when === undefined) return () => true;
  // A predicate of the user's; classes are asked about each single error.
  if (typeof when === "function" && !isErrorClass(when as ErrorClass)) return when as Plan["isWorthIt"];
  const matches = matcherOf("retry", when as ErrorClass);
  return (error) => everyLeaf(error, matches);
}

function everyLeaf(error: unknown, matches: Matches): boolean {
  if (!isGroup(error)) return matches(error);
  for (const leaf of leavesOf(error)) if (!matches(leaf.error)) return false;
  return true;
}
