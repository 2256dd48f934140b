/** Conditions, events, barriers: what wakes others. */
import { expect } from "@jest/globals";
import { all, checkpoint, ensure, operation, sleep, taskGroup, timeout, type Operation } from "coppice";
import { LockCopy } from "./lock.js";
import type { Scenario, Subject } from "./mistake.js";
import { place, remove, type Host, type Place } from "./place.js";

type Waiting = Place<void>;

class Bell implements Host<Waiting> {
  readonly title: string = "bell copy";
  line: Waiting[] = [];

  enter(waiting: Waiting): void {
    this.line.push(waiting);
  }

  leave(waiting: Waiting): void {
    remove(this.line, waiting);
  }

  ring(count = this.line.length): void {
    for (const waiting of this.line.splice(0, count)) waiting.succeed();
  }

  wait(): Operation<void> {
    return place(this, undefined);
  }
}

class DeafBell extends Bell {
  override leave(): void {
    // Forgotten.
  }
}

/** A condition: one notification wakes one waiter, which holds the lock again whenever its wait ends. */
class ConditionCopy {
  bell = new Bell();

  constructor(readonly lock: LockCopy) {}

  wait(owner: object): Operation<void> {
    return waitOn(this, owner);
  }

  notify(): void {
    this.bell.ring(1);
  }
}

const waitOn = operation(function* (condition: ConditionCopy, owner: object) {
  condition.lock.release(owner);
  yield* ensure(() => condition.lock.acquire(owner));
  yield* condition.bell.wait();
});

/** A notification is used up by a waiter that is gone. */
class NotifiesCancelled extends ConditionCopy {
  override bell = new DeafBell();
}

/** The lock is not taken back when the wait is cancelled. */
class ForgetsLock extends ConditionCopy {
  override *wait(owner: object): Generator<never, void> {
    this.lock.release(owner);
    yield* this.bell.wait() as Iterable<never>;
    yield* this.lock.acquire(owner) as Iterable<never>;
  }
}

/** A cancellation that comes when it has been notified lands in the `finally`, which is not cleanup then. */
class TakesBackUnprotected extends ConditionCopy {
  override *wait(owner: object): Generator<never, void> {
    this.lock.release(owner);
    try {
      yield* this.bell.wait() as Iterable<never>;
    } finally {
      yield* this.lock.acquire(owner) as Iterable<never>;
    }
  }
}

/** A cancellation is replaced by an error. */
class ThrowsInstead extends ConditionCopy {
  override wait(owner: object): Operation<void> {
    return throwing(this, owner);
  }
}

const throwing = operation(function* (condition: ConditionCopy, owner: object) {
  let wasNotified = false;
  condition.lock.release(owner);
  yield* ensure(function* () {
    yield* condition.lock.acquire(owner);
    if (!wasNotified) throw new Error("the wait was interrupted");
  });
  yield* condition.bell.wait();
  wasNotified = true;
});

/** All are told of what one can use, and go on without looking. */
class NotifiesAll extends ConditionCopy {
  override notify(): void {
    this.bell.ring();
  }
}

function conditionScenario(make: (lock: LockCopy) => ConditionCopy): Scenario {
  let lock = new LockCopy();
  let condition = make(lock);
  let [made, used] = [0, 0];
  function* take(name: string): Generator<never, void> {
    const owner = { name };
    yield* lock.with(owner, function* () {
      yield* condition.wait(owner);
      expect(made - used).toBeGreaterThan(0);
      used++;
    });
  }
  function* give(): Generator<never, void> {
    const owner = { name: "giver" };
    yield* lock.with(owner, function* () {
      made++;
      condition.notify();
      yield* checkpoint();
    });
  }
  return {
    make: () => {
      lock = new LockCopy();
      condition = make(lock);
      [made, used] = [0, 0];
      return taskGroup(function* (group) {
        group.spawn(timeout(5, () => take("impatient"), { otherwise: 0 }));
        const takers = [group.spawn(() => take("a")), group.spawn(() => take("b"))];
        yield* sleep(6);
        yield* give();
        yield* give();
        for (const taker of takers) yield* taker;
      });
    },
    check: () => {
      expect(lock.owner).toBeNull();
      expect(lock.line).toHaveLength(0);
    },
  };
}

/** An event: once set, nobody waits. */
class EventCopy {
  isSet = false;
  readonly bell = new Bell();

  *wait(): Generator<never, void> {
    if (!this.isSet) yield* this.bell.wait() as Iterable<never>;
  }

  set(): void {
    this.isSet = true;
    this.bell.ring();
  }
}

class WakesOne extends EventCopy {
  override set(): void {
    this.isSet = true;
    this.bell.ring(1);
  }
}

/** Looks, gives way, and waits for what has happened by then. */
class LooksThenWaits extends EventCopy {
  override *wait(): Generator<never, void> {
    if (this.isSet) return;
    yield* checkpoint() as Iterable<never>;
    yield* this.bell.wait() as Iterable<never>;
  }
}

/** Forgets to say that it is set before it wakes those that look. */
class SetsLate extends EventCopy {
  override set(): void {
    this.bell.ring();
  }
}

function eventScenario(make: () => EventCopy): Scenario {
  let event = make();
  return {
    make: () => {
      event = make();
      return taskGroup(function* (group) {
        for (let i = 0; i < 3; i++) group.spawn(() => event.wait());
        yield* checkpoint();
        yield* checkpoint();
        yield* checkpoint();
        event.set();
        yield* event.wait();
      });
    },
    check: () => {
      expect(event.bell.line).toHaveLength(0);
    },
  };
}

/** A barrier for two, used again and again. */
class BarrierCopy {
  arrived = 0;
  readonly bell = new Bell();

  *wait(): Generator<never, void> {
    if (++this.arrived === 2) {
      this.arrived = 0;
      this.bell.ring();
      return;
    }
    let hasMet = false;
    try {
      yield* this.bell.wait() as Iterable<never>;
      hasMet = true;
    } finally {
      if (!hasMet) this.left();
    }
  }

  left(): void {
    if (this.arrived > 0) this.arrived--;
  }
}

/** Who has left still counts. */
class CountsCancelled extends BarrierCopy {
  override left(): void {
    // Forgotten.
  }
}

/** Starts the next round only when the last one has left. */
class CountsLate extends BarrierCopy {
  override *wait(): Generator<never, void> {
    if (++this.arrived >= 2) this.bell.ring();
    else yield* this.bell.wait() as Iterable<never>;
    yield* checkpoint() as Iterable<never>;
    this.arrived = 0;
  }
}

function barrierScenario(make: () => BarrierCopy): Scenario {
  let barrier = make();
  let rounds: number[] = [];
  function* walk(who: number): Generator<never, void> {
    for (let round = 0; round < 3; round++) {
      rounds[who] = round;
      yield* barrier.wait();
      // Nobody is ahead by more than the round that has just begun.
      expect(Math.abs((rounds[0] ?? 0) - (rounds[1] ?? 0))).toBeLessThanOrEqual(1);
    }
  }
  return {
    make: () => {
      barrier = make();
      rounds = [];
      return function* meeting() {
        yield* timeout(5, () => barrier.wait(), { otherwise: 0 });
        yield* all([() => walk(0), () => walk(1)]);
      };
    },
    check: () => {
      expect(barrier.arrived).toBe(0);
      expect(barrier.bell.line).toHaveLength(0);
    },
  };
}

/** A value that is made once, for all who ask; whoever asks first makes it. */
class OnceCopy {
  value: number | undefined;
  made = 0;
  maker = false;
  readonly bell = new Bell();

  *get(): Generator<never, number> {
    while (this.value === undefined) {
      if (this.maker) yield* this.bell.wait() as Iterable<never>;
      else yield* this.make();
    }
    return this.value;
  }

  *make(): Generator<never, void> {
    this.maker = true;
    try {
      yield* sleep(5) as Iterable<never>;
      this.made++;
      this.value = 1;
    } finally {
      this.maker = false;
      this.bell.ring();
    }
  }
}

/** Who waits for a maker that is cancelled waits for ever. */
class MakerVanishes extends OnceCopy {
  override *make(): Generator<never, void> {
    this.maker = true;
    yield* sleep(5) as Iterable<never>;
    this.made++;
    this.value = 1;
    this.bell.ring();
  }
}

/** Looks, gives way, and makes what another one makes as well. */
class MakesTwice extends OnceCopy {
  override *get(): Generator<never, number> {
    if (this.value === undefined) {
      yield* sleep(5) as Iterable<never>;
      this.made++;
      this.value = 1;
    }
    return this.value;
  }
}

function onceScenario(make: () => OnceCopy): Scenario {
  let once = make();
  return {
    make: () => {
      once = make();
      return function* askers() {
        yield* all([
          timeout(3, () => once.get(), { otherwise: 0 }),
          function* () {
            yield* ensure(() => expect(once.made).toBeLessThanOrEqual(1));
            yield* once.get();
          },
          () => once.get(),
        ]);
      };
    },
    check: () => {
      expect(once.made).toBeLessThanOrEqual(1);
      expect(once.bell.line).toHaveLength(0);
    },
  };
}

export const signals: Subject = {
  name: "Condition, Event, Barrier and once",
  correct: [
    conditionScenario((lock) => new ConditionCopy(lock)),
    eventScenario(() => new EventCopy()),
    barrierScenario(() => new BarrierCopy()),
    onceScenario(() => new OnceCopy()),
  ],
  mistakes: [
    {
      name: "a notification is used up by a waiter that is gone",
      like: "B3",
      scenario: conditionScenario((lock) => new NotifiesCancelled(lock)),
    },
    {
      name: "the lock is not taken back when the wait is cancelled",
      scenario: conditionScenario((lock) => new ForgetsLock(lock)),
    },
    {
      name: "the lock is taken back without protection",
      scenario: conditionScenario((lock) => new TakesBackUnprotected(lock)),
    },
    {
      name: "a cancellation is replaced by an error",
      like: "B7",
      scenario: conditionScenario((lock) => new ThrowsInstead(lock)),
    },
    {
      name: "all are told of what one can use",
      scenario: conditionScenario((lock) => new NotifiesAll(lock)),
    },
    { name: "an event wakes one of those that wait", scenario: eventScenario(() => new WakesOne()) },
    {
      name: "an event that is set between look and wait is missed",
      scenario: eventScenario(() => new LooksThenWaits()),
    },
    { name: "an event does not stay set", scenario: eventScenario(() => new SetsLate()) },
    { name: "a barrier counts who has left", scenario: barrierScenario(() => new CountsCancelled()) },
    { name: "a barrier lets the next round in too early", scenario: barrierScenario(() => new CountsLate()) },
    {
      name: "who waits for a maker that is cancelled waits for ever",
      scenario: onceScenario(() => new MakerVanishes()),
    },
    { name: "what is to be made once is made twice", scenario: onceScenario(() => new MakesTwice()) },
  ],
};
