import { describe, expect, it } from "@jest/globals";
import {
  call,
  CancelledError,
  cancellation,
  operation,
  scoped,
  sleep,
  spawn,
  suspend,
  taskGroup,
  timeout,
  useAbortSignal,
  useScope,
  type Cancellation,
} from "coppice";
import { fail } from "../support/fail.js";
import { Gate } from "../support/gate.js";
import { simulate, world } from "../support/virtual.js";

/** Where a cancellation shows: in cleanup, in signals that were handed out, in errors of those who wait. */
interface Seen {
  readonly records: (Cancellation | undefined)[];
  readonly reasons: unknown[];
}

/** An operation that notes the record and the reason everywhere they come out, three levels deep. */
function witness(seen: Seen) {
  return operation(function* witness() {
    const signal = yield* useAbortSignal();
    signal.addEventListener("abort", () => seen.reasons.push(signal.reason));
    yield* spawn(function* child() {
      try {
        yield* call(
          (given) =>
            new Promise((_, reject) => {
              given.addEventListener("abort", () => {
                seen.reasons.push(given.reason);
                reject(given.reason);
              });
            }),
        );
      } finally {
        seen.records.push(yield* cancellation());
      }
    });
    try {
      yield* scoped(suspend());
    } finally {
      seen.records.push(yield* cancellation());
    }
  })();
}

const nothing = (): Seen => ({ records: [], reasons: [] });

describe("O4 one reason record goes unchanged through everything", () => {
  it("O4 from an AbortSignal, through the tree, out to every signal, and into the final error", async () => {
    const reason = Object.freeze({ why: "the client hung up" });
    const controller = new AbortController();
    const seen = nothing();
    const { run } = world();
    const task = run(witness(seen), { signal: controller.signal, name: "request" });
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort(reason);
    await expect(task).rejects.toBe(reason);
    expect(seen.reasons).toEqual([reason, reason]);
    expect(seen.reasons.every((each) => each === reason)).toBe(true);
    expect(seen.records[0]).toEqual({ kind: "signal", reason, scope: "request", task: undefined });
    expect(new Set(seen.records).size).toBe(1);
  });

  it("O4 the default reason of abort() is the very DOMException that rejects the task", async () => {
    const controller = new AbortController();
    const seen = nothing();
    const { run } = world();
    const task = run(witness(seen), { signal: controller.signal });
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    await expect(task).rejects.toBe(controller.signal.reason);
    expect(seen.reasons.every((each) => each === controller.signal.reason)).toBe(true);
  });

  it("O4 a signal that was aborted before starts nothing, and its reason rejects the task (C12)", async () => {
    const seen = nothing();
    const { run } = world();
    const task = run(witness(seen), { signal: AbortSignal.abort("too late") });
    await expect(task).rejects.toBe("too late");
    expect([task.state, seen]).toEqual(["cancelled", nothing()]);
  });

  it("O4 from cancel(), with who asked for it, into the CancelledError of those who wait", async () => {
    const seen = nothing();
    const reason = new Error("not needed any more");
    const error: unknown = await simulate(function* manager() {
      const task = yield* spawn(witness(seen), { name: "worker" });
      yield* sleep(1);
      yield* task.cancel(reason);
      try {
        return yield* task;
      } catch (thrown) {
        return thrown;
      }
    });
    expect(error).toBeInstanceOf(CancelledError);
    const { cancellation: record, cause, message } = error as CancelledError;
    expect(record).toEqual({ kind: "cancel", reason, scope: "worker", task: "manager" });
    expect([cause, message]).toEqual([reason, 'Task "worker" was cancelled: not needed any more.']);
    expect(seen.records.every((each) => each === record)).toBe(true);
    expect(seen.reasons.every((each) => each === reason)).toBe(true);
    expect([seen.records.length, seen.reasons.length]).toEqual([2, 2]);
  });

  it("O4 the first reason stays, however often it is cancelled (C10)", async () => {
    const seen = nothing();
    const { run } = world();
    const task = run(witness(seen));
    await new Promise((resolve) => setImmediate(resolve));
    void task.cancel("first");
    await task.cancel("second");
    expect(new Set([...seen.reasons, ...seen.records.map((record) => record?.reason)])).toEqual(
      new Set(["first"]),
    );
  });

  it("O4 from a deadline: no reason of the user's, the scope, and one TimeoutError for all signals", async () => {
    const seen = nothing();
    await simulate(timeout(5, witness(seen), { otherwise: "late" }), { name: "importer" });
    const [record] = seen.records;
    expect(record).toMatchObject({ kind: "deadline", reason: undefined, scope: "witness" });
    expect(new Set(seen.records).size).toBe(1);
    expect(seen.reasons).toHaveLength(2);
    expect(seen.reasons[0]).toMatchObject({ name: "TimeoutError", code: "COPPICE_TIMEOUT" });
    expect(seen.reasons[1]).toBe(seen.reasons[0]);
  });

  it("O4 from a sibling's failure: the error itself, and which task failed", async () => {
    const seen = nothing();
    const lost = new Error("lost");
    const task = simulate(
      taskGroup(
        function* (group) {
          group.spawn(witness(seen));
          group.spawn(
            function* () {
              yield* sleep(5);
              fail(lost);
            },
            { name: "culprit" },
          );
          yield* suspend();
        },
        { name: "workers" },
      ),
    );
    await expect(task).rejects.toMatchObject({ errors: [lost] });
    expect(seen.records[0]).toEqual({ kind: "failure", reason: lost, scope: "workers", task: "culprit" });
    expect(new Set(seen.records).size).toBe(1);
    expect(seen.reasons).toEqual([lost, lost]);
  });

  it("O4 from the end of a scope", async () => {
    const seen = nothing();
    await simulate(
      operation(function* request() {
        yield* spawn(witness(seen));
        yield* sleep(1);
      })(),
    );
    expect(seen.records[0]).toMatchObject({ kind: "scope-ended", reason: undefined, scope: "request" });
    expect(new Set(seen.records).size).toBe(1);
    expect(seen.reasons[0]).toBeInstanceOf(CancelledError);
    expect(seen.reasons[1]).toBe(seen.reasons[0]);
  });

  it("O4 from a scope's own cancel(), which names the scope", async () => {
    const seen = nothing();
    await simulate(function* () {
      yield* scoped(function* batch() {
        const scope = yield* useScope();
        yield* spawn(witness(seen));
        yield* sleep(1);
        yield* scope.cancel("enough");
      });
    });
    expect(seen.records[0]).toMatchObject({ kind: "cancel", reason: "enough", scope: "batch" });
    expect(new Set(seen.records).size).toBe(1);
  });

  it.each([undefined, null, 0, "", false])(
    "O4 carries %p as a reason like any other, where it was given",
    async (reason) => {
      const { run } = world();
      const task = run(suspend(), { name: "worker" });
      void task.cancel(reason);
      const error: unknown = await task.then(undefined, (thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(CancelledError);
      expect((error as CancelledError).cancellation.reason).toBe(reason);
      expect("cause" in (error as CancelledError)).toBe(reason !== undefined);
    },
  );

  it("O4 a signal that is handed out during cleanup is already aborted, with the same reason", async () => {
    const gate = new Gate<AbortSignal>();
    const { run } = world();
    const task = run(function* () {
      try {
        yield* suspend();
      } finally {
        gate.open(yield* useAbortSignal());
      }
    });
    const handed = run(gate.pass);
    await task.cancel("enough");
    const signal = await handed;
    expect([signal.aborted, signal.reason]).toEqual([true, "enough"]);
  });
});
