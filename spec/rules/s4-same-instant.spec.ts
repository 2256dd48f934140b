import { describe, expect, it } from "@jest/globals";
import { attempt, checkpoint, sleep, spawn, suspend, taskGroup, timeout, type Operation } from "coppice";
import { steppedWorld } from "../support/step-host.js";
import { simulate } from "../support/virtual.js";

function* sleeper(log: string[], name: string, ...times: number[]): Operation<void> {
  for (const ms of times) yield* sleep(ms);
  log.push(name);
}

function* timed(log: string[], name: string, ms: number): Operation<void> {
  yield* timeout(
    ms,
    function* () {
      try {
        yield* suspend();
      } finally {
        log.push(name);
      }
    },
    { otherwise: undefined },
  );
}

describe("what falls due at the same instant", () => {
  it("S4 wakes sleepers in the order in which they were set", async () => {
    const log: string[] = [];
    await simulate(
      taskGroup(function* (group) {
        group.spawn(sleeper(log, "set at 6", 6, 4));
        group.spawn(sleeper(log, "set at 0", 10));
        group.spawn(sleeper(log, "set at 3", 3, 7));
      }),
    );
    expect(log).toEqual(["set at 0", "set at 3", "set at 6"]);
  });

  it("S4 fires deadlines before it wakes sleepers, also those that were set later", async () => {
    const log: string[] = [];
    await simulate(
      taskGroup(function* (group) {
        group.spawn(sleeper(log, "sleeper a", 10));
        group.spawn(timed(log, "deadline", 10));
        group.spawn(sleeper(log, "sleeper b", 10));
      }),
    );
    expect(log).toEqual(["deadline", "sleeper a", "sleeper b"]);
  });

  it("S4 fires outer deadlines before inner ones", async () => {
    const reporters: string[] = [];
    const tell = (name: string, ms: number, op: () => Operation<unknown>): (() => Operation<unknown>) =>
      function* () {
        const { ok } = yield* attempt(timeout(ms, op));
        reporters.push(`${name} ${ok ? "completed" : "timed out"}`);
      };
    await simulate(tell("outer", 10, tell("middle", 10, tell("inner", 10, suspend))));
    expect(reporters).toEqual(["outer timed out"]);
  });

  it("S4 gives a sleep's own task to its deadline", async () => {
    await expect(simulate(timeout(10, sleep(10)))).rejects.toThrow("took longer than 10 ms");
  });

  it("S4 is told apart from what falls due earlier, however late the host calls", () => {
    const { host, run } = steppedWorld();
    const log: string[] = [];
    void run(sleeper(log, "sleeper at 12", 12));
    void run(sleeper(log, "sleeper at 10", 10));
    void run(timed(log, "deadline at 11", 11));
    host.work(100);
    host.fireTimer();
    expect(log).toEqual(["sleeper at 10", "deadline at 11", "sleeper at 12"]);
  });

  it("S4 goes behind the tasks that are ready already", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const woken = yield* spawn(sleeper(log, "woken", 10));
      yield* sleep(10);
      yield* spawn(function* () {
        log.push("spawned");
      });
      log.push("spawner");
      yield* checkpoint();
      log.push("spawner again");
      yield* woken;
    });
    expect(log).toEqual(["spawner", "woken", "spawned", "spawner again"]);
  });
});
