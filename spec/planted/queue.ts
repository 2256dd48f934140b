import { expect } from "@jest/globals";
import {
  attempt,
  checkpoint,
  now,
  operation,
  sleep,
  taskGroup,
  timeout,
  type Operation,
  type TaskGroup,
} from "coppice";
import { Turns } from "./fairness.js";
import type { Scenario, Subject } from "./mistake.js";
import { place, remove, type Host, type Place } from "./place.js";

type Getting = Place<number>;
type Putting = Place<void, number>;

export class QueueCopy {
  items: number[] = [];
  getting: Getting[] = [];
  putting: Putting[] = [];
  joining: Place<void>[] = [];
  unfinished = 0;
  isClosed = false;

  constructor(readonly capacity: number) {}

  readonly gets: Host<Getting> = {
    title: "queue copy get",
    enter: (getting) => {
      this.enterGet(getting);
    },
    leave: (getting) => {
      this.leaveGet(getting);
    },
  };

  readonly puts: Host<Putting> = {
    title: "queue copy put",
    enter: (putting) => {
      this.enterPut(putting);
    },
    leave: (putting) => {
      this.leavePut(putting);
    },
  };

  readonly joins: Host<Place<void>> = {
    title: "queue copy join",
    enter: (joining) => {
      if (this.unfinished === 0) joining.succeed();
      else this.joining.push(joining);
    },
    leave: (joining) => void remove(this.joining, joining),
  };

  get(): Operation<number> {
    return place(this.gets, undefined);
  }

  put(item: number): Operation<void> {
    return place(this.puts, item);
  }

  join(): Operation<void> {
    return place(this.joins, undefined);
  }

  enterGet(getting: Getting): void {
    const item = this.items.shift();
    if (item !== undefined) {
      getting.succeed(item);
      this.admit();
    } else if (this.isClosed) getting.fail(new Error("closed"));
    else this.getting.push(getting);
  }

  leaveGet(getting: Getting): void {
    remove(this.getting, getting);
  }

  enterPut(putting: Putting): void {
    if (this.isClosed) putting.fail(new Error("closed"));
    else if (this.accept(putting.item)) putting.succeed();
    else this.putting.push(putting);
  }

  leavePut(putting: Putting): void {
    remove(this.putting, putting);
  }

  accept(item: number): boolean {
    const getting = this.getting.shift();
    if (getting === undefined && this.items.length >= this.capacity) return false;
    this.unfinished++;
    if (getting === undefined) this.items.push(item);
    else getting.succeed(item);
    return true;
  }

  admit(): void {
    if (this.items.length >= this.capacity) return;
    const putting = this.putting.shift();
    if (putting === undefined) return;
    this.unfinished++;
    this.items.push(putting.item);
    putting.succeed();
  }

  done(): void {
    if (--this.unfinished === 0) for (const joining of this.joining.splice(0)) joining.succeed();
  }

  close(): void {
    this.isClosed = true;
    for (const putting of this.putting.splice(0)) putting.fail(new Error("closed"));
    if (this.items.length === 0)
      for (const getting of this.getting.splice(0)) getting.fail(new Error("closed"));
  }
}

/** The item goes to a receiver that is gone. */
class KeepsGetter extends QueueCopy {
  override leaveGet(): void {
    // Forgotten.
  }
}

/** Takes the item, and only then gives way. */
class TakesThenWaits extends QueueCopy {
  override *get(): Generator<never, number> {
    const item = (yield* super.get() as Iterable<never>) as unknown as number;
    yield* checkpoint() as Iterable<never>;
    return item;
  }
}

/** A put that was cancelled takes place all the same. */
class KeepsPutter extends QueueCopy {
  override leavePut(): void {
    // Forgotten.
  }
}

/** Room that came up is not given to the one that waits. */
class ForgetsToAdmit extends QueueCopy {
  override admit(): void {
    // Forgotten.
  }
}

/** One item too many. */
class AdmitsTwo extends QueueCopy {
  override admit(): void {
    super.admit();
    const putting = this.putting.shift();
    if (putting === undefined) return;
    this.unfinished++;
    this.items.push(putting.item);
    putting.succeed();
  }
}

/** Closing does not tell those that wait for an item. */
class ClosesWithoutGetters extends QueueCopy {
  override close(): void {
    this.isClosed = true;
    for (const putting of this.putting.splice(0)) putting.fail(new Error("closed"));
  }
}

/** Closing does not tell those that wait for room. */
class ClosesWithoutPutters extends QueueCopy {
  override close(): void {
    this.isClosed = true;
    if (this.items.length === 0)
      for (const getting of this.getting.splice(0)) getting.fail(new Error("closed"));
  }
}

/** Closing throws away what is in it, and does not count that as done. */
class ClosesAway extends QueueCopy {
  override close(): void {
    this.items = [];
    super.close();
  }
}

/** Says that all is done when one item is left. */
class JoinsEarly extends QueueCopy {
  override done(): void {
    if (--this.unfinished <= 1) for (const joining of this.joining.splice(0)) joining.succeed();
  }
}

/** The newest receiver is served first. */
class ServesNewest extends QueueCopy {
  override accept(item: number): boolean {
    const getting = this.getting.pop();
    if (getting === undefined) return super.accept(item);
    this.unfinished++;
    getting.succeed(item);
    return true;
  }
}

/** A putter that is let in overtakes the items that are in it. */
class Overtakes extends QueueCopy {
  override admit(): void {
    const putting = this.putting.shift();
    if (putting === undefined) return;
    this.unfinished++;
    this.items.unshift(putting.item);
    putting.succeed();
  }
}

interface Seen {
  readonly accepted: number[];
  /** When each item was taken. */
  readonly taken: Map<number, number>;
  readonly turns: Turns;
  /** What was seen amid a run that must not be; kept, because those that use a queue take its errors for its end. */
  readonly faults: string[];
  closedAt: number;
}

/** How the queue is used. */
interface Use {
  /** How long producers rest between two items. */
  readonly paceMs: number;
  /** How long the late producer has until the queue is closed: with time enough the getters wait by then. */
  readonly closeAfterMs: number;
}

const BUSY: Use = { paceMs: 0, closeAfterMs: 1 };
const SLOW: Use = { paceMs: 2, closeAfterMs: 20 };

class Story {
  readonly seen: Seen = {
    accepted: [],
    taken: new Map(),
    turns: new Turns(),
    faults: [],
    closedAt: Infinity,
  };

  constructor(
    readonly queue: QueueCopy,
    readonly use: Use,
  ) {}

  *tell(group: TaskGroup): Generator<never, void> {
    const { queue, seen, use } = this;
    const consuming = attempt(() => this.consume());
    const producing = (from: number) => attempt(() => this.produce(from));
    group.spawn(consuming);
    group.spawn(late(1, timeout(6, consuming, { otherwise: 0 })));
    group.spawn(late(2, producing(10)));
    group.spawn(late(2, timeout(4, producing(20), { otherwise: 0 })));
    yield* sleep(14) as Iterable<never>;
    yield* queue.join() as Iterable<never>;
    // A producer that rests may go on in the same instant.
    if (use.paceMs === 0 && queue.unfinished > 0) seen.faults.push("join ended too early");
    group.spawn(producing(30));
    yield* sleep(use.closeAfterMs) as Iterable<never>;
    seen.closedAt = now();
    queue.close();
  }

  *produce(from: number): Generator<never, void> {
    const { queue, seen, use } = this;
    for (let item = from; item < from + 4; item++) {
      yield* queue.put(item) as Iterable<never>;
      seen.accepted.push(item);
      if (now() > seen.closedAt) seen.faults.push("accepted after the end");
      this.look();
      if (use.paceMs > 0) yield* sleep(use.paceMs) as Iterable<never>;
    }
  }

  *consume(): Generator<never, void> {
    const { queue, seen } = this;
    for (;;) {
      const served = seen.turns.ask();
      const item = (yield* queue.get() as Iterable<never>) as unknown as number;
      served();
      if (seen.taken.has(item)) seen.faults.push(`${item} was taken twice`);
      seen.taken.set(item, now());
      this.look();
      try {
        yield* sleep(3) as Iterable<never>;
      } finally {
        queue.done();
      }
    }
  }

  /** Nobody waits for what is there. */
  look(): void {
    const { items, putting, getting, capacity, isClosed } = this.queue;
    const { faults } = this.seen;
    if (items.length > capacity) faults.push("more items than there is room for");
    if (!isClosed && putting.length > 0 && items.length < capacity)
      faults.push("waits for room that is there");
    if (getting.length > 0 && items.length > 0) faults.push("waits for an item that is there");
  }

  check(outcome: string): void {
    const { queue, seen } = this;
    // Each item that was accepted was taken or is still there; nobody took what was not accepted.
    const found = [...seen.taken.keys(), ...queue.items];
    for (const item of seen.accepted) expect(found.filter((other) => other === item)).toHaveLength(1);
    // One whose put was handed over and cancelled at once was put all the same, one per producer.
    expect(found.filter((item) => !seen.accepted.includes(item)).length).toBeLessThanOrEqual(3);
    expect(new Set(found).size).toBe(found.length);
    expect(swapped(seen.taken)).toEqual([]);
    expect(seen.turns.overtakings).toEqual([]);
    expect(seen.faults).toEqual([]);
    expect([queue.getting, queue.putting, queue.joining].map((line) => line.length)).toEqual([0, 0, 0]);
    if (outcome === "completed") expect(queue.unfinished).toBe(queue.items.length);
  }
}

const late = operation(function* (ms: number, op: Operation<unknown>) {
  yield* sleep(ms);
  yield* op;
});

/** Items that one producer has put one after the other, and that were taken the other way round. */
function swapped(taken: ReadonlyMap<number, number>): string[] {
  const all = [...taken];
  return all.flatMap(([first, firstAt]) =>
    all
      .filter(([second, at]) => second > first && decadeOf(second) === decadeOf(first) && at < firstAt)
      .map(([second]) => `${second} before ${first}`),
  );
}

function decadeOf(item: number): number {
  return Math.floor(item / 10);
}

function scenarioOf(make: () => QueueCopy, use = BUSY): Scenario {
  let story = new Story(make(), use);
  return {
    make: () => {
      story = new Story(make(), use);
      return taskGroup((group) => story.tell(group));
    },
    check: ({ outcome }) => {
      story.check(outcome);
    },
  };
}

export const queues: Subject = {
  name: "Queue",
  correct: [1, 2].flatMap((capacity) =>
    [BUSY, SLOW].map((use) => scenarioOf(() => new QueueCopy(capacity), use)),
  ),
  mistakes: [
    {
      name: "an item goes to a receiver that is gone",
      like: "B5",
      scenario: scenarioOf(() => new KeepsGetter(1)),
    },
    {
      name: "an item is taken before the last wait",
      like: "B5",
      scenario: scenarioOf(() => new TakesThenWaits(1)),
    },
    { name: "a cancelled put takes place", like: "B4", scenario: scenarioOf(() => new KeepsPutter(1)) },
    {
      name: "room is not given to the one that waits for it",
      scenario: scenarioOf(() => new ForgetsToAdmit(1)),
    },
    { name: "room for one is given to two", scenario: scenarioOf(() => new AdmitsTwo(1)) },
    {
      name: "closing does not tell the getters",
      scenario: scenarioOf(() => new ClosesWithoutGetters(1), SLOW),
    },
    {
      name: "closing does not tell the putters",
      like: "B20",
      scenario: scenarioOf(() => new ClosesWithoutPutters(1)),
    },
    {
      name: "closing throws items away without counting them",
      like: "B18",
      scenario: scenarioOf(() => new ClosesAway(2)),
    },
    { name: "join ends one item too early", scenario: scenarioOf(() => new JoinsEarly(1)) },
    { name: "the newest receiver is served first", scenario: scenarioOf(() => new ServesNewest(1), SLOW) },
    { name: "a putter that is let in overtakes", scenario: scenarioOf(() => new Overtakes(2)) },
  ],
};
