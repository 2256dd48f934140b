import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { Timer } from "../../lib/kernel/index.js";
import { Timers } from "../../lib/kernel/timers.js";

const nobody = { timeIsUp: () => undefined };

function drained(timers: Timers): Timer[] {
  const order: Timer[] = [];
  for (let first = timers.first; first !== undefined; first = timers.first) {
    timers.remove(first);
    order.push(first);
  }
  return order;
}

describe("Timers", () => {
  it("gives the earliest first; at one instant deadlines first, each in the order in which they were made (S4)", () => {
    const timers = new Timers();
    const made = [
      new Timer(5, false, nobody),
      new Timer(1, false, nobody),
      new Timer(5, true, nobody),
      new Timer(5, false, nobody),
      new Timer(5, true, nobody),
      new Timer(3, true, nobody),
    ];
    for (const timer of made) timers.add(timer);
    expect(drained(timers).map((timer) => made.indexOf(timer))).toEqual([1, 5, 2, 4, 0, 3]);
  });

  it("keeps its order whatever is added and removed", () => {
    const step = fc.record({
      at: fc.integer({ min: 0, max: 20 }),
      isDeadline: fc.boolean(),
      removes: fc.nat({ max: 50 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const timers = new Timers();
        const kept: Timer[] = [];
        for (const { at, isDeadline, removes } of steps) {
          const timer = new Timer(at, isDeadline, nobody);
          timers.add(timer);
          kept.push(timer);
          if (removes < kept.length && removes % 2 === 0)
            for (const gone of kept.splice(removes, 1)) timers.remove(gone);
          expect(timers.size).toBe(kept.length);
        }
        const expected = [...kept].sort(
          (a, b) => a.at - b.at || Number(b.isDeadline) - Number(a.isDeadline) || a.order - b.order,
        );
        const actual = drained(timers);
        expect(actual.map(({ order }) => order)).toEqual(expected.map(({ order }) => order));
      }),
    );
  });

  it("takes a removal twice, and of what was never in it, for nothing", () => {
    const timers = new Timers();
    const [one, other] = [new Timer(1, false, nobody), new Timer(2, false, nobody)];
    timers.add(one);
    timers.remove(other);
    timers.remove(one);
    timers.remove(one);
    expect([timers.size, one.slot]).toEqual([0, -1]);
  });

  it("keeps the rank of a timer that is moved and added again", () => {
    const timers = new Timers();
    const [one, other] = [new Timer(9, true, nobody), new Timer(5, true, nobody)];
    timers.add(one);
    timers.add(other);
    timers.remove(one);
    one.at = 5;
    timers.add(one);
    expect(drained(timers)[0]).toBe(one);
  });

  it("holds 100,000 timers of one instant in order", () => {
    const timers = new Timers();
    for (let i = 0; i < 100_000; i++) timers.add(new Timer(1, false, nobody));
    const orders = drained(timers).map(({ order }) => order);
    expect(orders.every((order, i) => i === 0 || order > (orders[i - 1] ?? 0))).toBe(true);
  });
});
