import { describe, expect, it } from "@jest/globals";
import { AsyncLocalStorage } from "node:async_hooks";
import {
  all,
  call,
  createScope,
  ensure,
  Queue,
  run,
  scoped,
  sleep,
  spawn,
  suspend,
  timeout,
  until,
  type Operation,
} from "coppice";
import { withStore } from "coppice/node";
import { Gate } from "../support/gate.js";
import { quiet } from "../support/ways-to-cancel.js";
import { simulate, world } from "../support/virtual.js";

const storage = new AsyncLocalStorage<string>();

/** Looks at the store between waits of every kind. */
function* look(seen: (string | undefined)[], gate: Gate): Operation<void> {
  const note = (): void => void seen.push(storage.getStore());
  note();
  yield* sleep(1);
  note();
  yield* until(Promise.resolve());
  note();
  yield* call(async () => {
    note();
    await Promise.resolve();
    note();
  });
  yield* gate.pass;
  note();
  yield* timeout(
    10,
    scoped(() => gate.pass),
  );
  note();
}

describe("the store of AsyncLocalStorage", () => {
  it("stays with the task that was started with it, whoever resumes it", async () => {
    const { run } = world();
    const gate = new Gate();
    const [first, second, none]: (string | undefined)[][] = [[], [], []];
    const tasks = [
      storage.run("first", () => run(() => look(first ?? [], gate))),
      storage.run("second", () => run(() => look(second ?? [], gate))),
      run(() => look(none ?? [], gate)),
    ];
    for (let opened = 0; opened < 2; opened++) {
      while (gate.waiting < 3) await quiet();
      storage.run("of whoever opens", () => {
        gate.open();
      });
    }
    await Promise.all(tasks);
    expect(first).toEqual(new Array(7).fill("first"));
    expect(second).toEqual(new Array(7).fill("second"));
    expect(none).toEqual(new Array(7).fill(undefined));
  });

  it("goes to children from whoever spawns them", async () => {
    const scope = createScope();
    const seen: unknown[] = [];
    const note = function* (): Operation<void> {
      yield* sleep(0);
      seen.push(storage.getStore());
    };
    await storage.run("parent", () =>
      run(function* () {
        yield* all([note, note]);
        storage.run("inner", () => {
          void scope.run(note);
        });
        yield* yield* spawn(note);
      }),
    );
    await quiet();
    expect(seen.sort()).toEqual(["inner", "parent", "parent", "parent"]);
    await scope.cancel();
  });

  it("is there in cleanup, whoever cancels", async () => {
    const seen: unknown[] = [];
    const task = storage.run("own", () =>
      run(function* () {
        yield* ensure(() => seen.push(storage.getStore()));
        try {
          yield* suspend();
        } finally {
          seen.push(storage.getStore());
        }
      }),
    );
    await storage.run("of the canceller", () => task.cancel());
    expect(seen).toEqual(["own", "own"]);
  });

  it("does not leak out of a task into the code that resumes it", async () => {
    const queue = new Queue<number>();
    const seen: unknown[] = [];
    const task = storage.run("consumer", () =>
      run(function* () {
        yield* queue.get();
      }),
    );
    storage.run("producer", () => {
      queue.tryPut(1);
      seen.push(storage.getStore());
    });
    await task;
    expect([...seen, storage.getStore()]).toEqual(["producer", undefined]);
  });

  it("is set for an operation by withStore, in its cleanup too, and only there", async () => {
    const seen: unknown[] = [];
    await simulate(function* () {
      const value = yield* withStore(storage, "inside", function* () {
        yield* ensure(() => seen.push(storage.getStore()));
        yield* sleep(1);
        seen.push(storage.getStore());
        return 7;
      });
      seen.push(value, storage.getStore());
    });
    expect(seen).toEqual(["inside", "inside", 7, undefined]);
  });

  it("is set by withStore also when the operation fails or is cancelled", async () => {
    const error = new Error("inside");
    await expect(
      simulate(
        withStore(storage, "x", function* () {
          throw error;
        }),
      ),
    ).rejects.toBe(error);
    const seen: unknown[] = [];
    await simulate(
      timeout(
        5,
        withStore(storage, "y", function* () {
          try {
            yield* suspend();
          } finally {
            seen.push(storage.getStore());
          }
        }),
        { otherwise: 0 },
      ),
    );
    expect(seen).toEqual(["y"]);
  });
});

/** As OpenTelemetry's AsyncLocalStorageContextManager does it. */
class ContextManager {
  readonly #storage = new AsyncLocalStorage<ReadonlyMap<string, unknown>>();

  active(): ReadonlyMap<string, unknown> {
    return this.#storage.getStore() ?? new Map();
  }

  with<T>(context: ReadonlyMap<string, unknown>, fn: () => T): T {
    return this.#storage.run(context, fn);
  }
}

describe("a tracing context manager over AsyncLocalStorage", () => {
  it("gives each of ten thousand interleaved tasks its own span", async () => {
    const manager = new ContextManager();
    const { run } = world();
    let mixedUp = 0;
    const gate = new Gate();
    const tasks = Array.from({ length: 10_000 }, (_, i) =>
      manager.with(new Map([["span", i]]), () =>
        run(function* () {
          for (const wait of [sleep(i % 7), gate.pass, sleep(0)]) {
            yield* wait;
            if (manager.active().get("span") !== i) mixedUp++;
          }
        }),
      ),
    );
    while (gate.waiting < tasks.length) await quiet();
    gate.open();
    await Promise.all(tasks);
    expect(mixedUp).toBe(0);
  });
});
