/**
 * Runtimes with one mistake each, made by putting something wrong in the place of one method for a while. They show
 * that the laws can fail.
 */
import { Lock } from "coppice";
import { Cleanup, Frame, Scheduler, ScopeNode, TaskNode } from "../../lib/kernel/index.js";
import { LineWait, WaitLine } from "../../lib/sync/index.js";

/** A mistake by name; `make` makes it, and gives what takes it back. */
export interface Mistake {
  readonly name: string;
  readonly make: () => () => void;
}

type Arguments<M> = M extends (...args: infer A extends readonly unknown[]) => unknown ? A : never;
type Result<M> = M extends (...args: never) => infer R ? R : never;

/** Puts something in the place of a method; it gets the object, the right method and its arguments. */
function replace<T extends object, K extends keyof T>(
  prototype: T,
  key: K,
  broken: (self: T, right: T[K], ...args: Arguments<T[K]>) => Result<T[K]>,
): () => void {
  const right = prototype[key];
  const method = function (this: T, ...args: Arguments<T[K]>): Result<T[K]> {
    return broken(this, right, ...args);
  };
  // It takes what the right one takes and gives what that gives.
  prototype[key] = method as T[K];
  return () => {
    prototype[key] = right;
  };
}

/** Makes the frames of some kind of boundary without what makes them so. */
function withoutKind(key: "shields" | "awaitsChildren"): () => void {
  return replace(Frame.prototype, "begin", (frame, right) => {
    const { kind } = frame;
    if (kind?.[key] === true) Reflect.set(frame, "kind", Object.create(kind, { [key]: { value: false } }));
    right.call(frame);
  });
}

function forgetNow(every: number): () => boolean {
  let count = 0;
  return () => ++count % every === 0;
}

export const mistakes: readonly Mistake[] = [
  {
    name: "a cleanup runs twice",
    make: () =>
      replace(ScopeNode.prototype, "link", (scope, right, entry) => {
        right.call(scope, entry);
        if (entry instanceof Cleanup && entry.requested === null) right.call(scope, new Cleanup(entry.undo));
      }),
  },
  {
    name: "a cleanup does not run",
    make: () =>
      replace(ScopeNode.prototype, "link", (scope, right, entry) => {
        if (!(entry instanceof Cleanup)) right.call(scope, entry);
      }),
  },
  {
    name: "cleanups run in the order in which they were registered",
    make: () =>
      replace(ScopeNode.prototype, "link", (scope, right, entry) => {
        const { oldest } = scope;
        if (!(entry instanceof Cleanup) || oldest === null) {
          right.call(scope, entry);
          return;
        }
        entry.owner = scope;
        entry.newer = oldest;
        oldest.older = entry;
        scope.oldest = entry;
      }),
  },
  {
    name: "only the first error is kept",
    make: () =>
      replace(ScopeNode.prototype, "record", (scope, right, error) => {
        if (scope.errors === null) right.call(scope, error);
      }),
  },
  {
    name: "an error is noted twice",
    make: () =>
      replace(ScopeNode.prototype, "record", (scope, right, error) => {
        right.call(scope, error);
        scope.errors?.push(error);
      }),
  },
  {
    name: "a scope lets go of the tasks that were spawned into it",
    make: () =>
      replace(ScopeNode.prototype, "link", (scope, right, entry) => {
        right.call(scope, entry);
        if (entry instanceof TaskNode) scope.unlink(entry);
      }),
  },
  {
    name: "a landing is forgotten",
    make: () => {
      const forgets = forgetNow(5);
      return replace(Scheduler.prototype, "land", (scheduler, right, ...given) => {
        if (!forgets()) right.call(scheduler, ...given);
      });
    },
  },
  {
    name: "a wake-up is forgotten",
    make: () => {
      const forgets = forgetNow(7);
      return replace(Scheduler.prototype, "wake", (scheduler, right, ...given) => {
        if (!forgets()) right.call(scheduler, ...given);
      });
    },
  },
  {
    name: "a timer is not taken out",
    make: () => replace(Scheduler.prototype, "removeTimer", () => undefined),
  },
  {
    name: "a cancelled waiter stays in its line",
    make: () => replace(LineWait.prototype, "withdraw", () => true),
  },
  {
    name: "a line serves who came last",
    make: () =>
      // A prototype is typed for lines of any kind.
      replace(WaitLine.prototype as WaitLine<LineWait<unknown>>, "shift", (line) => {
        const last = [...line].at(-1);
        if (last !== undefined) line.leave(last);
        return last ?? null;
      }),
  },
  { name: "a lock is not given back", make: () => replace(Lock.prototype, "release", () => undefined) },
  { name: "a shield does not protect", make: () => withoutKind("shields") },
  { name: "a group does not wait for its tasks", make: () => withoutKind("awaitsChildren") },
  {
    name: "the error of leaving a wait is lost",
    make: () => replace(Scheduler.prototype, "land", (scheduler, right, task) => right.call(scheduler, task)),
  },
];

/** Makes a mistake; gives what takes it back. */
export function makeMistake(name: string): () => void {
  const mistake = mistakes.find((one) => one.name === name);
  if (mistake === undefined) throw new Error(`There is no mistake "${name}".`);
  return mistake.make();
}
