import { describe, expect, it } from "@jest/globals";
import { shield, sleep, spawn, suspend, timeout, TimeoutError } from "coppice";
import { Gate } from "../support/gate.js";
import { simulate, world } from "../support/virtual.js";

const lost = new Error("lost");

describe("shield", () => {
  it("gives the value, and throws the error, of what it protects", async () => {
    await expect(
      simulate(
        shield(function* () {
          return 1;
        }),
      ),
    ).resolves.toBe(1);
    await expect(
      simulate(
        shield(function* () {
          throw lost;
        }),
      ),
    ).rejects.toBe(lost);
  });

  it("runs its operation to the end although it is cancelled while waiting; the cancellation lands right after (C6)", async () => {
    const { run, host } = world();
    const log: string[] = [];
    await run(function* () {
      const task = yield* spawn(function* () {
        try {
          yield* shield(function* () {
            yield* sleep(50);
            log.push(`committed at ${host.now()}`);
          });
          log.push("never");
        } finally {
          log.push("cleanup");
        }
      });
      yield* sleep(1);
      yield* task.cancel();
      log.push(`${task.state} at ${host.now()}`);
    });
    expect(log).toEqual(["committed at 50", "cleanup", "cancelled at 50"]);
  });

  it("does not begin when its task was cancelled before it starts", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const task = yield* spawn(function* () {
        yield* shield(function* () {
          log.push("never");
        });
      });
      yield* task.cancel();
      log.push(task.state);
    });
    expect(log).toEqual(["cancelled"]);
  });

  it("lands a cancel that comes in the same turn as its end at once, with its operation done", async () => {
    const gate = new Gate();
    const log: string[] = [];
    await simulate(function* () {
      const task = yield* spawn(function* () {
        yield* shield(function* () {
          yield* gate.pass;
          log.push("committed");
        });
        log.push("never");
      });
      yield* sleep(1);
      gate.open();
      yield* task.cancel();
      log.push(task.state);
    });
    expect(log).toEqual(["committed", "cancelled"]);
  });

  it("protects the children of its operation, and nothing outside", async () => {
    const { run, host } = world();
    const log: string[] = [];
    const worker = (name: string) =>
      function* () {
        try {
          yield* sleep(20);
          log.push(`${name} done`);
        } finally {
          log.push(`${name} ends at ${host.now()}`);
        }
      };
    await run(function* () {
      const task = yield* spawn(function* () {
        yield* spawn(worker("outside"));
        yield* shield(function* () {
          yield* yield* spawn(worker("inside"));
        });
      });
      yield* sleep(1);
      yield* task.cancel();
    });
    expect(log).toEqual(["outside ends at 1", "inside done", "inside ends at 20"]);
  });

  it("is itself cut short by its own timeout", async () => {
    await expect(simulate(shield(suspend(), { timeout: 10 }))).rejects.toBeInstanceOf(TimeoutError);
    await expect(
      simulate(
        shield(
          function* () {
            return 1;
          },
          { timeout: 10 },
        ),
      ),
    ).resolves.toBe(1);
  });

  it("bounds a cancel by its timeout, and what it cut short is reported by the cancel", async () => {
    const { run, host } = world();
    const log: string[] = [];
    const task = run(function* () {
      try {
        yield* shield(suspend(), { timeout: 10 });
      } catch {
        log.push("never: its task is cancelled");
      }
    });
    await expect(task.cancel()).rejects.toBeInstanceOf(TimeoutError);
    expect([host.now(), ...log]).toEqual([10]);
  });

  it("lets a deadline outside pass unnoticed until it ends", async () => {
    const { run, host } = world();
    const result = await run(timeout(10, shield(sleep(30)), { otherwise: "late" }));
    expect([result, host.now()]).toEqual(["late", 30]);
  });

  it("E5 refuses bad options and what is no operation where it is called", () => {
    expect(() => shield(suspend(), { timout: 5 } as never)).toThrow(
      new TypeError('shield() has no option "timout". Did you mean "timeout"?'),
    );
    expect(() => shield(suspend(), { timeout: -5 })).toThrow(
      new RangeError("shield() needs a number of milliseconds as `timeout` that is 0 or more, got -5."),
    );
    expect(() => shield(suspend(), { timeout: "5s" as never })).toThrow(
      new TypeError(
        'shield() needs a number of milliseconds as `timeout` that is 0 or more, got the string "5s".',
      ),
    );
    expect(() => shield(5 as never)).toThrow(
      new TypeError("shield() needs an operation or a function*, got the number 5."),
    );
    expect(() => shield(undefined as never, { timeout: 5 })).toThrow(
      new TypeError("shield() needs an operation or a function*, got undefined."),
    );
  });
});
