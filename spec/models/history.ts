/**
 * Histories of a few tasks that use one thing, and the search for a legal order of them: linearizability. A cancelled
 * call must have had no effect at all (S6).
 */

import type { Operation } from "coppice";

/** What a model says of a call: what it gives, and the state after it; null where it would have to wait. */
export type Step<S> = readonly [result: unknown, state: S] | null;

/** What can be done with a thing, and what a sequential model says of it. */
export interface Action<T, S> {
  readonly name: string;
  /** Those that wait in the same line are served first come, first served. */
  readonly line?: string;
  run(thing: T, item: number): Operation<unknown>;
  apply(state: S, caller: number, item: number): Step<S>;
}

/** A thing and its model. */
export interface Subject<T, S> {
  readonly name: string;
  make(): T;
  /** What is done before all tasks, in the boundary around them. */
  prepare?(thing: T): Operation<unknown>;
  readonly initial: S;
  readonly actions: readonly Action<T, S>[];
  /** What two calls give that can only happen together. */
  meet?(state: S, one: Call<S>, other: Call<S>): readonly [one: unknown, other: unknown] | null;
}

/** One call in a history; times are numbers of events. */
export interface Call<S> {
  readonly caller: number;
  readonly item: number;
  readonly action: Action<never, S>;
  readonly invoked: number;
  returned: number;
  outcome: { readonly type: "value"; readonly value: unknown } | { readonly type: "cancelled" | "pending" };
}

/** What a refused call gives, whatever the error. */
export const REFUSED = "refused";

/** Null when there is a legal order, otherwise what is wrong. */
export function findFault<S>(
  subject: Subject<never, S>,
  history: readonly Call<S>[],
  isFair: boolean,
): string | null {
  const completed = history.filter((call) => call.outcome.type === "value");
  const pending = history.filter((call) => call.outcome.type === "pending");
  if (isFair) {
    const pair = bargers(completed);
    if (pair !== null)
      return `${pair[1].action.name} went before ${pair[0].action.name}, which had waited longer`;
  }
  return new Search(subject, pending).run(subject.initial, completed)
    ? null
    : "there is no legal order of these calls";
}

function bargers<S>(completed: readonly Call<S>[]): readonly [Call<S>, Call<S>] | null {
  for (const one of completed) {
    for (const other of completed) {
      const isSameLine = one.action.line !== undefined && one.action.line === other.action.line;
      if (
        isSameLine &&
        hasWaited(one) &&
        hasWaited(other) &&
        one.invoked < other.invoked &&
        other.returned < one.returned
      )
        return [one, other];
    }
  }
  return null;
}

/** Whether it had to wait, and got what it waited for. One that was handed it may go on after others that need not wait. */
function hasWaited<S>({ outcome, invoked, returned }: Call<S>): boolean {
  return outcome.type === "value" && outcome.value !== REFUSED && returned > invoked + 1;
}

class Search<S> {
  readonly #seen = new Set<string>();

  constructor(
    private readonly subject: Subject<never, S>,
    private readonly pending: readonly Call<S>[],
  ) {}

  run(state: S, left: readonly Call<S>[]): boolean {
    if (left.length === 0) return this.pending.every((call) => this.#waits(state, call));
    const key = JSON.stringify([state, left.map((call) => call.invoked)]);
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    // Whatever returned before another began comes first.
    const earliest = Math.min(...left.map((call) => call.returned));
    const next = left.filter((call) => call.invoked < earliest);
    return next.some((call) => this.#takes(state, call, left)) || this.#meets(state, next, left);
  }

  #takes(state: S, call: Call<S>, left: readonly Call<S>[]): boolean {
    const step = call.action.apply(state, call.caller, call.item);
    if (step === null || !gave(call, step[0])) return false;
    return this.run(
      step[1],
      left.filter((other) => other !== call),
    );
  }

  #meets(state: S, next: readonly Call<S>[], left: readonly Call<S>[]): boolean {
    return next.some((one) =>
      next.some((other) => {
        const results = one === other ? null : this.subject.meet?.(state, one, other);
        if (results == null || !gave(one, results[0]) || !gave(other, results[1])) return false;
        return this.run(
          state,
          left.filter((call) => call !== one && call !== other),
        );
      }),
    );
  }

  #waits(state: S, call: Call<S>): boolean {
    return (
      call.action.apply(state, call.caller, call.item) === null &&
      this.pending.every((other) => other === call || this.subject.meet?.(state, call, other) == null)
    );
  }
}

function gave<S>({ outcome }: Call<S>, result: unknown): boolean {
  return outcome.type === "value" && JSON.stringify(outcome.value ?? null) === JSON.stringify(result ?? null);
}
