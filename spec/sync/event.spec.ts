import { describe, expect, it } from "@jest/globals";
import { Event, sleep, spawn } from "coppice";
import { answersSixQuestions, atOnce } from "../support/six-questions.js";
import { simulate, world } from "../support/virtual.js";

describe("Event.wait", () => {
  answersSixQuestions(
    () => {
      const event = new Event();
      return {
        operation: event.wait(),
        complete: atOnce(() => event.set()),
        left: () => event.statistics().waiting.length,
      };
    },
    { value: undefined },
  );

  it("does not wait when the event is set", async () => {
    const event = new Event();
    event.set();
    const log: string[] = [];
    await simulate(function* () {
      yield* spawn(function* () {
        log.push("another task");
      });
      yield* event.wait();
      log.push("went on");
    });
    expect(log).toEqual(["went on", "another task"]);
  });

  it("wakes everybody, first come first", async () => {
    const event = new Event();
    const log: string[] = [];
    await simulate(function* () {
      for (const name of ["a", "b", "c"]) {
        yield* spawn(function* () {
          yield* event.wait();
          log.push(name);
        });
      }
      yield* sleep(1);
      event.set();
      yield* sleep(1);
    });
    expect(log).toEqual(["a", "b", "c"]);
  });

  it("goes on after a set even when the event is cleared before its task runs", async () => {
    const event = new Event();
    const log: string[] = [];
    await simulate(function* () {
      yield* spawn(function* () {
        yield* event.wait();
        log.push(`woken, set: ${event.isSet}`);
        yield* event.wait();
        log.push("woken again");
      });
      yield* sleep(1);
      event.set();
      event.clear();
      yield* sleep(1);
      event.set();
      event.set();
      yield* sleep(1);
    });
    expect(log).toEqual(["woken, set: false", "woken again"]);
  });
});

describe("Event.set", () => {
  it("says so, and clear takes it back", () => {
    const event = new Event();
    const states = [event.isSet];
    event.set();
    states.push(event.isSet);
    event.clear();
    states.push(event.isSet);
    expect(states).toEqual([false, true, false]);
  });

  it("from outside wakes those that waited then, once: not those that wait again because of it", () => {
    const { run } = world();
    const event = new Event();
    const log: string[] = [];
    for (const name of ["a", "b"]) {
      void run(function* () {
        for (;;) {
          yield* event.wait();
          log.push(name);
          event.clear();
        }
      });
    }
    event.set();
    log.push("set");
    event.set();
    expect(log).toEqual(["a", "b", "set", "a", "b"]);
  });

  it("from outside wakes everybody before anybody goes on, so that nobody can cancel another out of it", async () => {
    const { run } = world();
    const event = new Event();
    const log: string[] = [];
    const second = { cancel: (): unknown => undefined };
    void run(function* () {
      yield* event.wait();
      second.cancel();
    });
    const task = run(function* () {
      yield* event.wait();
      log.push("woken");
      yield* sleep(1);
      log.push("never");
    });
    second.cancel = () => task.cancel();
    event.set();
    await expect(task).rejects.toMatchObject({ code: "COPPICE_CANCELLED" });
    expect(log).toEqual(["woken"]);
  });
});

describe("new Event", () => {
  it("E5 refuses misspelt options", () => {
    // @ts-expect-error no such option
    expect(() => new Event({ named: "x" })).toThrow(
      'new Event() has no option "named". Did you mean "name"?',
    );
  });
});
