/** Every public function, called with values that nobody expects: what is refused is refused by us, and in words. */
import { describe, expect, it } from "@jest/globals";
import * as coppice from "coppice";
import { OBSERVED, nodeOf, runOn, Scheduler, type Operable, type Task } from "../../lib/kernel/index.js";
import { Chooser } from "../laws/order.js";
import { Outside } from "../laws/outside.js";
import { nasty, Trap } from "./nasty.js";

/** Made by users only to extend them, or only by other functions of ours. */
const NOT_CALLED = ["Wait", "Sender", "Receiver", "Scope", "Subscription", "now"];

/** A second argument is mostly an object of options, or a function. */
const seconds = [["nothing", undefined] as const, ...nasty.filter((_, i) => i % 5 === 1)];

interface Callable {
  readonly name: string;
  readonly call: (...args: readonly unknown[]) => unknown;
}

const callables: readonly Callable[] = Object.entries(coppice)
  .filter(
    ([name, value]) => typeof value === "function" && !NOT_CALLED.includes(name) && !isErrorClass(value),
  )
  .map(([name, value]) => {
    // Only functions are left.
    const fn = value as (...args: unknown[]) => unknown;
    const call = (...args: readonly unknown[]): unknown =>
      /^[A-Z]/.test(name) ? (Reflect.construct(fn, args) as unknown) : fn(...args);
    return { name, call };
  });

function isErrorClass(value: unknown): boolean {
  return typeof value === "function" && value.prototype instanceof Error;
}

/** Whether a failure is in order: one of ours, or one that came out of what was passed. */
function isInOrder(error: unknown): boolean {
  if (nasty.some(([, value]) => Object.is(value, error)) || error instanceof Trap) return true;
  if (!(error instanceof Error)) return true;
  return "code" in error && typeof error.code === "string" && error.code.startsWith("COPPICE_");
}

/** Starts an operation, cancels it, and lets everything that is due happen. */
function failureOf(op: Operable<unknown>): unknown {
  const outside = new Outside(new Chooser(0));
  const task = nodeOf(runOn(new Scheduler(outside), op));
  task.mark(OBSERVED);
  // Tasks are what users hold of them.
  void (task as unknown as Task<unknown>).cancel();
  for (let i = 0; i < 20; i++) {
    outside.runMacrotasks();
    if (outside.nextTimer === Infinity) continue;
    outside.time = outside.nextTimer;
    outside.fireTimer();
  }
  return task.outcome?.type === "errors" ? task.outcome.errors[0] : undefined;
}

function isOperation(made: unknown): made is Operable<unknown> {
  if (nasty.some(([, value]) => value === made) || typeof made !== "object" || made === null) return false;
  return Symbol.iterator in made && "then" in made && !isTask(made);
}

function isTask(made: unknown): made is Task<unknown> {
  return Object.prototype.toString.call(made) === "[object Task]";
}

/** What is out of order in one call, or null. */
function complaint(call: () => unknown): string | null {
  let failure: unknown;
  try {
    const made = call();
    failure = isOperation(made) ? failureOf(made) : undefined;
    // A task that was started: nobody else looks at its failure.
    if (isTask(made)) made.then(undefined, () => undefined);
  } catch (error) {
    failure = error;
  }
  return isInOrder(failure) ? null : String(failure);
}

describe.each(callables)("$name", ({ name, call }) => {
  it("E5 refuses what it cannot take with an error of ours, or takes it", () => {
    const complaints = new Map<string, string>();
    for (const [first, one] of nasty) {
      for (const [second, other] of seconds) {
        const args = second === "nothing" ? [one] : [one, other];
        const found = complaint(() => call(...args));
        if (found !== null && !complaints.has(found)) complaints.set(found, `${name}(${first}, ${second})`);
      }
    }
    expect(Object.fromEntries(complaints)).toEqual({});
  });
});
