import { expect } from "@jest/globals";
import { checkpoint, sleep, taskGroup, timeout, type Operable, type Operation } from "coppice";
import { Turns } from "./fairness.js";
import type { Scenario, Subject } from "./mistake.js";
import { place, remove, type Host, type Place } from "./place.js";
import { perform } from "./semaphore.js";

type Waiting = Place<void, object>;

/** Each holder is known by an object of its own. */
export class LockCopy implements Host<Waiting> {
  readonly title = "lock copy";
  line: Waiting[] = [];
  owner: object | null = null;

  acquire(owner: object): Operation<void> {
    return place(this, owner);
  }

  enter(waiting: Waiting): void {
    if (this.owner === null) {
      this.owner = waiting.item;
      waiting.succeed();
    } else if (this.owner === waiting.item) waiting.fail(new Error("held already"));
    else this.line.push(waiting);
  }

  leave(waiting: Waiting): void {
    remove(this.line, waiting);
  }

  release(owner: object): void {
    if (this.owner !== owner) throw new Error("not the owner");
    const next = this.line.shift();
    this.owner = next?.item ?? null;
    next?.succeed();
  }

  *with(owner: object, op: Operable<unknown>): Generator<never, void> {
    yield* this.acquire(owner) as Iterable<never>;
    try {
      yield* perform(op);
    } finally {
      this.release(owner);
    }
  }
}

/** The lock goes to a waiter that is gone. */
class KeepsCancelled extends LockCopy {
  override leave(): void {
    // Forgotten.
  }
}

/** Wakes the next one without making it the owner. */
class LeavesGap extends LockCopy {
  override enter(waiting: Waiting): void {
    if (this.owner === null) {
      this.owner = waiting.item;
      waiting.succeed();
    } else this.line.push(waiting);
  }

  override release(): void {
    this.owner = null;
    const next = this.line.shift();
    next?.succeed();
  }
}

/** Anybody may release. */
class ReleasesForOthers extends LockCopy {
  override release(): void {
    const next = this.line.shift();
    this.owner = next?.item ?? null;
    next?.succeed();
  }

  override *with(owner: object, op: Operable<unknown>): Generator<never, void> {
    try {
      yield* this.acquire(owner) as Iterable<never>;
      yield* perform(op);
    } finally {
      this.release();
    }
  }
}

/** A task that holds it waits for itself. */
class WaitsForItself extends LockCopy {
  override enter(waiting: Waiting): void {
    if (this.owner === null) {
      this.owner = waiting.item;
      waiting.succeed();
    } else this.line.push(waiting);
  }
}

/** Looks first, gives way, and takes then. */
class LooksThenTakes extends LockCopy {
  override *acquire(owner: object): Generator<never, void> {
    while (this.owner !== null) yield* checkpoint() as Iterable<never>;
    yield* checkpoint() as Iterable<never>;
    this.owner = owner;
  }

  override release(): void {
    this.owner = null;
  }
}

/** The cleanup of the body runs without the lock. */
class ReleasesBeforeCleanup extends LockCopy {
  override *with(owner: object, op: Operable<unknown>): Generator<never, void> {
    yield* this.acquire(owner) as Iterable<never>;
    let isDone = false;
    try {
      yield* timeout(6, op, { otherwise: 0 }) as Iterable<never>;
      isDone = true;
    } finally {
      if (!isDone) yield* checkpoint() as Iterable<never>;
      if (isDone) this.release(owner);
    }
  }
}

interface Seen {
  inside: number;
  most: number;
  readonly turns: Turns;
}

function scenarioOf(make: () => LockCopy, isReentering = false): Scenario {
  let lock = make();
  let seen: Seen = { inside: 0, most: 0, turns: new Turns() };
  function* use(name: string, ms: number): Generator<never, void> {
    const owner = { name };
    const served = seen.turns.ask();
    yield* lock.with(owner, function* () {
      served();
      seen.most = Math.max(seen.most, ++seen.inside);
      try {
        yield* sleep(ms);
        if (!isReentering) return;
        // Refused, not waited for.
        yield* refused(lock.acquire(owner));
      } finally {
        seen.inside--;
      }
    });
  }
  return {
    make: () => {
      lock = make();
      seen = { inside: 0, most: 0, turns: new Turns() };
      return taskGroup(function* (group) {
        group.spawn(() => use("a", 5));
        group.spawn(timeout(5, () => use("b", 5), { otherwise: 0 }));
        group.spawn(() => use("c", 5));
        yield* sleep(5);
        group.spawn(() => use("d", 1));
        yield* use("e", 1);
      });
    },
    check: () => {
      expect(lock.owner).toBeNull();
      expect(lock.line).toHaveLength(0);
      expect(seen.most).toBeLessThanOrEqual(1);
      expect(seen.turns.overtakings).toEqual([]);
    },
  };
}

function* refused(op: Operation<unknown>): Generator<never, void> {
  let wasRefused = false;
  try {
    yield* op as Iterable<never>;
  } catch {
    wasRefused = true;
  }
  expect(wasRefused).toBe(true);
}

export const locks: Subject = {
  name: "Lock",
  correct: [scenarioOf(() => new LockCopy()), scenarioOf(() => new LockCopy(), true)],
  mistakes: [
    {
      name: "the lock goes to a waiter that is gone",
      like: "B2",
      scenario: scenarioOf(() => new KeepsCancelled()),
    },
    { name: "nobody owns it between release and wake-up", scenario: scenarioOf(() => new LeavesGap()) },
    {
      name: "it is released for somebody else",
      like: "B15",
      scenario: scenarioOf(() => new ReleasesForOthers()),
    },
    { name: "a task that holds it waits for itself", scenario: scenarioOf(() => new WaitsForItself(), true) },
    { name: "it is looked at, and taken a turn later", scenario: scenarioOf(() => new LooksThenTakes()) },
    {
      name: "it is kept when the body is cancelled",
      scenario: scenarioOf(() => new ReleasesBeforeCleanup()),
    },
  ],
};
