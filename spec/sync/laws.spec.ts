import { describe, expect, it } from "@jest/globals";
import {
  all,
  attempt,
  Condition,
  Limiter,
  Lock,
  operation,
  select,
  Semaphore,
  sleep,
  spawn,
  timeout,
  type Operation,
} from "coppice";
import { inDrawnWorlds, type Chance } from "./chance.js";

const WORLDS = 300;
const TASKS = 12;

interface Held {
  acquire(): Operation<void>;
  release(): void;
}

/** Takes in one of several forms; false when it gave up. */
function* take(held: Held, chance: Chance): Operation<boolean> {
  const patience = chance.below(4);
  switch (chance.below(4)) {
    case 0:
      yield* held.acquire();
      return true;
    case 1:
      return (yield* select([held.acquire(), sleep(patience)])).index === 0;
    case 2:
      return (yield* select([sleep(patience), held.acquire(), sleep(5)])).index === 1;
    default:
      // A timeout keeps what came before it (S6), and then has to know that it did.
      return yield* timeout(patience, taking(held), { otherwise: false });
  }
}

const taking = operation(function* (held: Held) {
  yield* held.acquire();
  return true;
});

describe.each<[string, number, () => Held]>([
  ["Lock", 1, () => new Lock()],
  ["Semaphore(1)", 1, () => new Semaphore(1)],
  ["Semaphore(3)", 3, () => new Semaphore(3)],
  ["Limiter(2)", 2, () => new Limiter(2)],
  ["Condition", 1, () => new Condition()],
])("%s, in drawn worlds with cancels and timeouts at every instant", (_, permits, make) => {
  it("is never held by more than it allows, is served in the order of asking, and is free at the end", async () => {
    let granted = 0;
    await inDrawnWorlds(WORLDS, (chance, isShuffled) => {
      const held = make();
      const asked: number[] = [];
      const served: number[] = [];
      let inside = 0;
      let most = 0;
      const user = operation(function* (name: number) {
        yield* sleep(chance.below(4));
        asked.push(name);
        if (!(yield* take(held, chance))) return;
        served.push(name);
        granted++;
        most = Math.max(most, ++inside);
        try {
          yield* sleep(chance.below(3));
        } finally {
          inside--;
          held.release();
        }
      });
      return {
        *op() {
          const tasks = [];
          for (let name = 0; name < TASKS; name++) tasks.push(yield* spawn(user(name)));
          for (const task of tasks) {
            if (!chance.happens(30)) continue;
            yield* sleep(chance.below(2));
            if (chance.happens(50)) void task.cancel();
            else yield* task.cancel();
          }
          yield* all(tasks.map((task) => attempt(task)));
          const last = [];
          for (let i = 0; i < permits; i++) last.push(yield* spawn(holdOnce(held)));
          yield* all(last);
        },
        check() {
          expect(most).toBeLessThanOrEqual(permits);
          expect(inside).toBe(0);
          // Several that are served in one turn go on in the order in which the host lets them.
          if (permits === 1 || !isShuffled) {
            expect(asked.filter((name) => served.includes(name))).toEqual(served);
          }
        },
      };
    });
    expect(granted).toBeGreaterThan(WORLDS);
  });
});

/** Takes without waiting long, which fails when a permit was lost. */
const holdOnce = operation(function* (held: Held) {
  yield* timeout(1, held.acquire());
  yield* sleep(5);
  held.release();
});

describe("Condition, in drawn worlds with cancels and timeouts at every instant", () => {
  it("wakes as many as it was told as long as so many wait, and each has the lock when it goes on", async () => {
    let woken = 0;
    await inDrawnWorlds(WORLDS, (chance) => {
      const condition = new Condition();
      let tokens = 0;
      let owed = 0;
      let taken = 0;
      const waiter = operation(function* () {
        yield* sleep(chance.below(3));
        yield* condition.acquire();
        try {
          const wait = condition.waitFor(() => tokens > 0);
          if (chance.happens(50)) yield* wait;
          else if ((yield* timeout(chance.below(4), wait, { otherwise: "gave up" })) === "gave up") return;
          tokens--;
          taken++;
          woken++;
        } finally {
          condition.release();
        }
      });
      const giver = operation(function* () {
        for (let i = 0; i < 4; i++) {
          yield* sleep(chance.below(3));
          const count = chance.below(3);
          yield* condition.acquire();
          tokens += count;
          owed += count;
          condition.notify(count);
          condition.release();
        }
      });
      return {
        *op() {
          const tasks = [];
          for (let i = 0; i < TASKS; i++) tasks.push(yield* spawn(waiter()));
          yield* spawn(giver());
          for (const task of tasks) {
            if (!chance.happens(30)) continue;
            yield* sleep(chance.below(2));
            void task.cancel();
          }
          yield* sleep(100);
          // Nobody waits while there are tokens: no notification was lost.
          expect(tokens === 0 || condition.statistics().waiting.length === 0).toBe(true);
          expect(condition.isLocked).toBe(false);
          for (const task of tasks) yield* task.cancel();
        },
        check() {
          expect(taken + tokens).toBe(owed);
        },
      };
    });
    expect(woken).toBeGreaterThan(WORLDS);
  });
});
