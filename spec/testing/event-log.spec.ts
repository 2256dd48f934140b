import { describe, expect, it } from "@jest/globals";
import { all, checkpoint, Queue, run, sleep, spawn, until } from "coppice";
import { eventLog, runTest, waitAllParked } from "coppice/testing";

describe("eventLog", () => {
  it("keeps events in order", () => {
    const log = eventLog();
    log("open");
    log("close");
    expect(log.events).toEqual(["open", "close"]);
    expect(String(log)).toBe("open\nclose");
  });

  it("gives a copy, and forgets what was taken", () => {
    const log = eventLog();
    const { events } = log;
    log("open");
    expect(events).toEqual([]);
    expect(log.take()).toEqual(["open"]);
    expect(log.events).toEqual([]);
  });

  it("tells whether events came in an order", () => {
    const log = eventLog();
    for (const event of ["a", "b", "a", "c"]) log(event);
    expect(log.has("a", "c")).toBe(true);
    expect(log.has("b", "a", "c")).toBe(true);
    expect(log.has("c", "a")).toBe(false);
    expect(log.has("d")).toBe(false);
  });
});

describe("waitAllParked", () => {
  it("comes back when every other task is parked, and time has not moved", async () => {
    const log = eventLog();
    await runTest(function* (clock) {
      const queue = new Queue<string>();
      yield* spawn(function* () {
        yield* checkpoint();
        yield* until(Promise.resolve());
        yield* until(Promise.resolve().then(() => undefined));
        log("consumer waits");
        log(yield* queue.get());
      });
      yield* spawn(function* () {
        yield* sleep(10);
        log("late");
      });
      yield* waitAllParked();
      log(`all parked at ${clock.now}`);
      queue.tryPut("item");
      yield* waitAllParked();
      log("all parked again");
    });
    expect(log.events).toEqual(["consumer waits", "all parked at 0", "item", "all parked again"]);
  });

  it("works for several tasks at a time", async () => {
    const log = eventLog();
    await runTest(
      all(
        ["a", "b"].map(
          (name) =>
            function* () {
              yield* waitAllParked();
              log(name);
            },
        ),
      ),
    );
    expect(log.events).toEqual(["a", "b"]);
  });

  it("works outside of runTest as well", async () => {
    const log = eventLog();
    await run(function* () {
      yield* spawn(function* () {
        for (let i = 0; i < 3; i++) yield* checkpoint();
        log("child");
      });
      yield* waitAllParked();
      log("parent");
    });
    expect(log.events).toEqual(["child", "parent"]);
  });
});
