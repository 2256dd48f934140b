/**
 * Runtimes with one mistake each, made by putting something wrong in the place of one method for a while. They show
 * that the laws can fail.
 */
import { Lock } from "coppice";
import { Cleanup, Frame, Scheduler, ScopeNode, TaskNode, type Waiter } from "../../lib/kernel/index.js";
import { LineWait, WaitLine } from "../../lib/sync/index.js";

/** A mistake by name; `make` makes it, and gives what takes it back. */
export interface Mistake {
  readonly name: string;
  readonly make: () => () => void;
}

/** Puts a method in the place of another; it gets the right one. */
function replace<T extends object, K extends keyof T>(
  prototype: T,
  key: K,
  broken: (right: T[K]) => T[K],
): () => void {
  const right = prototype[key];
  prototype[key] = broken(right);
  return () => {
    prototype[key] = right;
  };
}

/** Makes the frames of some kind of boundary without what makes them so. */
function withoutKind(key: "shields" | "awaitsChildren"): () => void {
  return replace(
    Frame.prototype,
    "begin",
    (right) =>
      function begin(this: Frame) {
        const { kind } = this;
        if (kind?.[key] === true) Reflect.set(this, "kind", Object.create(kind, { [key]: { value: false } }));
        right.call(this);
      },
  );
}

function forgetNow(every: number): () => boolean {
  let count = 0;
  return () => ++count % every === 0;
}

export const mistakes: readonly Mistake[] = [
  {
    name: "a cleanup runs twice",
    make: () =>
      replace(
        ScopeNode.prototype,
        "link",
        (right) =>
          function link(this: ScopeNode, entry) {
            right.call(this, entry);
            if (entry instanceof Cleanup && entry.requested === null)
              right.call(this, new Cleanup(entry.undo));
          },
      ),
  },
  {
    name: "a cleanup does not run",
    make: () =>
      replace(
        ScopeNode.prototype,
        "link",
        (right) =>
          function link(this: ScopeNode, entry) {
            if (!(entry instanceof Cleanup)) right.call(this, entry);
          },
      ),
  },
  {
    name: "cleanups run in the order in which they were registered",
    make: () =>
      replace(
        ScopeNode.prototype,
        "link",
        (right) =>
          function link(this: ScopeNode, entry) {
            const { oldest } = this;
            if (!(entry instanceof Cleanup) || oldest === null) {
              right.call(this, entry);
              return;
            }
            entry.owner = this;
            entry.newer = oldest;
            oldest.older = entry;
            this.oldest = entry;
          },
      ),
  },
  {
    name: "only the first error is kept",
    make: () =>
      replace(
        ScopeNode.prototype,
        "record",
        (right) =>
          function record(this: ScopeNode, error) {
            if (this.errors === null) right.call(this, error);
          },
      ),
  },
  {
    name: "an error is noted twice",
    make: () =>
      replace(
        ScopeNode.prototype,
        "record",
        (right) =>
          function record(this: ScopeNode, error) {
            right.call(this, error);
            this.errors?.push(error);
          },
      ),
  },
  {
    name: "a scope lets go of the tasks that were spawned into it",
    make: () =>
      replace(
        ScopeNode.prototype,
        "link",
        (right) =>
          function link(this: ScopeNode, entry) {
            right.call(this, entry);
            if (entry instanceof TaskNode) this.unlink(entry);
          },
      ),
  },
  {
    name: "a landing is forgotten",
    make: () => {
      const forgets = forgetNow(5);
      return replace(
        Scheduler.prototype,
        "land",
        (right) =>
          function land(this: Scheduler, task, error) {
            if (!forgets()) right.call(this, task, error);
          },
      );
    },
  },
  {
    name: "a wake-up is forgotten",
    make: () => {
      const forgets = forgetNow(7);
      return replace(
        Scheduler.prototype,
        "wake",
        (right) =>
          function wake(this: Scheduler, task: Waiter) {
            if (!forgets()) right.call(this, task);
          },
      );
    },
  },
  {
    name: "a timer is not taken out",
    make: () => replace(Scheduler.prototype, "removeTimer", () => () => undefined),
  },
  {
    name: "a cancelled waiter stays in its line",
    make: () => replace(LineWait.prototype, "withdraw", () => () => true),
  },
  {
    name: "a line serves who came last",
    make: () =>
      replace(
        WaitLine.prototype,
        "shift",
        () =>
          function shift(this: WaitLine<LineWait<unknown>>) {
            const last = [...this].at(-1);
            if (last !== undefined) this.leave(last);
            // The method is typed for lines of any kind.
            return (last ?? null) as never;
          },
      ),
  },
  { name: "a lock is not given back", make: () => replace(Lock.prototype, "release", () => () => undefined) },
  { name: "a shield does not protect", make: () => withoutKind("shields") },
  { name: "a group does not wait for its tasks", make: () => withoutKind("awaitsChildren") },
  {
    name: "the error of leaving a wait is lost",
    make: () =>
      replace(
        Scheduler.prototype,
        "land",
        (right) =>
          function land(this: Scheduler, task: Waiter) {
            right.call(this, task);
          },
      ),
  },
];

/** Makes a mistake; gives what takes it back. */
export function makeMistake(name: string): () => void {
  const mistake = mistakes.find((one) => one.name === name);
  if (mistake === undefined) throw new Error(`There is no mistake "${name}".`);
  return mistake.make();
}
