import { describe, expect, it } from "@jest/globals";
import {
  all,
  checkpoint,
  createChannel,
  Limiter,
  Lock,
  operation,
  PriorityQueue,
  Queue,
  Semaphore,
  sleep,
  spawn,
  type Operation,
} from "coppice";
import { simulate } from "../support/virtual.js";

/** What can be used as a lock. */
interface LockLike {
  acquire(): Operation<unknown>;
  tryAcquire(): boolean;
  release(): void;
}

/** Taking is putting the one item in. */
function puttingLock(queue: Queue<number>): LockLike {
  return {
    acquire: () => queue.put(1),
    tryAcquire: () => queue.tryPut(1),
    release: () => void queue.tryGet(),
  };
}

/** Taking is getting the one item out. */
function gettingLock(queue: Queue<number>): LockLike {
  queue.tryPut(1);
  return {
    acquire: () => queue.get(),
    tryAcquire: () => queue.tryGet() !== undefined,
    release: () => void queue.tryPut(1),
  };
}

function channelLock(): LockLike {
  const [sender, receiver] = createChannel<number>({ capacity: 1 });
  return {
    acquire: () => sender.send(1),
    tryAcquire: () => sender.trySend(1),
    release: () => void receiver.tryReceive(),
  };
}

const kinds: [string, () => LockLike][] = [
  ["Lock", () => new Lock()],
  ["Semaphore(1)", () => new Semaphore(1)],
  ["Limiter(1)", () => new Limiter(1)],
  ["a queue of capacity 1 that is put into", () => puttingLock(new Queue({ capacity: 1 }))],
  ["an unbounded queue that is got from", () => gettingLock(new Queue())],
  ["a priority queue that is got from", () => gettingLock(new PriorityQueue())],
  ["a channel of capacity 1", channelLock],
];

describe.each(kinds)("%s, as a lock", (_, make) => {
  it("lets one task at a time in", async () => {
    const lock = make();
    let isInside = false;
    let acquires = 0;
    const worker = operation(function* () {
      for (let i = 0; i < 10; i++) {
        yield* lock.acquire();
        acquires++;
        expect(isInside).toBe(false);
        isInside = true;
        yield* checkpoint();
        yield* checkpoint();
        isInside = false;
        lock.release();
      }
    });
    await simulate(all(Array.from({ length: 5 }, () => worker())));
    expect([acquires, isInside]).toEqual([50, false]);
  });

  it("serves its tasks in turn, round after round", async () => {
    const lock = make();
    const log: number[] = [];
    const worker = operation(function* (name: number) {
      for (let i = 0; i < 5; i++) {
        yield* lock.acquire();
        log.push(name);
        yield* checkpoint();
        lock.release();
      }
    });
    await simulate(all([worker(1), worker(2), worker(3)]));
    expect(log).toEqual(Array.from({ length: 5 }, () => [1, 2, 3]).flat());
  });

  it("makes an acquire wait for one that did not wait itself", async () => {
    const lock = make();
    const log: string[] = [];
    await simulate(function* () {
      log.push(`taken: ${lock.tryAcquire()}`);
      yield* spawn(function* () {
        log.push("asks");
        yield* lock.acquire();
        log.push("has it");
        lock.release();
      });
      yield* sleep(1);
      lock.release();
      log.push("released");
      yield* sleep(1);
    });
    expect(log).toEqual(["taken: true", "asks", "released", "has it"]);
  });

  it("is free again after a thousand waiters were cancelled, before and after the hand-over", async () => {
    const lock = make();
    await simulate(function* () {
      yield* lock.acquire();
      const waiters = [];
      for (let i = 0; i < 1_000; i++) {
        waiters.push(
          yield* spawn(function* () {
            yield* lock.acquire();
            try {
              yield* sleep(1_000);
            } finally {
              lock.release();
            }
          }),
        );
      }
      yield* sleep(1);
      lock.release();
      yield* all(waiters.map((waiter) => operation(() => waiter.cancel())()));
      expect(lock.tryAcquire()).toBe(true);
    });
  });
});
