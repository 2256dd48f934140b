import type { Operation as Theirs } from "effection";
import {
  cancellation,
  ensure,
  operation,
  race,
  resource,
  useScope,
  waiting,
  type Operation,
  type Provide,
  type Scope,
} from "../index.js";
import { checkCrossing, claim, nameFor, refusal, type CrossingOptions } from "./checks.js";
import { enclosing, theirsNamed } from "./contexts.js";
import { Crossing } from "./crossing.js";

/** Where an operation of Effection is expected, a `function*` without parameters will do. */
export type TheirOperable<T> = Theirs<T> | (() => Theirs<T>);

/** Runs what their code yields of ours, until a condition holds. */
function* serve(home: Scope, crossing: Crossing, isDone: () => boolean): Operation<void> {
  for (;;) {
    for (let guest = crossing.nextGuest(); guest !== undefined; guest = crossing.nextGuest()) {
      guest.began(home.run(guest.operation, { name: guest.name }));
    }
    if (isDone()) return;
    yield* waiting(() => crossing.news());
  }
}

/** Halts it where it is still running, and waits until it is gone. What its cleanup yields of ours runs in this cleanup. */
const leave = operation(function* leave(crossing: Crossing, isDone: () => boolean) {
  const home = yield* useScope();
  crossing.halt(yield* cancellation());
  let isGone = false;
  try {
    yield* serve(home, crossing, isDone);
    isGone = true;
  } finally {
    // The grace was over.
    if (!isGone) crossing.isLeft = true;
  }
  crossing.checkTeardown();
});

/** The halt comes before the guests are undone, which only it can end: they live in the boundary around this one. */
const pass = operation(function* effection(crossing: Crossing, home: Scope) {
  yield* ensure(() => leave(crossing, () => crossing.isOver));
  yield* serve(home, crossing, () => crossing.ended !== null || crossing.isOver);
  return crossing.outcome();
});

/** A function* of theirs: a boundary. */
const visit = operation(function* effection(crossing: Crossing) {
  return yield* pass(crossing, yield* useScope());
});

/** Gives the value, and stays until nothing that theirs has left alive is left. */
const reside = operation(function* effection(crossing: Crossing, home: Scope, provide: Provide<unknown>) {
  yield* ensure(() => leave(crossing, () => crossing.isOver));
  yield* serve(home, crossing, () => crossing.isReady || crossing.isOver);
  const value = crossing.outcome();
  yield* race([() => provide(value), () => serve(home, crossing, () => crossing.isOver)]);
  crossing.checkTeardown();
});

/** An operation of theirs: what it leaves alive is a resource of the boundary that it is called in. */
function settle(crossing: Crossing): Operation<unknown> {
  return resource<unknown>(function* effection(provide) {
    yield* reside(crossing, yield* useScope(), provide);
  });
}

class FromEffection<T> implements Operation<T> {
  constructor(
    private readonly op: TheirOperable<T>,
    private readonly options: CrossingOptions,
  ) {}

  *[Symbol.iterator](): ReturnType<Operation<T>[typeof Symbol.iterator]> {
    const { op, options } = this;
    claim("fromEffection", op);
    const home = yield* useScope();
    const crossing = new Crossing({
      name: nameFor(op, options),
      op,
      parent: home.get(enclosing),
      prepare: (scope) => {
        for (const context of options.contexts ?? []) {
          const value = home.get(context);
          if (value !== undefined) scope.set(theirsNamed(context), value);
        }
      },
    });
    // Their operation gives the T that its type says.
    return (yield* typeof op === "function" ? visit(crossing) : settle(crossing)) as T;
  }
}

/** As our own operations do: `await` would give it back unrun. */
Object.defineProperty(FromEffection.prototype, "then", {
  value: () => {
    throw refusal(
      "AWAITED",
      "fromEffection() was awaited. Use `yield* fromEffection(…)` in an operation, or `await run(fromEffection(…))`.",
    );
  },
});

/**
 * Runs an operation of Effection 4.
 *
 * A `function*` is a boundary of its own: what it spawned and acquired is gone when it has returned. An operation is
 * run as if it were yielded here: resources that it acquires, and tasks that it spawns, live as long as our current
 * boundary, are given back with it, and their failure is its failure (B2, E1).
 *
 * Waits:   until it has ended; for a `function*`, until all that it started is gone.
 * Cancel:  halts it and waits for its cleanup, innermost first across the border; `whyCancelled()` tells it the reason.
 *          A value that it had before the cancel is handed over (S6).
 * Throws:  what it throws, the same object; what its cleanup adds (E2); CancelledError when somebody else halted it.
 * Pitfall: Effection may go on with the code after a call whose cleanup waits when it is halted: our cancel waits for
 *          that too, as long as its `grace` allows. A loop of theirs that never waits keeps our timers waiting.
 *
 * @param op - an operation of Effection, or a `function*` of its operations
 * @param options - `contexts`: contexts of ours to pass on to theirs of the same names
 * @example const server = yield* fromEffection(useServer({ port: 8080 }));
 */
export function fromEffection<T>(op: TheirOperable<T>, options: CrossingOptions = {}): Operation<T> {
  checkCrossing("fromEffection", op, options);
  return new FromEffection(op, options);
}
