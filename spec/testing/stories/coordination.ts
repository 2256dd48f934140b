import { expect } from "@jest/globals";
import {
  all,
  Barrier,
  Condition,
  Event,
  Limiter,
  Lock,
  RateLimit,
  select,
  Semaphore,
  sleep,
  spawn,
  timeout,
  withResolvers,
} from "coppice";
import { crowd, story, type Story } from "./story.js";

export const coordination: readonly Story[] = [
  story(["semaphore.acquire()", "semaphore.with()"], () => {
    const semaphore = new Semaphore(1);
    let inside = 0;
    return {
      op: crowd(3, function* (i) {
        if (i === 1) return yield* semaphore.with(sleep(2));
        yield* semaphore.acquire();
        try {
          expect(++inside).toBe(1);
          yield* sleep(2);
        } finally {
          inside--;
          semaphore.release();
        }
      }),
      check: () => {
        expect([semaphore.free, semaphore.statistics().waiting]).toEqual([1, []]);
      },
    };
  }),
  story(["lock.acquire()", "lock.with()"], () => {
    const lock = new Lock();
    return {
      op: crowd(3, function* (i) {
        if (i === 1) return yield* lock.with(sleep(2));
        yield* lock.acquire();
        try {
          yield* sleep(2);
        } finally {
          lock.release();
        }
      }),
      check: () => {
        expect([lock.isLocked, lock.statistics().waiting]).toEqual([false, []]);
      },
    };
  }),
  story(["limiter.acquire()", "limiter.with()"], () => {
    const limiter = new Limiter(1);
    return {
      op: crowd(3, function* (i) {
        if (i === 1) return yield* limiter.with(sleep(2));
        yield* limiter.acquire();
        try {
          yield* sleep(2);
        } finally {
          limiter.release();
        }
      }),
      check: () => {
        expect([limiter.borrowed, limiter.statistics().waiting]).toEqual([0, []]);
      },
    };
  }),
  story(["rateLimit.acquire()"], () => {
    const limit = new RateLimit(2, 5);
    let taken = 0;
    return {
      op: crowd(5, function* () {
        yield* limit.acquire();
        taken++;
      }),
      check: () => {
        expect(limit.statistics().waiting).toEqual([]);
        expect(taken).toBeLessThanOrEqual(5);
      },
    };
  }),
  story(["event.wait()"], () => {
    const event = new Event();
    let woken = 0;
    return {
      op: all([
        crowd(3, function* () {
          yield* event.wait();
          woken++;
        }),
        function* set() {
          yield* sleep(1);
          event.set();
        },
      ]),
      check: () => {
        if (!event.isSet) expect(woken).toBe(0);
      },
    };
  }),
  story(["barrier.wait()"], () => {
    const barrier = new Barrier(2);
    let rounds = 0;
    return {
      op: crowd(2, function* () {
        for (let round = 0; round < 2; round++) {
          yield* barrier.wait();
          rounds++;
        }
      }),
      check: () => {
        expect(barrier.waiting).toBe(0);
        expect(rounds).toBeLessThanOrEqual(4);
      },
    };
  }),
  story(["condition.acquire()"], () => {
    const condition = new Condition();
    let [made, used] = [0, 0];
    return {
      op: all([
        crowd(2, function* () {
          yield* condition.acquire();
          try {
            yield* condition.waitFor(() => made > used);
            used++;
          } finally {
            condition.release();
          }
        }),
        crowd(2, function* () {
          yield* condition.with(function* () {
            yield* sleep(1);
            made++;
            condition.notify();
          });
        }),
      ]),
      check: () => {
        expect(used).toBeLessThanOrEqual(made);
        expect([condition.isLocked, condition.statistics().waiting]).toEqual([false, []]);
      },
    };
  }),
  story(["select()"], () => {
    const [first, second] = [new Semaphore(1), new Semaphore(1)];
    // Both are taken at first, and more is given than was there.
    first.tryAcquire();
    second.tryAcquire();
    let [given, taken] = [0, 0];
    return {
      op: all([
        function* choose() {
          for (let i = 0; i < 3; i++) {
            yield* select({ first: first.acquire(), second: second.acquire() });
            taken++;
          }
        },
        crowd(3, function* (i) {
          yield* sleep(1);
          given++;
          (i === 1 ? second : first).release();
        }),
      ]),
      check: () => {
        // Exactly one of the two happens: no permit is lost, and none is taken twice. The last one may be in nobody's
        // hands when its taker was cancelled with it (S6).
        const free = first.free + second.free;
        expect(given - free - taken).toBeGreaterThanOrEqual(0);
        expect(given - free - taken).toBeLessThanOrEqual(1);
        expect(first.statistics().waiting.length + second.statistics().waiting.length).toBe(0);
      },
    };
  }),
  story(["withResolvers().operation"], () => {
    const { operation, resolve } = withResolvers<number>();
    return {
      op: all([
        timeout(1, operation, { otherwise: 0 }),
        operation,
        function* answer() {
          yield* spawn(operation);
          yield* sleep(2);
          resolve(42);
        },
      ]),
    };
  }),
];
