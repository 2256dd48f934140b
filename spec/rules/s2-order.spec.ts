import { describe, expect, it } from "@jest/globals";
import { checkpoint, operation, sleep, spawn, suspend, taskGroup, until, type Operation } from "coppice";
import { simulate } from "../support/virtual.js";

const write = operation(function* write(log: string[], ...events: string[]) {
  for (const event of events) {
    log.push(event);
    yield* checkpoint();
  }
});

describe("spawn", () => {
  it("S2 makes the child ready, and goes on until the spawner suspends", async () => {
    const log: string[] = [];
    await simulate(function* () {
      yield* spawn(write(log, "child"));
      log.push("spawner");
      yield* checkpoint();
      log.push("spawner again");
    });
    expect(log).toEqual(["spawner", "child", "spawner again"]);
  });

  it("S2 puts children behind whatever is ready already, first in, first out", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const first = yield* spawn(function* () {
        log.push("first");
        const grandchild = yield* spawn(write(log, "grandchild"));
        yield* checkpoint();
        log.push("first again");
        yield* grandchild;
      });
      yield* spawn(write(log, "second"));
      yield* first;
    });
    expect(log).toEqual(["first", "second", "grandchild", "first again"]);
  });

  it("S2 is behind what became ready before it, ahead of what becomes ready after it", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const sleeper = (name: string): Operation<void> =>
        operation(function* () {
          yield* sleep(10);
          log.push(name);
          yield* spawn(write(log, `child of ${name}`));
          yield* checkpoint();
          log.push(`${name} again`);
          yield* checkpoint();
        })();
      const tasks = [yield* spawn(sleeper("a")), yield* spawn(sleeper("b"))];
      for (const task of tasks) yield* task;
    });
    expect(log).toEqual(["a", "b", "child of a", "a again", "child of b", "b again"]);
  });
});

describe("group.spawn", () => {
  it("S2 is a plain call that makes the child ready", async () => {
    const log: string[] = [];
    await simulate(
      taskGroup(function* (group) {
        for (const name of ["a", "b"]) group.spawn(write(log, `${name}1`, `${name}2`));
        log.push("body");
      }),
    );
    expect(log).toEqual(["body", "a1", "b1", "a2", "b2"]);
  });
});

describe("ready tasks", () => {
  it("S2 take turns in the order in which they became ready", async () => {
    const log: string[] = [];
    await simulate(
      taskGroup(function* (group) {
        for (const name of ["a", "b", "c"]) group.spawn(write(log, `${name}1`, `${name}2`, `${name}3`));
      }),
    );
    expect(log).toEqual(["a1", "b1", "c1", "a2", "b2", "c2", "a3", "b3", "c3"]);
  });

  it("S2 give the same order for the same inputs, every time", async () => {
    const scenario = async (): Promise<string[]> => {
      const log: string[] = [];
      await simulate(
        taskGroup(function* (group) {
          for (let i = 0; i < 20; i++) {
            const task = group.spawn(function* () {
              try {
                for (let step = 0; step < 3; step++) {
                  yield* i % 3 === 0 ? sleep(step) : i % 3 === 1 ? checkpoint() : until(Promise.resolve());
                  log.push(`${i}.${step}`);
                }
                yield* i % 5 === 0 ? suspend() : checkpoint();
              } finally {
                yield* sleep(i % 4);
                log.push(`end of ${i}`);
              }
            });
            if (i % 5 === 0) {
              group.spawn(function* () {
                yield* sleep(i);
                yield* task.cancel();
                log.push(`cancelled ${i}`);
              });
            }
          }
        }),
      );
      return log;
    };
    const first = await scenario();
    expect(first.filter((event) => event.startsWith("end of"))).toHaveLength(20);
    for (let again = 0; again < 5; again++) expect(await scenario()).toEqual(first);
  });

  it("S2 resume joiners in the order in which they came", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const target = yield* spawn(sleep(10));
      const joiners = [];
      for (const name of ["a", "b", "c"]) {
        joiners.push(
          yield* spawn(function* () {
            yield* target;
            log.push(name);
          }),
        );
      }
      for (const joiner of joiners) yield* joiner;
    });
    expect(log).toEqual(["a", "b", "c"]);
  });
});
