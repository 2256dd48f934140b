import { describe, expect, it } from "@jest/globals";
import {
  cancelScope,
  now,
  operation,
  scoped,
  sleep,
  suspend,
  timeout,
  TimeoutError,
  useScope,
  type CancelScope,
  type Operation,
} from "coppice";
import { simulate, world } from "../support/virtual.js";

describe("nested deadlines", () => {
  /** Runs a nest of timeouts, outermost first, and tells which of them threw, and when. */
  async function nest(...lengths: number[]): Promise<string> {
    const { run } = world();
    const body = lengths.reduceRight<() => ReturnType<typeof suspend>>(
      (inner, ms, level) => () =>
        (function* () {
          try {
            return yield* timeout(ms, inner);
          } catch (error) {
            if (error instanceof TimeoutError) throw new Error(`${level} at ${now()}`, { cause: error });
            throw error;
          }
        })(),
      () => suspend(),
    );
    const error: unknown = await run(body).catch((thrown: unknown) => thrown);
    return (error as Error).message;
  }

  it("the tightest one acts, and its owner reports", async () => {
    expect(await nest(100, 20, 50)).toBe("1 at 20");
    expect(await nest(100, 50, 20)).toBe("2 at 20");
    expect(await nest(10, 50, 20)).toBe("0 at 10");
    expect(await nest(Infinity, Infinity, 20)).toBe("2 at 20");
  });

  it("C11 of equal ones the outer reports", async () => {
    expect(await nest(20, 20)).toBe("0 at 20");
    expect(await nest(50, 20, 20)).toBe("1 at 20");
    expect(await nest(0, 0)).toBe("0 at 0");
  });

  it("C11 of two that have both passed, the outer one reports, also when it passed during the cleanup", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const outcome = yield* timeout(
        15,
        timeout(10, function* () {
          try {
            yield* suspend();
          } finally {
            yield* sleep(20);
          }
        }),
        { otherwise: "the outer one" },
      );
      log.push(`${String(outcome)} at ${now()}`);
    });
    expect(log).toEqual(["the outer one at 30"]);
  });

  it("C11 the outer reports also when its deadline was made equal later", async () => {
    const log: string[] = [];
    await simulate(function* () {
      const outcome = yield* timeout(
        1_000,
        function* (outer) {
          return yield* timeout(10, function* () {
            outer.deadline = 10;
            yield* suspend();
          });
        },
        { otherwise: "the outer one" },
      );
      log.push(`${String(outcome)} at ${now()}`);
    });
    expect(log).toEqual(["the outer one at 10"]);
  });

  it("an outer one that passes after the inner one was caught still acts", async () => {
    const log: string[] = [];
    await simulate(
      timeout(
        30,
        function* () {
          try {
            yield* timeout(10, suspend());
          } catch (error) {
            log.push(`inner at ${now()}: ${(error as Error).name}`);
          }
          yield* suspend();
        },
        { otherwise: log.push("otherwise") },
      ),
    );
    expect(log).toEqual(["otherwise", "inner at 10: TimeoutError"]);
  });

  it("a timeout in a cleanup bounds that cleanup alone", async () => {
    const log: string[] = [];
    await expect(
      simulate(
        timeout(10, function* () {
          try {
            yield* suspend();
          } finally {
            yield* timeout(5, suspend(), { otherwise: undefined });
            log.push(`cleaned up at ${now()}`);
          }
        }),
      ),
    ).rejects.toThrow(TimeoutError);
    expect(log).toEqual(["cleaned up at 15"]);
  });
});

describe("a timeout whose function takes the scope", () => {
  it("can have its deadline moved, and then throws at the new one", async () => {
    const error: unknown = await simulate(
      timeout(
        10,
        operationTaking(function* (scope) {
          scope.deadline += 90;
          yield* suspend();
        }),
      ),
    ).catch((thrown: unknown) => thrown);
    expect(error).toEqual(new TimeoutError('"taking" took longer than 100 ms.'));
  });

  it("does not time out when its deadline is taken away", async () => {
    await expect(
      simulate(
        timeout(10, function* (scope) {
          scope.deadline = Infinity;
          yield* sleep(1_000);
          return now();
        }),
      ),
    ).resolves.toBe(1_000);
  });

  it("ends quietly when the scope is cancelled by hand: that is no timeout", async () => {
    await expect(
      simulate(
        timeout(10, function* (scope) {
          void scope.cancel();
          yield* suspend();
        }),
      ),
    ).resolves.toBeUndefined();
  });

  function operationTaking(body: (scope: CancelScope) => Operation<void>) {
    return Object.defineProperty((scope: CancelScope) => body(scope), "name", { value: "taking" });
  }
});

describe("a scope that was cancelled through useScope", () => {
  it("is the same boundary: it tells so", async () => {
    const scopes: CancelScope[] = [];
    await simulate(
      cancelScope(function* (scope) {
        scopes.push(scope);
        const same = yield* useScope();
        yield* same.cancel();
      }),
    );
    expect(scopes[0]?.wasCancelled).toBe(true);
  });

  it("is not the boundary of an operation called in it", async () => {
    const log: string[] = [];
    const inner = operation(function* inner() {
      const scope = yield* useScope();
      yield* scope.cancel();
    });
    await simulate(
      cancelScope(function* (scope) {
        yield* scoped(inner());
        log.push(`went on, ${String(scope.isCancelled)}`);
      }),
    );
    expect(log).toEqual(["went on, false"]);
  });
});
