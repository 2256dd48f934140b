import { describe, expect, it } from "@jest/globals";
import {
  all,
  attempt,
  Broadcast,
  createChannel,
  operation,
  Queue,
  select,
  sleep,
  spawn,
  timeout,
  type Operation,
} from "coppice";
import { inDrawnWorlds, type Chance } from "../sync/chance.js";
import { queueKinds } from "./store-kinds.js";

const WORLDS = 120;

/** What items go into and come out of. */
interface Line {
  put(item: number): Operation<void>;
  tryPut(item: number): boolean;
  get(): Operation<number>;
  tryGet(): { readonly value: number } | undefined;
}

function channel(capacity: number): Line {
  const [sender, receiver] = createChannel<number>({ capacity });
  return {
    put: (item) => sender.send(item),
    tryPut: (item) => sender.trySend(item),
    get: () => receiver.receive(),
    tryGet: () => receiver.tryReceive(),
  };
}

const lines: [string, (capacity: number) => Line][] = [
  ...queueKinds.map(([name, make]): [string, (capacity: number) => Line] => [
    name,
    (capacity) => make({ capacity }),
  ]),
  ["channel", channel],
];

/** Puts in one of several forms; false when it was not put. */
function* putSomehow(line: Line, item: number, chance: Chance): Operation<boolean> {
  const patience = chance.below(4);
  if (chance.happens(20)) return line.tryPut(item);
  if (chance.happens(30)) return (yield* select([line.put(item), sleep(patience)])).index === 0;
  if (chance.happens(30)) return yield* timeout(patience, putting(line, item), { otherwise: false });
  yield* line.put(item);
  return true;
}

const putting = operation(function* (line: Line, item: number) {
  yield* line.put(item);
  return true;
});

/** Takes in one of several forms; nothing when it gave up. */
function* getSomehow(line: Line, other: Line, chance: Chance): Operation<number | undefined> {
  const patience = chance.below(4);
  if (chance.happens(20)) return line.tryGet()?.value;
  if (chance.happens(40)) {
    const chosen = yield* select({ late: sleep(patience), one: line.get(), other: other.get() });
    return chosen.name === "late" ? undefined : chosen.value;
  }
  if (chance.happens(30)) return yield* timeout(patience, line.get(), { otherwise: undefined });
  return yield* line.get();
}

describe.each(lines)("%s, in drawn worlds with cancels and timeouts at every instant", (_, make) => {
  it("has every item in exactly one place: not put, still in it, or taken once", async () => {
    let moved = 0;
    await inDrawnWorlds(WORLDS, (chance) => {
      const capacity = chance.below(4);
      const [one, other] = [make(capacity), make(capacity)];
      const put: number[] = [];
      const got: number[] = [];
      let next = 0;
      const producer = operation(function* (line: Line) {
        for (let i = 0; i < 4; i++) {
          const item = next++;
          yield* sleep(chance.below(3));
          if (yield* putSomehow(line, item, chance)) put.push(item);
        }
      });
      const consumer = operation(function* (line: Line, beside: Line) {
        for (let i = 0; i < 4; i++) {
          yield* sleep(chance.below(3));
          const item = yield* getSomehow(line, beside, chance);
          if (item !== undefined) got.push(item);
        }
      });
      return {
        *op() {
          const tasks = [];
          for (let i = 0; i < 4; i++) {
            const [line, beside] = i % 2 === 0 ? [one, other] : [other, one];
            tasks.push(yield* spawn(producer(line)), yield* spawn(consumer(line, beside)));
          }
          for (const task of tasks) {
            if (!chance.happens(25)) continue;
            yield* sleep(chance.below(2));
            void task.cancel();
          }
          yield* sleep(50);
          for (const task of tasks) yield* task.cancel();
          yield* all(tasks.map((task) => attempt(task)));
          for (const line of [one, other]) {
            for (let box = line.tryGet(); box !== undefined; box = line.tryGet()) got.push(box.value);
          }
        },
        check() {
          moved += got.length;
          expect(new Set(got).size).toBe(got.length);
          // Who was cancelled right after its put went through could not write it down any more.
          expect(got).toEqual(expect.arrayContaining(put));
        },
      };
    });
    expect(moved).toBeGreaterThan(4 * WORLDS);
  });
});

describe("Queue, in drawn worlds", () => {
  it("gives items in the order in which they went in, however its users come and go", async () => {
    await inDrawnWorlds(WORLDS, (chance) => {
      const queue = new Queue<number>({ capacity: chance.below(4) });
      const got: number[] = [];
      let next = 0;
      return {
        *op() {
          const producer = yield* spawn(function* () {
            for (;;) {
              if (!chance.happens(50)) yield* sleep(chance.below(2));
              const item = next;
              // An item that was not put is put again: every number goes in once.
              const isIn = yield* putSomehow(queue, item, chance);
              if (isIn) next++;
              else yield* sleep(1);
            }
          });
          for (let i = 0; i < 10; i++) {
            const consumer = yield* spawn(function* () {
              for (;;) got.push(yield* queue.get());
            });
            yield* sleep(chance.below(3));
            yield* consumer.cancel();
          }
          yield* producer.cancel();
          for (let box = queue.tryGet(); box !== undefined; box = queue.tryGet()) got.push(box.value);
        },
        check() {
          expect(got).toEqual(Array.from({ length: got.length }, (_, i) => i));
          expect(got.length).toBeGreaterThanOrEqual(next);
        },
      };
    });
  });
});

describe("Broadcast, in drawn worlds", () => {
  it("shows every subscriber that is waited for every item, once and in order, from its subscription on", async () => {
    let seenInAll = 0;
    await inDrawnWorlds(WORLDS, (chance) => {
      const broadcast = new Broadcast<number>({ capacity: 1 + chance.below(3) });
      const seen: number[][] = [];
      let sent = 0;
      return {
        *op() {
          const subscribers = [];
          for (let i = 0; i < 4; i++) {
            const items: number[] = [];
            seen.push(items);
            subscribers.push(
              yield* spawn(function* () {
                yield* sleep(chance.below(4));
                const subscription = yield* broadcast.subscribe();
                for (;;) {
                  const chosen = yield* select([subscription.get(), sleep(chance.below(3))]);
                  if (chosen.index === 0) items.push(chosen.value);
                }
              }),
            );
          }
          const sender = yield* spawn(function* () {
            for (;;) {
              yield* sleep(chance.below(2));
              const isSent = chance.happens(30)
                ? broadcast.trySend(sent)
                : (yield* select([broadcast.put(sent), sleep(chance.below(3))])).index === 0;
              if (isSent) sent++;
            }
          });
          yield* sleep(10);
          yield* subscribers[0]?.cancel() ?? sleep(0);
          yield* sleep(10);
          yield* sender.cancel();
          yield* sleep(10);
          for (const task of subscribers) yield* task.cancel();
        },
        check() {
          for (const items of seen) {
            seenInAll += items.length;
            const [first = 0] = items;
            expect(items).toEqual(Array.from({ length: items.length }, (_, i) => first + i));
          }
          // The last ones of those that stayed are the last that was sent, or one that was on its way.
          for (const items of seen.slice(1)) expect((items.at(-1) ?? sent) - sent).toBeGreaterThanOrEqual(-1);
        },
      };
    });
    expect(seenInAll).toBeGreaterThan(10 * WORLDS);
  });
});
