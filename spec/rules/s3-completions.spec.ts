import { describe, expect, it } from "@jest/globals";
import { action, operation, Queue, spawn, suspend, timeout, until, useScope, type Scope } from "coppice";
import { steppedWorld } from "../support/step-host.js";
import { world } from "../support/virtual.js";

describe("a completion from outside", () => {
  it("S3 is processed inside the callback that brings it", () => {
    const log: string[] = [];
    let complete: (value: string) => void = () => undefined;
    world().run(function* () {
      log.push(
        yield* action<string>((resolve) => {
          complete = resolve;
        }),
      );
    });
    complete("value");
    log.push("callback goes on");
    expect(log).toEqual(["value", "callback goes on"]);
  });

  it("S3 is processed with everything that it makes ready", () => {
    const log: string[] = [];
    let complete: (value: undefined) => void = () => undefined;
    world().run(function* () {
      const child = yield* spawn(function* () {
        yield* action<undefined>((resolve) => {
          complete = resolve;
        });
        const grandchild = yield* spawn(function* () {
          log.push("grandchild");
        });
        yield* grandchild;
        log.push("child");
      });
      yield* child;
      log.push("parent");
    });
    complete(undefined);
    log.push("callback goes on");
    expect(log).toEqual(["grandchild", "child", "parent", "callback goes on"]);
  });

  it("S3 is processed in the reaction of a promise, ahead of reactions that were registered later", async () => {
    const log: string[] = [];
    const promise = Promise.resolve();
    world().run(function* () {
      yield* until(promise);
      log.push("task");
    });
    await promise.then(() => log.push("later reaction"));
    expect(log).toEqual(["task", "later reaction"]);
  });

  it("S3 is processed in the callback of the timer, deadlines included", () => {
    const log: string[] = [];
    const { host, run } = steppedWorld();
    run(function* () {
      log.push(yield* timeout(10, suspend(), { otherwise: "time is up" }));
    });
    host.fireTimer();
    expect(log).toEqual(["time is up"]);
    expect(host.macrotasks).toEqual([]);
  });

  it("S3 is processed in a cancel() from outside, up to where cleanup waits", async () => {
    const log: string[] = [];
    const task = world().run(function* () {
      try {
        yield* suspend();
      } finally {
        log.push("cleanup");
      }
    });
    const gone = task.cancel();
    log.push(task.state);
    expect(log).toEqual(["cleanup", "cancelled"]);
    await gone;
  });

  it("S3 is processed in the abort of a signal", () => {
    const log: string[] = [];
    const controller = new AbortController();
    const task = world().run(
      function* () {
        try {
          yield* suspend();
        } finally {
          log.push("cleanup");
        }
      },
      { signal: controller.signal },
    );
    controller.abort();
    expect(log).toEqual(["cleanup"]);
    return expect(task).rejects.toThrow("aborted");
  });

  it("S3 only makes its task ready while the scheduler is stepping", async () => {
    const log: string[] = [];
    const queue = new Queue<string>();
    await world().run(function* () {
      const consumer = yield* spawn(function* () {
        log.push(yield* queue.get());
      });
      // Lets the consumer come to wait.
      yield* until(Promise.resolve());
      queue.tryPut("item");
      log.push("producer goes on");
      yield* consumer;
    });
    expect(log).toEqual(["producer goes on", "item"]);
  });

  it("S3 that starts a task inside a plain call of a step is stepped afterwards, never amid it", async () => {
    const log: string[] = [];
    const { run } = world();
    let scope: Scope | undefined;
    const holder = run(function* () {
      scope = yield* useScope();
      yield* suspend();
    });
    await run(
      operation(function* () {
        scope?.run(function* () {
          log.push("other");
        });
        log.push("goes on");
        yield* until(Promise.resolve());
      })(),
    );
    expect(log).toEqual(["goes on", "other"]);
    await holder.cancel();
  });
});
