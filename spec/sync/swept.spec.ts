import {
  Barrier,
  checkpoint,
  Condition,
  Event,
  Limiter,
  Lock,
  Queue,
  RateLimit,
  scoped,
  select,
  Semaphore,
  sleep,
  spawn,
  withResolvers,
  type Operation,
} from "coppice";
import { leaveNothing, three, type Scene } from "../support/swept.js";

function held(thing: Lock | Semaphore | Limiter, left: () => string): Scene {
  const use = function* (n: number): Operation<void> {
    if (n === 1) {
      yield* thing.acquire();
      try {
        yield* sleep(2);
      } finally {
        thing.release();
      }
    } else yield* thing.with(checkpoint());
  };
  return { run: () => three(use), left, clean: "0 held, 0 waiting" };
}

const scenes: [string, () => Scene][] = [
  [
    "Lock",
    () => {
      const lock = new Lock();
      return held(lock, () => `${lock.isLocked ? 1 : 0} held, ${lock.statistics().waiting.length} waiting`);
    },
  ],
  [
    "Semaphore",
    () => {
      const semaphore = new Semaphore(2);
      return held(semaphore, () => `${2 - semaphore.free} held, ${semaphore.waiting} waiting`);
    },
  ],
  [
    "Limiter",
    () => {
      const limiter = new Limiter(1);
      return held(limiter, () => `${limiter.borrowed} held, ${limiter.statistics().waiting.length} waiting`);
    },
  ],
  [
    "Condition",
    () => {
      const condition = new Condition();
      const waits = condition.with(condition.wait());
      const notifies = condition.with(function* () {
        yield* checkpoint();
        condition.notifyAll();
      });
      return {
        run: () =>
          scoped(function* () {
            yield* spawn(waits);
            yield* spawn(waits);
            yield* sleep(1);
            yield* notifies;
            yield* sleep(1);
          }),
        left: () => `${condition.isLocked ? 1 : 0} held, ${condition.statistics().waiting.length} waiting`,
        clean: "0 held, 0 waiting",
      };
    },
  ],
  [
    "Event",
    () => {
      const event = new Event();
      return {
        run: () =>
          three(function* (n) {
            if (n === 3) event.set();
            yield* event.wait();
          }),
        left: () => `${event.statistics().waiting.length} waiting`,
        clean: "0 waiting",
      };
    },
  ],
  [
    "Barrier",
    () => {
      const barrier = new Barrier(3);
      return {
        run: () => three(() => barrier.wait()),
        left: () => `${barrier.waiting} waiting`,
        clean: "0 waiting",
        isMutual: true,
      };
    },
  ],
  [
    "withResolvers",
    () => {
      const result = withResolvers<number>();
      return {
        run: () =>
          three(function* (n) {
            if (n === 3) result.resolve(7);
            else yield* result.operation;
          }),
        left: () => "nothing",
        clean: "nothing",
      };
    },
  ],
  [
    "RateLimit",
    () => {
      const limit = new RateLimit(1, 5);
      return {
        run: () => three(() => limit.acquire()),
        left: () => `${limit.statistics().waiting.length} waiting`,
        clean: "0 waiting",
      };
    },
  ],
];

scenes.push([
  "select over all of them",
  () => {
    const [lock, semaphore, event] = [new Lock(), new Semaphore(1), new Event()];
    const queue = new Queue<number>({ capacity: 1 });
    return {
      run: () =>
        three(function* (n) {
          if (n === 1) queue.tryPut(1);
          const { name } = yield* select({
            lock: lock.acquire(),
            permit: semaphore.acquire(),
            event: event.wait(),
            item: queue.get(),
          });
          if (name === "lock") lock.release();
          else if (name === "permit") semaphore.release();
        }),
      left: () =>
        `${lock.isLocked ? 1 : 0} held, ${1 - semaphore.free} taken, ${event.statistics().waiting.length + queue.statistics().getting.length} waiting`,
      clean: "0 held, 0 taken, 0 waiting",
    };
  },
]);

leaveNothing(scenes);
