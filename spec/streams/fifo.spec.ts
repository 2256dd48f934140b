import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { Fifo } from "../../lib/streams/fifo.js";

describe("Fifo", () => {
  it("does as a list does, however it grows, shrinks and wraps round", () => {
    const runs = fc.array(fc.record({ pushes: fc.nat({ max: 200 }), shifts: fc.nat({ max: 200 }) }), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(runs, (all) => {
        const fifo = new Fifo<number>();
        const list: number[] = [];
        let next = 0;
        for (const { pushes, shifts } of all) {
          for (let i = 0; i < pushes; i++) {
            fifo.push(next);
            list.push(next++);
          }
          for (let i = 0; i < shifts && list.length > 0; i++) expect(fifo.shift()).toBe(list.shift());
          expect(fifo.size).toBe(list.length);
        }
      }),
    );
  });

  it("holds undefined like anything else", () => {
    const fifo = new Fifo<number | undefined>();
    fifo.push(undefined);
    fifo.push(1);
    expect([fifo.size, fifo.shift(), fifo.size, fifo.shift(), fifo.size]).toEqual([2, undefined, 1, 1, 0]);
  });

  it("is empty after clear, and usable", () => {
    const fifo = new Fifo<number>();
    for (let i = 0; i < 100; i++) fifo.push(i);
    fifo.clear();
    fifo.push(7);
    expect([fifo.size, fifo.shift()]).toEqual([1, 7]);
  });
});
