import { describe, expect, it } from "@jest/globals";
import {
  checkpoint,
  createContext,
  operation,
  resource,
  run,
  scoped,
  sleep,
  spawn,
  suspend,
  taskGroup,
  until,
  useScope,
  type Operation,
} from "coppice";
import { endOf } from "../support/ways-to-cancel.js";
import { simulate } from "../support/virtual.js";

const user = createContext<string>("user", "nobody");

const read = operation(function* () {
  return yield* user.get();
});

describe("a context value", () => {
  it("B5 is inherited by boundaries and children", async () => {
    const seen: string[] = [];
    await simulate(
      user.with("ann", function* () {
        seen.push(yield* read());
        seen.push(yield* scoped(read()));
        seen.push(yield* yield* spawn(read()));
        yield* taskGroup(function* (group) {
          const task = group.spawn(read());
          seen.push(yield* task);
        });
      }),
    );
    expect(seen).toEqual(["ann", "ann", "ann", "ann"]);
  });

  it("B5 is set per boundary, and gone with it", async () => {
    const seen: string[] = [];
    await simulate(function* () {
      yield* operation(function* () {
        yield* user.set("ann");
        seen.push(yield* read());
      })();
      seen.push(yield* read());
      yield* user.with("bob", function* () {
        seen.push(yield* read());
      });
      seen.push(yield* read());
    });
    expect(seen).toEqual(["ann", "nobody", "bob", "nobody"]);
  });

  it("B5 comes from the spawner as it stands at that moment: later changes are not seen", async () => {
    const seen: string[] = [];
    await simulate(function* () {
      yield* user.set("before");
      const child = yield* spawn(function* () {
        seen.push(yield* user.get());
        yield* sleep(10);
        seen.push(yield* user.get());
      });
      // The child has not even started yet.
      yield* user.set("after");
      yield* child;
      seen.push(yield* user.get());
    });
    expect(seen).toEqual(["before", "before", "after"]);
  });

  it("B5 set by a child is not seen by its parent or its siblings", async () => {
    const seen: string[] = [];
    await simulate(function* () {
      const child = yield* spawn(function* () {
        yield* user.set("child");
        yield* sleep(10);
        seen.push(yield* user.get());
      });
      yield* checkpoint();
      seen.push(yield* read(), yield* yield* spawn(read()));
      yield* child;
    });
    expect(seen).toEqual(["nobody", "nobody", "child"]);
  });

  it("B5 comes from whoever spawns, not from the scope spawned into", async () => {
    const seen: string[] = [];
    await simulate(
      user.with("group", () =>
        taskGroup(function* (group) {
          yield* user.with("spawner", function* () {
            group.spawn(function* () {
              yield* sleep(10);
              seen.push(yield* user.get());
            });
          });
        }),
      ),
    );
    expect(seen).toEqual(["spawner"]);
  });

  it("B5 comes from the scope for what is run from a callback", async () => {
    await simulate(
      user.with("server", function* () {
        const scope = yield* useScope();
        const handled = fromOutside(() => scope.run(read()));
        expect(yield* handled()).toBe("server");
      }),
    );
  });

  it("B5 is not seen by a root task that is run inside", async () => {
    await simulate(
      user.with("ann", function* () {
        expect(yield* run(read())).toBe("nobody");
      }),
    );
  });

  it("B5 reaches the body of a resource, and not the other way round", async () => {
    const seen: string[] = [];
    const connection = resource<undefined>(function* (provide) {
      seen.push(yield* user.get());
      yield* user.set("resource");
      yield* provide(undefined);
    });
    await simulate(
      user.with("ann", function* () {
        yield* connection;
        seen.push(yield* user.get());
      }),
    );
    expect(seen).toEqual(["ann", "ann"]);
  });

  it("B5 is seen by cleanup", async () => {
    const seen: string[] = [];
    const task = simulate(
      user.with("ann", function* () {
        try {
          yield* suspend();
        } finally {
          seen.push(yield* read());
        }
      }),
    );
    await task.cancel();
    expect(seen).toEqual(["ann"]);
  });

  it("B5 does not mix among thousands of tasks that set it", async () => {
    const worker = (id: number): Operation<void> =>
      operation(function* () {
        yield* user.set(`user ${id}`);
        for (let i = 0; i < 3; i++) {
          yield* i === 1 ? sleep(id % 7) : checkpoint();
          expect(yield* read()).toBe(`user ${id}`);
        }
      })();
    await simulate(
      taskGroup(function* (group) {
        for (let id = 0; id < 2000; id++) group.spawn(worker(id));
      }),
    );
  });
});

describe("a child", () => {
  it("B5 takes its lifetime and cancellation from the scope it is spawned into, not from its spawner", async () => {
    const log: string[] = [];
    await simulate(
      taskGroup(function* (group) {
        const spawner = group.spawn(function* () {
          group.spawn(function* () {
            yield* sleep(10);
            log.push("child outlives its spawner");
          });
          yield* suspend();
        });
        yield* checkpoint();
        yield* spawner.cancel();
        log.push("spawner gone");
      }),
    );
    expect(log).toEqual(["spawner gone", "child outlives its spawner"]);
  });

  it("B5 fails the scope it is spawned into, not its spawner's", async () => {
    const log: string[] = [];
    const { ended } = await endOf(
      simulate(function* outer() {
        const scope = yield* useScope();
        yield* scoped(function* inner() {
          try {
            scope.spawn(function* () {
              throw new Error("of the outer scope");
            });
            yield* suspend();
          } finally {
            log.push("inner cut with its surroundings");
          }
        });
      }),
    );
    expect(ended).toBe("of the outer scope");
    expect(log).toEqual(["inner cut with its surroundings"]);
  });
});

/** Calls back from outside of all tasks, and gives what came of it. */
function fromOutside<T>(callback: () => PromiseLike<T>): () => Operation<T> {
  return () => until(Promise.resolve().then(callback));
}
