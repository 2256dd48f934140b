import { describe, expect, it } from "@jest/globals";
import {
  checkpoint,
  Condition,
  createChannel,
  Limiter,
  Lock,
  Queue,
  Semaphore,
  sleep,
  spawn,
  taskGroup,
  type Operation,
} from "coppice";
import { story, type Note } from "../support/story.js";

/** What can be held by one task at a time. */
interface LockLike {
  readonly acquire: () => Operation<unknown>;
  readonly release: () => unknown;
  readonly tryAcquire: () => boolean;
}

function throughChannel(): LockLike {
  const [sender, receiver] = createChannel<undefined>({ capacity: 1 });
  return {
    acquire: () => sender.send(undefined),
    release: () => receiver.tryReceive(),
    tryAcquire: () => sender.trySend(undefined),
  };
}

function throughQueue(): LockLike {
  const tokens = new Queue<undefined>({ capacity: 1 });
  tokens.tryPut(undefined);
  return {
    acquire: () => tokens.get(),
    release: () => tokens.tryPut(undefined),
    tryAcquire: () => tokens.tryGet() !== undefined,
  };
}

function plainly(lock: Lock | Semaphore | Limiter | Condition): LockLike {
  return {
    acquire: () => lock.acquire(),
    release: () => lock.release(),
    tryAcquire: () => lock.tryAcquire(),
  };
}

const kinds: [string, () => LockLike][] = [
  ["Lock", () => plainly(new Lock())],
  ["Semaphore(1)", () => plainly(new Semaphore(1))],
  ["Limiter(1)", () => plainly(new Limiter(1))],
  ["Condition", () => plainly(new Condition())],
  ["a channel of capacity 1, full while it is held", throughChannel],
  ["a queue with one token", throughQueue],
];

describe.each(kinds)("Trio's tests for all that locks: %s", (_, make) => {
  const told = (body: (note: Note, lock: LockLike) => Operation<unknown>) =>
    story((note) => body(note, make()));

  it("lets in one at a time", async () => {
    const log = await told(function* (note, lock) {
      let inside = 0;
      let most = 0;
      let entries = 0;
      yield* taskGroup(function* (group) {
        for (let worker = 0; worker < 5; worker++) {
          group.spawn(function* () {
            for (let loop = 0; loop < 10; loop++) {
              yield* lock.acquire();
              entries++;
              most = Math.max(most, ++inside);
              yield* checkpoint();
              yield* checkpoint();
              inside--;
              lock.release();
            }
          });
        }
      });
      note(`${most} at a time, ${entries} in all`);
    });
    expect(log).toBe("1 at a time, 50 in all");
  });

  it("serves in the order of asking, round after round", async () => {
    const log = await told(function* (note, lock) {
      yield* taskGroup(function* (group) {
        for (const name of ["a", "b", "c"]) {
          group.spawn(function* () {
            for (let loop = 0; loop < 3; loop++) {
              yield* lock.acquire();
              note(name);
              yield* sleep(0);
              lock.release();
            }
          });
        }
      });
    });
    expect(log).toBe("a, b, c, a, b, c, a, b, c");
  });

  it("hands over to who waits, and not to who tries at that moment", async () => {
    const log = await told(function* (note, lock) {
      yield* lock.acquire();
      yield* spawn(function* () {
        yield* lock.acquire();
        note("waiter");
        lock.release();
      });
      yield* sleep(1);
      lock.release();
      note(lock.tryAcquire());
      yield* sleep(1);
      note(lock.tryAcquire());
    });
    expect(log).toBe("false@1, waiter@1, true@2");
  });

  it("says when it would have to wait", async () => {
    const log = await told(function* (note, lock) {
      yield* spawn(function* () {
        note(lock.tryAcquire());
        yield* sleep(5);
        lock.release();
      });
      yield* sleep(1);
      note(lock.tryAcquire());
      yield* lock.acquire();
      note("mine");
    });
    expect(log).toBe("true, false@1, mine@5");
  });

  it("a wait that is cancelled in the turn of the release does not take it along", async () => {
    const log = await told(function* (note, lock) {
      yield* lock.acquire();
      const first = yield* spawn(function* () {
        yield* lock.acquire();
        note("not reached");
      });
      yield* spawn(function* () {
        yield* lock.acquire();
        note("second");
      });
      yield* sleep(1);
      void first.cancel();
      lock.release();
      yield* sleep(1);
    });
    expect(log).toBe("second@1");
  });

  it("taking it is a cancellation point, free or not", async () => {
    const log = await told(function* (note, lock) {
      const task = yield* spawn(function* () {
        void task.cancel();
        yield* lock.acquire();
        note("not reached");
      });
      yield* sleep(1);
      note(lock.tryAcquire());
    });
    expect(log).toBe("true@1");
  });
});
