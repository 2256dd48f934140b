/** Small scenarios, three tasks of four calls at the most, drawn by fast-check and run with cancels in any order. */
import fc from "fast-check";
import { cancelScope, sleep, spawn, suspend, type CancelScope, type Operation } from "coppice";
import { runOn } from "../../lib/kernel/index.js";
import { Chooser } from "../laws/order.js";
import { Outside, WatchedScheduler } from "../laws/outside.js";
import { findFault, REFUSED, type Action, type Call, type Subject } from "./history.js";

/** What a task does: waits, then calls, or cancels what another one is just waiting for. */
interface Line {
  readonly delay: number;
  readonly action: number;
  readonly victim: number;
}

interface Scenario {
  /** 0 for the scheduler's own order. */
  readonly order: number;
  readonly tasks: readonly (readonly Line[])[];
}

const scenarios: fc.Arbitrary<Scenario> = fc.record({
  order: fc.oneof(fc.constant(0), fc.nat(1_000)),
  tasks: fc.array(
    fc.array(fc.record({ delay: fc.nat(2), action: fc.nat(999), victim: fc.nat(5) }), {
      minLength: 1,
      maxLength: 4,
    }),
    { minLength: 2, maxLength: 3 },
  ),
});

class Play<T, S> {
  readonly history: Call<S>[] = [];
  readonly #scopes: (CancelScope | null)[] = [];
  readonly #thing: T;
  #events = 0;
  #items = 0;

  constructor(
    private readonly subject: Subject<T, S>,
    private readonly scenario: Scenario,
  ) {
    this.#thing = subject.make();
  }

  run(): void {
    const outside = new Outside(new Chooser(this.scenario.order));
    const { tasks } = this.scenario;
    const root = runOn(new WatchedScheduler(outside), this.#all(tasks));
    while (outside.nextTimer < Infinity) {
      outside.time = outside.nextTimer;
      outside.fireTimer();
      outside.runMacrotasks();
    }
    for (const call of this.history) if (call.returned === Infinity) call.outcome = { type: "pending" };
    void root.cancel();
  }

  *#all(tasks: readonly (readonly Line[])[]): Operation<void> {
    if (this.subject.prepare !== undefined) yield* this.subject.prepare(this.#thing);
    for (const [caller, lines] of tasks.entries()) yield* spawn(() => this.#task(caller, lines));
    yield* suspend();
  }

  *#task(caller: number, lines: readonly Line[]): Operation<void> {
    const { actions } = this.subject;
    for (const { delay, action, victim } of lines) {
      if (delay > 0) yield* sleep(delay);
      if (victim < 3 && victim !== caller) void this.#scopes[victim]?.cancel();
      const chosen = actions[action % actions.length];
      if (chosen !== undefined) yield* this.#call(caller, chosen);
    }
    // What it holds stays its own: a lock whose owner has ended is another matter.
    yield* suspend();
  }

  *#call(caller: number, action: Action<T, S>): Operation<void> {
    const item = ++this.#items;
    const call: Call<S> = {
      ...{ caller, item, invoked: ++this.#events, returned: Infinity },
      // Only its model and its names are looked at from here on.
      action: action,
      outcome: { type: "cancelled" },
    };
    this.history.push(call);
    const settle = (value: unknown): void => {
      call.outcome = { type: "value", value };
      call.returned = ++this.#events;
    };
    const thing = this.#thing;
    const scopes = this.#scopes;
    yield* cancelScope(function* (scope) {
      scopes[caller] = scope;
      try {
        settle(yield* action.run(thing, item));
      } catch {
        settle(REFUSED);
      }
    });
    scopes[caller] = null;
    if (call.returned === Infinity) call.returned = ++this.#events;
  }
}

function written<S>(call: Call<S>): string {
  const { outcome, caller, action, item, invoked, returned } = call;
  const end = outcome.type === "value" ? JSON.stringify(outcome.value ?? null) : outcome.type;
  return `task ${caller}: ${action.name} (${item}) from ${invoked} to ${returned}: ${end}`;
}

/** Null when every history has a legal order; otherwise the smallest one found that has none. */
export function checkSubject<T, S>(subject: Subject<T, S>, runs: number, seed?: number): string | null {
  let last = "";
  const found = fc.check(
    fc.property(scenarios, (scenario) => {
      const play = new Play(subject, scenario);
      play.run();
      // The check looks at the model, and not at the thing.
      const fault = findFault(subject as unknown as Subject<never, S>, play.history, scenario.order === 0);
      if (fault !== null) last = [fault, ...play.history.map(written)].join("\n");
      return fault === null;
    }),
    { numRuns: runs, ...(seed === undefined ? {} : { seed }) },
  );
  return found.failed ? `${last || String(found.errorInstance)}\nseed ${found.seed}` : null;
}
