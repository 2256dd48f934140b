import { describe, expect, it } from "@jest/globals";
import {
  CancelledError,
  checkpoint,
  errorTrail,
  operation,
  run as runReally,
  scoped,
  sleep,
  spawn,
  suspend,
  taskGroup,
  timeout,
  TimeoutError,
} from "coppice";
import { fail } from "../support/fail.js";
import { errorOf } from "./error-of.js";

const load = operation(function* load() {
  yield* checkpoint();
  fail(new Error("lost"));
});
/** The first line of a stack that names a place. */
function topOf(error: Error): string {
  return error.stack?.split("\n").find((line) => line.startsWith("    at ")) ?? "";
}

describe("stack traces of our own errors", () => {
  it("begin in user code for misuse", () => {
    const tops: string[] = [];
    try {
      sleep(-1);
    } catch (thrown) {
      tops.push(topOf(thrown as Error));
    }
    expect(tops).toEqual([expect.stringContaining("own-stacks.spec.ts")]);
  });

  it("begin in user code for misuse inside an operation", async () => {
    const error = await errorOf(function* main() {
      yield* timeout(Number.NaN, suspend());
    });
    expect(topOf(error)).toMatch(/main.*own-stacks\.spec\.ts/);
  });

  it("begin in user code for a TimeoutError, at the place that waited", async () => {
    const error = await errorOf(function* main() {
      yield* checkpoint();
      yield* timeout(1, suspend());
    });
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error.stack).toMatch(/^TimeoutError: An operation took longer than 1 ms\./);
    expect(topOf(error)).toMatch(/main.*own-stacks\.spec\.ts/);
  });

  it("begin in user code for the group of a task group", async () => {
    const error = await errorOf(function* main() {
      yield* taskGroup(function* (group) {
        group.spawn(load());
        yield* suspend();
      });
    });
    expect(topOf(error)).toMatch(/main.*own-stacks\.spec\.ts/);
  });

  it("begin in user code for a CancelledError, wherever it is asked for", async () => {
    const error = await errorOf(function* main() {
      const task = yield* spawn(suspend());
      yield* task.cancel();
      expect(() => task.result()).toThrow(CancelledError);
      try {
        task.result();
      } catch (thrown) {
        expect(topOf(thrown as Error)).toContain("own-stacks.spec.ts");
      }
      yield* task;
    });
    expect(error).toBeInstanceOf(CancelledError);
    expect(topOf(error)).toMatch(/main.*own-stacks\.spec\.ts/);
  });

  it("are the operations passed, where an error leaves without having been thrown into user code", async () => {
    const error = await errorOf(timeout(1, suspend()));
    expect(error.stack).toBe("TimeoutError: An operation took longer than 1 ms.");
    const named = await errorOf(
      taskGroup(
        function* () {
          yield* load();
        },
        { name: "imports" },
      ),
    );
    expect(named.stack).toBe('ExceptionGroup: Task group "imports" failed with 1 error\n    at imports');
  });

  it("stay what they are for errors of the user's", async () => {
    const own = new Error("own");
    const { stack } = own;
    await errorOf(function* main() {
      yield* checkpoint();
      throw own;
    });
    expect(own.stack).toBe(stack);
  });
});

describe("on the success path", () => {
  it("no trail is made", async () => {
    const values: unknown[] = [];
    await runReally(function* () {
      const caught = new Error("caught");
      values.push(yield* scoped(() => checkpoint()), errorTrail(caught));
    });
    expect(values).toEqual([undefined, []]);
  });
});
