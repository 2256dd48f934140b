import { EventEmitter } from "node:events";
import { describe, expect, it } from "@jest/globals";
import { attempt, CancelledError, createScope, sleep, suspend, type Operation } from "coppice";
import { endOf, quiet } from "../support/ways-to-cancel.js";

function* held(log: string[], name: string): Operation<void> {
  try {
    log.push(`${name} begins`);
    yield* suspend();
  } finally {
    yield* sleep(1);
    log.push(`${name} is left`);
  }
}

describe("a scope for a framework", () => {
  it("S1 starts an operation inside the handler that calls it", () => {
    const log: string[] = [];
    const scope = createScope();
    const requests = new EventEmitter().on("request", (name: string) => {
      void scope.run(held(log, name));
      log.push("handler returns");
    });
    requests.emit("request", "first");
    expect(log).toEqual(["first begins", "handler returns"]);
    void scope.cancel();
  });

  it("ends all that was started in it when it is cancelled, and waits for the cleanup", async () => {
    const log: string[] = [];
    const scope = createScope({ name: "component" });
    const tasks = ["a", "b"].map((name) => scope.run(held(log, name)));
    await scope.cancel("unmounted");
    expect(log.slice(2).sort()).toEqual(["a is left", "b is left"]);
    expect(tasks.map((task) => task.state)).toEqual(["cancelled", "cancelled"]);
    const { error } = await endOf(tasks[0] ?? Promise.resolve());
    expect(error).toBeInstanceOf(CancelledError);
    expect(() => scope.run(suspend())).toThrow('Cannot run "anonymous" in scope "component": it has ended.');
  });

  it("is an async disposable", async () => {
    const log: string[] = [];
    {
      await using scope = createScope();
      scope.run(held(log, "task"));
    }
    expect(log).toEqual(["task begins", "task is left"]);
  });

  it("E1 is cancelled by a failure, and goes on after one that was attempted", async () => {
    const log: string[] = [];
    const scope = createScope();
    const neighbour = scope.run(held(log, "neighbour"));
    const fail = function* (): Operation<never> {
      yield* sleep(1);
      throw new Error("one request");
    };
    expect(await scope.run(attempt(fail))).toMatchObject({ ok: false });
    expect(neighbour.state).toBe("waiting");
    expect(await endOf(scope.run(fail))).toMatchObject({ ended: "one request" });
    await endOf(neighbour);
    await quiet();
    expect([neighbour.state, log]).toEqual(["cancelled", ["neighbour begins", "neighbour is left"]]);
  });
});
