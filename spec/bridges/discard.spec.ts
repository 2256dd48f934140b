import { describe, expect, it } from "@jest/globals";
import {
  abandonedWork,
  attempt,
  call,
  CleanupError,
  run,
  sleep,
  spawn,
  timeout,
  until,
  withResolvers,
  type Operation,
} from "coppice";
import { simulate, world } from "../support/virtual.js";

describe("call with discard", () => {
  it("gives back what arrives after a cancel, and goes on only when that is done", async () => {
    const { run, host } = world();
    const log: string[] = [];
    const connect = async (): Promise<string> => await run(connection);
    const connection = function* () {
      yield* sleep(20);
      return "connection";
    };
    const close = async (connection: string): Promise<void> => {
      await run(sleep(5));
      log.push(`${connection} closed at ${host.now()}`);
    };
    await run(timeout(10, call(connect, { discard: close }), { otherwise: undefined }));
    log.push(`gone on at ${host.now()}`);
    expect(log).toEqual(["connection closed at 25", "gone on at 25"]);
  });

  it("gives nothing back that the caller has got, nor where nothing arrived", async () => {
    const discarded: unknown[] = [];
    const discard = (value: unknown): void => void discarded.push(value);
    const fail = async (): Promise<never> => await Promise.reject(new Error("refused"));
    await simulate(function* () {
      expect(yield* call(async () => await Promise.resolve(1), { discard })).toBe(1);
      yield* attempt(call(fail, { discard }));
    });
    const task = run(
      call(
        (signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
        {
          discard,
        },
      ),
    );
    await task.cancel();
    expect(discarded).toEqual([]);
  });

  it("C5 reports what fails in giving back as an error of cleanup", async () => {
    const stuck = new Error("cannot close");
    const arrived = withResolvers<number>();
    const task = simulate(
      call(async () => await run(arrived.operation), {
        discard: () => {
          throw stuck;
        },
      }),
    );
    const gone = task.cancel();
    arrived.resolve(1);
    await expect(gone).rejects.toBe(stuck);
  });

  it("gives back what abandoned work brings, which is counted until then", async () => {
    const { run } = world();
    const discarded: unknown[] = [];
    const arrived = withResolvers<number>();
    await run(function* () {
      const task = yield* spawn(
        call(() => run(arrived.operation).then((value) => value), {
          abandon: true,
          discard: (value) => discarded.push(value),
        }),
      );
      yield* sleep(1);
      yield* task.cancel();
      expect([abandonedWork().length, discarded]).toEqual([1, []]);
      arrived.resolve(7);
      yield* until(new Promise((resolve) => setImmediate(resolve)));
      expect([abandonedWork().length, discarded]).toEqual([0, [7]]);
    });
  });

  it("C7 is left to itself when a grace has run out, and counted", async () => {
    const { run } = world();
    const closed = withResolvers<undefined>();
    const arrived = withResolvers<number>();
    const counts: number[] = [];
    const task = run(
      call(() => run(arrived.operation).then((value) => value), { discard: () => run(closed.operation) }),
    );
    const gone = task.cancel("enough", { grace: 10 });
    arrived.resolve(1);
    await expect(gone).rejects.toThrow(CleanupError);
    const count = function* (): Operation<void> {
      counts.push(abandonedWork().length);
    };
    await run(count);
    closed.resolve(undefined);
    await new Promise((resolve) => setImmediate(resolve));
    await run(count);
    expect(counts).toEqual([1, 0]);
  });

  it("E5 refuses what is no function", () => {
    // @ts-expect-error -- for callers without types
    expect(() => call(async () => await Promise.resolve(), { discard: true })).toThrow(
      "call() needs a function as `discard`, got the boolean true.",
    );
  });
});
