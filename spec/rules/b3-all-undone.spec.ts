import { describe, expect, it } from "@jest/globals";
import { ensure, ExceptionGroup, resource, scoped, sleep, spawn, suspend, type Operation } from "coppice";
import { cancelAt, endOf, everyWay } from "../support/ways-to-cancel.js";
import { simulate } from "../support/virtual.js";

const messages = (error: unknown): string[] =>
  error instanceof ExceptionGroup
    ? error.errors.flatMap(messages)
    : [error instanceof Error ? error.message : String(error)];

/** Entries of all kinds, each of which fails when it is undone. */
function* create(log: string[]): Operation<void> {
  const undo = (name: string): never => {
    log.push(name);
    throw new Error(`${name} failed`);
  };
  yield* spawn(function* () {
    try {
      yield* suspend();
    } finally {
      undo("child");
    }
  });
  yield* ensure(() => undo("cleanup"));
  yield* ensure(function* () {
    yield* sleep(1);
    undo("waiting cleanup");
  });
  yield* resource<undefined>(function* (provide) {
    try {
      yield* provide(undefined);
    } finally {
      yield* sleep(1);
      undo("resource");
    }
  });
  yield* ensure(() => undo("newest cleanup"));
  yield* sleep(0);
}

const ALL = ["newest cleanup", "resource", "waiting cleanup", "cleanup", "child"];
const FAILED = ALL.map((name) => `${name} failed`);

describe("undoing the entries of a boundary", () => {
  it("B3 goes on when some fail, after a return", async () => {
    const log: string[] = [];
    const { error } = await endOf(simulate(scoped(() => create(log))));
    expect(log).toEqual(ALL);
    expect(messages(error)).toEqual(FAILED);
  });

  it("B3 goes on when some fail, after a throw, whose error comes first", async () => {
    const log: string[] = [];
    const { error } = await endOf(
      simulate(
        scoped(function* () {
          yield* create(log);
          throw new Error("body failed");
        }),
      ),
    );
    expect(log).toEqual(ALL);
    expect(messages(error)).toEqual(["body failed", ...FAILED]);
  });

  it.each(everyWay)("B3 goes on when some fail, cancelled by %s", async (_, way) => {
    const log: string[] = [];
    const { error } = await cancelAt(way, 10, function* () {
      yield* create(log);
      yield* suspend();
    });
    expect([...log].sort()).toEqual([...ALL].sort());
    expect(messages(error).slice(-5).sort()).toEqual([...FAILED].sort());
  });

  it("B3 undoes each entry once", async () => {
    const log: string[] = [];
    const task = simulate(function* () {
      yield* create(log);
      yield* suspend();
    });
    const first = task.cancel();
    const second = task.cancel();
    await Promise.allSettled([first, second, task]);
    expect(log).toHaveLength(ALL.length);
    expect(new Set(log).size).toBe(ALL.length);
  });

  it("B3 passes on what is thrown, whatever it is", async () => {
    const thrown = [undefined, null, "a string", 0, Object.freeze(new Error("frozen"))];
    const { error } = await endOf(
      simulate(function* () {
        for (const value of thrown) {
          yield* ensure(() => {
            throw value;
          });
        }
      }),
    );
    expect(error).toBeInstanceOf(ExceptionGroup);
    expect(error instanceof ExceptionGroup && error.errors).toEqual([...thrown].reverse());
  });
});
