/** What tasks hold, and what they wait for one another at, with their models. */
import { Barrier, Condition, Event, Limiter, Lock, Semaphore } from "coppice";
import { REFUSED, type Subject } from "./history.js";
import { plainly } from "./queues.js";

/** @param modelled - how many permits the model has: another number for a model that is wrong */
export function semaphoreOf(permits: number, modelled = permits): Subject<Semaphore, number> {
  return {
    name: `Semaphore of ${permits}`,
    make: () => new Semaphore(permits),
    initial: modelled,
    actions: [
      {
        name: "acquire",
        line: "semaphore",
        run: (semaphore) => semaphore.acquire(),
        apply: (free) => (free > 0 ? [undefined, free - 1] : null),
      },
      {
        name: "tryAcquire",
        run: (semaphore) => plainly(() => semaphore.tryAcquire()),
        apply: (free) => (free > 0 ? [true, free - 1] : [false, free]),
      },
      {
        name: "release",
        run: (semaphore) => plainly(() => semaphore.release()),
        apply: (free) => (free < modelled ? [undefined, free + 1] : [REFUSED, free]),
      },
    ],
  };
}

/** The holder, or -1; `isReentrant` for a model that is wrong. */
export function lockWith(isReentrant = false): Subject<Lock, number> {
  const FREE = -1;
  return {
    name: "Lock",
    make: () => new Lock(),
    initial: FREE,
    actions: [
      {
        name: "acquire",
        line: "lock",
        run: (lock) => lock.acquire(),
        apply(holder, caller) {
          if (holder === caller) return [isReentrant ? undefined : REFUSED, holder];
          return holder === FREE ? [undefined, caller] : null;
        },
      },
      {
        name: "tryAcquire",
        run: (lock) => plainly(() => lock.tryAcquire()),
        apply(holder, caller) {
          if (holder === caller) return [REFUSED, holder];
          return holder === FREE ? [true, caller] : [false, holder];
        },
      },
      {
        name: "release",
        run: (lock) => plainly(() => lock.release()),
        apply: (holder, caller) => (holder === caller ? [undefined, FREE] : [REFUSED, holder]),
      },
    ],
  };
}

interface Loans {
  readonly total: number;
  readonly holders: readonly number[];
}

/** @param modelled - as in `semaphoreOf` */
export function limiterOf(total: number, modelled = total): Subject<Limiter, Loans> {
  const without = ({ total, holders }: Loans, caller: number): Loans => ({
    total,
    holders: holders.filter((one) => one !== caller),
  });
  const lent = ({ total, holders }: Loans, caller: number): Loans => ({
    total,
    holders: [...holders, caller].sort(),
  });
  return {
    name: `Limiter of ${total}`,
    make: () => new Limiter(total),
    initial: { total: modelled, holders: [] },
    actions: [
      {
        name: "acquire",
        line: "limiter",
        run: (limiter) => limiter.acquire(),
        apply(state, caller) {
          if (state.holders.includes(caller)) return [REFUSED, state];
          return state.holders.length < state.total ? [undefined, lent(state, caller)] : null;
        },
      },
      {
        name: "tryAcquire",
        run: (limiter) => plainly(() => limiter.tryAcquire()),
        apply(state, caller) {
          if (state.holders.includes(caller)) return [REFUSED, state];
          return state.holders.length < state.total ? [true, lent(state, caller)] : [false, state];
        },
      },
      {
        name: "release",
        run: (limiter) => plainly(() => limiter.release()),
        apply: (state, caller) =>
          state.holders.includes(caller) ? [undefined, without(state, caller)] : [REFUSED, state],
      },
      ...[1, 3].map((size) => ({
        name: `total = ${size}`,
        run: (limiter: Limiter) => plainly(() => void (limiter.total = size)),
        apply: ({ holders }: Loans) => [undefined, { total: size, holders }] as const,
      })),
    ],
  };
}

interface Stock {
  readonly condition: Condition;
  count: number;
}

/**
 * A number guarded by a condition: taking waits until there is something.
 *
 * @param isLeaky - for a model that is wrong
 */
export function conditionWith(isLeaky = false): Subject<Stock, number> {
  const adding = (count: number): Subject<Stock, number>["actions"][number] => ({
    name: `add ${count}`,
    run: (stock) =>
      stock.condition.with(function* () {
        stock.count += count;
        stock.condition.notify(count);
      }),
    apply: (state) => [undefined, isLeaky ? state + 1 : state + count],
  });
  return {
    name: "Condition",
    make: () => ({ condition: new Condition(), count: 0 }),
    initial: 0,
    actions: [
      {
        name: "take",
        run: (stock) =>
          stock.condition.with(function* () {
            yield* stock.condition.waitFor(() => stock.count > 0);
            stock.count--;
          }),
        apply: (state) => (state > 0 ? [undefined, state - 1] : null),
      },
      adding(1),
      adding(2),
      {
        name: "look",
        run: (stock) => plainly(() => stock.count),
        apply: (state) => [state, state],
      },
    ],
  };
}

/** @param isOnceOnly - for a model that is wrong */
export function eventWith(isOnceOnly = false): Subject<Event, boolean> {
  return {
    name: "Event",
    make: () => new Event(),
    initial: false,
    actions: [
      {
        name: "wait",
        line: "event",
        run: (event) => event.wait(),
        apply: (isSet) => (isSet ? [undefined, !isOnceOnly] : null),
      },
      { name: "set", run: (event) => plainly(() => event.set()), apply: () => [undefined, true] },
      { name: "clear", run: (event) => plainly(() => event.clear()), apply: () => [undefined, false] },
      { name: "isSet", run: (event) => plainly(() => event.isSet), apply: (isSet) => [isSet, isSet] },
    ],
  };
}

/**
 * Two meet, or nobody goes on; after `abort` all are refused.
 *
 * @param isDeaf - for a model that is wrong: nobody hears of an abort
 */
export function barrierWith(isDeaf = false): Subject<Barrier, boolean> {
  return {
    name: "Barrier of 2",
    make: () => new Barrier(2),
    initial: false,
    actions: [
      {
        name: "wait",
        run: (barrier) => barrier.wait(),
        apply: (isBroken) => (isBroken && !isDeaf ? [REFUSED, isBroken] : null),
      },
      {
        name: "abort",
        run: (barrier) => plainly(() => barrier.abort()),
        apply: () => [undefined, true],
      },
    ],
    meet(isBroken, one, other) {
      if (isBroken || one.action.name !== "wait" || other.action.name !== "wait") return null;
      return one.invoked < other.invoked ? [0, 1] : [1, 0];
    },
  };
}
