import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { ReadyQueue, type Ready } from "../../lib/kernel/ready-queue.js";

interface Item extends Ready {
  readonly name: number;
}

const item = (name: number): Item => ({ name, nextReady: null });

describe("ReadyQueue", () => {
  it("gives first in, first out, and null when it is empty", () => {
    const queue = new ReadyQueue<Item>();
    for (const name of [1, 2, 3]) queue.push(item(name));
    expect([
      queue.size,
      queue.shift()?.name,
      queue.shift()?.name,
      queue.shift()?.name,
      queue.shift(),
      queue.size,
    ]).toEqual([3, 1, 2, 3, null, 0]);
  });

  it("does as a list does, whatever is pushed, shifted and taken", () => {
    const steps = fc.array(
      fc.oneof(fc.constant("push"), fc.constant("first"), fc.constant("shift"), fc.nat({ max: 10 })),
      {
        maxLength: 100,
      },
    );
    fc.assert(
      fc.property(steps, (all) => {
        const queue = new ReadyQueue<Item>();
        const list: number[] = [];
        all.forEach((step, name) => {
          if (step === "push") {
            queue.push(item(name));
            list.push(name);
          } else if (step === "first") {
            queue.pushFirst(item(name));
            list.unshift(name);
          } else if (step === "shift") expect(queue.shift()?.name).toBe(list.shift());
          else {
            // What does not exist is the first one.
            const place = step < list.length ? step : 0;
            expect(queue.take(step)?.name).toBe(list.splice(place, 1)[0]);
          }
          expect(queue.size).toBe(list.length);
        });
      }),
    );
  });

  it("keeps nothing of what was taken", () => {
    const queue = new ReadyQueue<Item>();
    const [first, second, third] = [item(1), item(2), item(3)];
    for (const each of [first, second, third]) queue.push(each);
    queue.take(2);
    queue.take(1);
    queue.shift();
    expect([first.nextReady, second.nextReady, third.nextReady]).toEqual([null, null, null]);
  });
});
