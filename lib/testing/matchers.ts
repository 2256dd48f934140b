/**
 * Matchers for Jest, and for whatever else takes matchers of its shape, such as Vitest.
 *
 * @example
 * import { matchers } from "coppice/testing";
 * expect.extend(matchers);
 */
import { clip, isGroup, show } from "../errors/index.js";
import { OBSERVED, CancelledError, nodeOf, TaskNode, type Task } from "../kernel/index.js";

/** What a group is expected to hold in one place: a class, a text or pattern of its message, or a group of such. */
export type Expected =
  | (abstract new (...args: never[]) => unknown)
  | string
  | RegExp
  | { asymmetricMatch(value: unknown): boolean }
  | readonly Expected[];

/** What Jest gets back from a matcher. */
export interface MatcherResult {
  readonly pass: boolean;
  message(): string;
}

/** The matchers, as an object for `expect.extend`. */
export const matchers = { toHaveBeenCancelled, toFailWithGroup };

/**
 * Whether a task was cancelled; also takes the `CancelledError` that others get who wait for it.
 *
 * @param reason - what `cancel(reason)` was given, when it matters
 */
function toHaveBeenCancelled(received: unknown, ...reason: readonly unknown[]): MatcherResult {
  const found = cancellationOf(received);
  const isReason = reason.length === 0 || (found !== null && Object.is(found.reason, reason[0]));
  const wanted =
    reason.length === 0 ? "to have been cancelled" : `to have been cancelled because of ${show(reason[0])}`;
  return {
    pass: found !== null && isReason,
    message: () =>
      `Expected ${nameOf(received)} ${wanted}, ${found === null ? `but it ${stateOf(received)}` : `and its reason was ${show(found.reason)}`}.`,
  };
}

function cancellationOf(received: unknown): { readonly reason: unknown } | null {
  if (received instanceof CancelledError) return received.cancellation;
  if (!(received instanceof TaskNode)) return null;
  const { outcome } = received;
  return outcome?.type === "cancelled" ? outcome.cancellation : null;
}

function nameOf(received: unknown): string {
  return received instanceof TaskNode ? `task "${clip(received.name)}"` : show(received);
}

function stateOf(received: unknown): string {
  if (!(received instanceof TaskNode)) return "is no task and no CancelledError";
  const { outcome } = received;
  if (outcome === null) return "has not ended";
  return outcome.type === "value" ? "completed" : "failed";
}

/**
 * Whether something failed with a group of exactly these errors, in any order; nested groups are written as nested
 * lists. Takes an error, a task or another promise, or a function that throws.
 */
function toFailWithGroup(
  received: unknown,
  expected: readonly Expected[],
): MatcherResult | Promise<MatcherResult> {
  if (typeof received === "function") return judge(thrownBy(received as () => unknown), expected);
  if (!isThenable(received)) return judge({ error: received }, expected);
  // Somebody looks at its failure from now on.
  if (received instanceof TaskNode) nodeOf(received as unknown as Task<unknown>).mark(OBSERVED);
  return Promise.resolve(received).then(
    () => judge(null, expected),
    (error: unknown) => judge({ error }, expected),
  );
}

function thrownBy(act: () => unknown): { readonly error: unknown } | null {
  try {
    act();
    return null;
  } catch (error) {
    return { error };
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

function judge(failure: { readonly error: unknown } | null, expected: readonly Expected[]): MatcherResult {
  const wanted = `a failure with a group of ${outline(expected)}`;
  if (failure === null) return { pass: false, message: () => `Expected ${wanted}, but it did not fail.` };
  const { error } = failure;
  const pass = isGroup(error) && holdsAll(error.errors, expected);
  return {
    pass,
    message: () =>
      pass ? `Expected anything but ${wanted}.` : `Expected ${wanted}, got ${outlineOf(error)}.`,
  };
}

/** Whether each error can be paired with an expectation of its own. */
function holdsAll(errors: readonly unknown[], expected: readonly Expected[]): boolean {
  if (errors.length !== expected.length) return false;
  const [first, ...others] = expected;
  if (first === undefined) return true;
  return errors.some(
    (error, i) => matches(error, first) && holdsAll([...errors.slice(0, i), ...errors.slice(i + 1)], others),
  );
}

function matches(error: unknown, expected: Expected): boolean {
  if (Array.isArray(expected))
    return isGroup(error) && holdsAll(error.errors, expected as readonly Expected[]);
  if (typeof expected === "function") return error instanceof expected;
  if ("asymmetricMatch" in Object(expected)) {
    return (expected as { asymmetricMatch(value: unknown): boolean }).asymmetricMatch(error);
  }
  const text = error instanceof Error ? error.message : String(error);
  return expected instanceof RegExp ? expected.test(text) : text.includes(expected as string);
}

function outline(expected: readonly Expected[]): string {
  return `[${expected.map((one) => (Array.isArray(one) ? outline(one as readonly Expected[]) : outlineOne(one))).join(", ")}]`;
}

function outlineOne(expected: Expected): string {
  if (typeof expected === "function") return expected.name;
  if (typeof expected === "string") return `"${clip(expected)}"`;
  return expected instanceof RegExp ? clip(String(expected)) : show(expected);
}

function outlineOf(error: unknown): string {
  if (isGroup(error)) return `[${error.errors.map(outlineOf).join(", ")}]`;
  return error instanceof Error ? `${error.name} "${clip(error.message)}"` : show(error);
}
