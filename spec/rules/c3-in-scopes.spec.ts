import { describe, expect, it } from "@jest/globals";
import { attempt, ensure, Queue, resource, sleep, spawn, suspend, timeout } from "coppice";
import { simulate } from "../support/virtual.js";
import { cancelAt, everyWay } from "../support/ways-to-cancel.js";
import { careful } from "./careful.js";

describe("a cancelled scope", () => {
  it.each(everyWay)(
    "C3 with a resource whose own children clean up releases it after them: %s",
    async (_, way) => {
      const log: string[] = [];
      const pool = resource<string>(function* (provide) {
        yield* spawn(careful(log, "pool worker"));
        try {
          yield* provide("pool");
        } finally {
          yield* sleep(1);
          log.push("pool closed");
        }
      });
      await cancelAt(way, 10, function* () {
        yield* pool;
        yield* spawn(careful(log, "user"));
        yield* suspend();
      });
      expect(log.filter((event) => !event.endsWith("1") && !event.endsWith("2"))).toEqual([
        ...["user 3", "pool closed", "pool worker 3"],
      ]);
    },
  );

  it.each(everyWay)(
    "C3 with a resource that is being acquired waits until that is undone: %s",
    async (_, way) => {
      const log: string[] = [];
      const slow = resource<string>(function* (provide) {
        try {
          yield* sleep(1000);
          yield* provide("SLOW");
        } finally {
          yield* sleep(3);
          log.push("acquisition undone");
        }
      });
      const trial = await cancelAt(way, 10, function* () {
        try {
          log.push(yield* slow);
        } finally {
          log.push("caller cleans up");
        }
      });
      expect(log).toEqual(["acquisition undone", "caller cleans up"]);
      expect(trial.at).toBe(13);
    },
  );

  it("C3 whose consumer holds an item gives it back before its queue's owner ends", async () => {
    const log: string[] = [];
    const queue = new Queue<string>();
    queue.tryPut("item");
    await simulate(function* () {
      const { ok } = yield* attempt(
        timeout(5, function* () {
          yield* ensure(() => log.push(`left in the queue: ${queue.size}`));
          yield* spawn(function* () {
            const item = yield* queue.get();
            try {
              yield* suspend();
            } finally {
              yield* sleep(1);
              queue.tryPut(item);
              log.push("given back");
            }
          });
          yield* suspend();
        }),
      );
      log.push(`completed: ${ok}`);
    });
    expect(log).toEqual(["given back", "left in the queue: 1", "completed: false"]);
  });
});
