import { describe, expect, it } from "@jest/globals";
import {
  cancelScope,
  deadline,
  ensure,
  now,
  operation,
  run as runReally,
  scoped,
  shield,
  sleep,
  spawn,
  taskGroup,
  timeout,
  timeoutAt,
  type Operation,
} from "coppice";
import { simulate } from "../support/virtual.js";

describe("deadline", () => {
  it("is Infinity where there is none", async () => {
    await expect(simulate(deadline())).resolves.toBe(Infinity);
    await expect(simulate(timeout(Infinity, deadline()))).resolves.toBe(Infinity);
    await expect(simulate(cancelScope(() => deadline()))).resolves.toBe(Infinity);
  });

  it("is the tightest of those around, whichever is the inner one", async () => {
    await expect(simulate(timeout(100, timeout(20, timeout(50, deadline()))))).resolves.toBe(20);
    await expect(simulate(timeout(20, timeoutAt(100, deadline())))).resolves.toBe(20);
    await expect(simulate(timeoutAt(-5, timeout(20, deadline())))).rejects.toThrow("after its deadline");
  });

  it("is a time of the clock of now()", async () => {
    const left = await simulate(function* () {
      yield* sleep(40);
      return yield* timeout(25, function* () {
        yield* sleep(10);
        return { at: yield* deadline(), left: (yield* deadline()) - now() };
      });
    });
    expect(left).toEqual({ at: 65, left: 15 });
  });

  it("sees through operations, boundaries and helpers", async () => {
    const inner = operation(function* inner(): Operation<number> {
      return yield* scoped(deadline());
    });
    await expect(simulate(timeout(30, inner()))).resolves.toBe(30);
  });

  it("follows when it is moved", async () => {
    const seen: number[] = [];
    await simulate(
      cancelScope(function* (scope) {
        for (const at of [50, 20, Infinity]) {
          scope.deadline = at;
          seen.push(yield* deadline());
        }
      }),
    );
    expect(seen).toEqual([50, 20, Infinity]);
  });

  it("holds for children: that of the scope they are spawned into (B5)", async () => {
    const seen: number[] = [];
    await simulate(
      timeout(100, function* () {
        yield* taskGroup(function* (group) {
          yield* timeout(10, function* () {
            group.spawn(function* () {
              seen.push(yield* deadline());
              yield* timeout(20, function* () {
                seen.push(yield* deadline());
              });
            });
            yield* spawn(function* () {
              seen.push(yield* deadline());
            });
            yield* sleep(1);
          });
        });
      }),
    );
    expect(seen).toEqual([100, 20, 10]);
  });

  it("is Infinity behind a shield, and that of the shield itself where it has one", async () => {
    await expect(simulate(timeout(10, shield(deadline())))).resolves.toBe(Infinity);
    await expect(simulate(timeout(10, shield(deadline(), { timeout: 40 })))).resolves.toBe(40);
    await expect(simulate(timeout(10, shield(timeout(30, deadline()))))).resolves.toBe(30);
  });

  it("is Infinity in cleanup, which no deadline around it interrupts (C3)", async () => {
    const seen: number[] = [];
    await simulate(
      timeout(
        10,
        function* () {
          yield* ensure(function* () {
            seen.push(yield* deadline());
            yield* timeout(5, function* () {
              seen.push(yield* deadline());
            });
          });
          try {
            yield* sleep(100);
          } finally {
            seen.push(yield* deadline());
          }
        },
        { otherwise: undefined },
      ),
    );
    expect(seen).toEqual([Infinity, Infinity, 15]);
  });

  it("is Infinity in a root task that was started inside a timeout", async () => {
    const seen: number[] = [];
    await simulate(
      timeout(10, function* () {
        yield* runReally(function* () {
          seen.push(yield* deadline());
        });
      }),
    );
    expect(seen).toEqual([Infinity]);
  });
});
