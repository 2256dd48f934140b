import { expect } from "@jest/globals";
import {
  all,
  checkpoint,
  operation,
  sleep,
  taskGroup,
  timeout,
  type Operable,
  type Operation,
} from "coppice";
import { Turns } from "./fairness.js";
import type { Scenario, Subject } from "./mistake.js";
import { place, remove, type Host, type Place } from "./place.js";

type Waiting = Place<void>;

export class SemaphoreCopy implements Host<Waiting> {
  readonly title = "semaphore copy";
  line: Waiting[] = [];
  free: number;

  constructor(readonly permits: number) {
    this.free = permits;
  }

  acquire(): Operation<void> {
    return place(this, undefined);
  }

  tryAcquire(): boolean {
    if (this.free === 0) return false;
    this.free--;
    return true;
  }

  enter(waiting: Waiting): void {
    if (this.tryAcquire()) waiting.succeed();
    else this.line.push(waiting);
  }

  leave(waiting: Waiting): void {
    remove(this.line, waiting);
  }

  release(): void {
    const next = this.line.shift();
    if (next === undefined) this.free++;
    else next.succeed();
  }

  *with(op: Operable<unknown>): Generator<never, void> {
    yield* this.acquire() as Iterable<never>;
    try {
      yield* perform(op);
    } finally {
      this.release();
    }
  }
}

export function* perform(op: Operable<unknown>): Generator<never, unknown> {
  return (yield* (typeof op === "function" ? op() : op) as Iterable<never>) as unknown;
}

/** The permit goes to a waiter that is gone. */
class KeepsCancelled extends SemaphoreCopy {
  override leave(): void {
    // Forgotten.
  }
}

/** A waiter that is gone is noticed, and the permit is dropped with it. */
class DropsWithCancelled extends SemaphoreCopy {
  readonly #gone = new Set<Waiting>();

  override leave(waiting: Waiting): void {
    this.#gone.add(waiting);
  }

  override release(): void {
    const next = this.line.shift();
    if (next === undefined) this.free++;
    else if (!this.#gone.has(next)) next.succeed();
  }
}

/** The permit is handed over and put back as well. */
class HandsOverTwice extends SemaphoreCopy {
  override release(): void {
    this.free++;
    this.line.shift()?.succeed();
  }
}

/** The longest waiting one is served last. */
class ServesNewest extends SemaphoreCopy {
  override release(): void {
    const next = this.line.pop();
    if (next === undefined) this.free++;
    else next.succeed();
  }
}

/** Wakes a waiter, which then has to look whether somebody else was faster. */
class Barges extends SemaphoreCopy {
  override *with(op: Operable<unknown>): Generator<never, void> {
    while (!this.tryAcquire()) yield* place(this.bell, undefined) as Iterable<never>;
    try {
      yield* perform(op);
    } finally {
      this.release();
    }
  }

  override release(): void {
    this.free++;
    this.line.shift()?.succeed();
  }

  readonly bell: Host<Waiting> = {
    title: "bell",
    enter: (waiting) => void this.line.push(waiting),
    leave: (waiting) => void remove(this.line, waiting),
  };
}

/** A cancellation can land between the acquisition and the try. */
class AcquiresTooEarly extends SemaphoreCopy {
  override *with(op: Operable<unknown>): Generator<never, void> {
    yield* this.acquire() as Iterable<never>;
    yield* checkpoint() as Iterable<never>;
    try {
      yield* perform(op);
    } finally {
      this.release();
    }
  }
}

/** Gives back what it never got. */
class ReleasesUnacquired extends SemaphoreCopy {
  override *with(op: Operable<unknown>): Generator<never, void> {
    try {
      yield* this.acquire() as Iterable<never>;
      yield* perform(op);
    } finally {
      this.release();
    }
  }
}

/** One more than there are. */
class CountsWrongly extends SemaphoreCopy {
  override tryAcquire(): boolean {
    if (this.free < 0) return false;
    this.free--;
    return true;
  }
}

/** Takes two permits one after the other, and keeps the first when it is cancelled at the second. */
class TakesHalf extends SemaphoreCopy {
  override *with(op: Operable<unknown>): Generator<never, void> {
    yield* this.acquire() as Iterable<never>;
    yield* this.acquire() as Iterable<never>;
    try {
      yield* perform(op);
    } finally {
      this.release();
      this.release();
    }
  }
}

/** A body that fails keeps its permit. */
class KeepsOnError extends SemaphoreCopy {
  override *with(op: Operable<unknown>): Generator<never, void> {
    yield* this.acquire() as Iterable<never>;
    yield* perform(op);
    this.release();
  }
}

const use = operation(function* (semaphore: SemaphoreCopy, seen: Seen) {
  const served = seen.turns.ask();
  yield* semaphore.with(function* () {
    served();
    seen.inside++;
    seen.most = Math.max(seen.most, seen.inside);
    try {
      yield* sleep(10);
    } finally {
      seen.inside--;
    }
  });
});

const late = operation(function* (ms: number, op: Operation<void>) {
  yield* sleep(ms);
  yield* op;
});

interface Seen {
  readonly turns: Turns;
  inside: number;
  most: number;
}

function scenarioOf(make: () => SemaphoreCopy): Scenario {
  let semaphore = make();
  let seen: Seen = { turns: new Turns(), inside: 0, most: 0 };
  return {
    make: () => {
      semaphore = make();
      seen = { turns: new Turns(), inside: 0, most: 0 };
      return taskGroup(function* (group) {
        for (const [ms, limitMs] of [
          [0, 15],
          [1, 45],
          [2, 15],
          [3, 45],
        ] as const) {
          group.spawn(timeout(limitMs, late(ms, use(semaphore, seen)), { otherwise: 0 }));
        }
        yield* sleep(10);
        yield* all([use(semaphore, seen), use(semaphore, seen)]);
      });
    },
    check: () => {
      expect(semaphore.free).toBe(semaphore.permits);
      expect(semaphore.line).toHaveLength(0);
      expect(seen.most).toBeLessThanOrEqual(semaphore.permits);
      expect(seen.turns.overtakings).toEqual([]);
    },
  };
}

export const semaphores: Subject = {
  name: "Semaphore",
  correct: [scenarioOf(() => new SemaphoreCopy(2)), scenarioOf(() => new SemaphoreCopy(1))],
  mistakes: [
    {
      name: "a permit goes to a waiter that is gone",
      like: "B1",
      scenario: scenarioOf(() => new KeepsCancelled(1)),
    },
    {
      name: "a permit is dropped with a waiter that is gone",
      like: "B4",
      scenario: scenarioOf(() => new DropsWithCancelled(1)),
    },
    { name: "a permit is handed over and put back", scenario: scenarioOf(() => new HandsOverTwice(2)) },
    { name: "the newest waiter is served first", scenario: scenarioOf(() => new ServesNewest(1)) },
    {
      name: "a newcomer takes the permit of the one that was woken",
      scenario: scenarioOf(() => new Barges(1)),
    },
    {
      name: "a cancellation lands between acquire and try",
      like: "B6",
      scenario: scenarioOf(() => new AcquiresTooEarly(2)),
    },
    {
      name: "a permit is given back that was never got",
      scenario: scenarioOf(() => new ReleasesUnacquired(2)),
    },
    { name: "one permit too many", scenario: scenarioOf(() => new CountsWrongly(1)) },
    {
      name: "the first of two permits is kept when the second does not come",
      like: "B6",
      scenario: scenarioOf(() => new TakesHalf(2)),
    },
    {
      name: "a permit is kept when the body does not end well",
      scenario: scenarioOf(() => new KeepsOnError(2)),
    },
  ],
};
