import { describe, expect, it } from "@jest/globals";
import {
  call,
  Condition,
  ensure,
  operation,
  Queue,
  resource,
  select,
  sleep,
  suspend,
  timeout,
  Wait,
  type Operation,
  type WaitDescription,
} from "coppice";
import { simulate } from "../support/virtual.js";

const load = operation(function* load() {
  yield* sleep(1);
});

describe("select, with what it cannot take back", () => {
  it.each<[string, Operation<unknown>]>([
    ["an operation()", load()],
    ["a generator", sleeping()],
    ["a timeout", timeout(1, sleep(1))],
    ["a call", call(() => Promise.resolve(1))],
    [
      "a resource",
      resource<number>(function* (provide) {
        yield* provide(1);
      }),
    ],
    ["an ensure", ensure(() => undefined)],
    ["a condition's wait", new Condition().wait()],
  ])("E5 refuses %s, saying what to do instead", (_, wait) => {
    expect(() => select({ job: wait })).toThrow(
      'select() cannot take back what the operation "job" has done when another one happens first: it is no single wait. Spawn it and name the task, or use race().',
    );
    expect(() => select([sleep(1), wait])).toThrow("the operation at 1 has done");
  });

  it.each<[string, unknown, string]>([
    ["a function*", sleeping, 'got the function "sleeping" "job"'],
    ["a promise", Promise.resolve(1), 'got a Promise "job"'],
    ["a number", 42, 'got the number 42 "job"'],
    ["nothing", undefined, 'got undefined "job"'],
  ])("E5 refuses %s among its waits", (_, wait, text) => {
    // @ts-expect-error no operation
    expect(() => select({ job: wait })).toThrow(text);
  });

  it.each<[string, unknown]>([
    ["an operation", new Queue().get()],
    ["a set", new Set([sleep(1)])],
    ["a function", sleeping],
    ["nothing", null],
  ])("E5 refuses %s in place of the record", (_, waits) => {
    // @ts-expect-error none of these is a record
    expect(() => select(waits)).toThrow("select() needs a record or an array of waits, got");
  });

  it("E5 refuses none at all, which would never end", () => {
    expect(() => select({})).toThrow(RangeError);
    expect(() => select([])).toThrow("select() needs at least one wait, got none: it would never end.");
  });

  it("E5 refuses a wait that was used before, and one that says it cannot contend", async () => {
    class Once extends Wait<string> {
      constructor(private readonly isWilling = true) {
        super();
      }

      override get canContend(): boolean {
        return this.isWilling;
      }

      begin(): void {
        this.succeed("once");
      }

      withdraw(): boolean {
        return true;
      }

      describe(): WaitDescription {
        return { kind: "once" };
      }
    }
    const once = select([new Once()]);
    await expect(simulate(once)).resolves.toEqual({ index: 0, value: "once" });
    await expect(simulate(once)).rejects.toMatchObject({ code: "COPPICE_USED" });
    expect(() => select([new Once(false)])).toThrow("it is no single wait");
  });

  it("E5 refuses await", async () => {
    await expect(
      (async () => await (select({ a: sleep(1) }) as unknown as PromiseLike<void>))(),
    ).rejects.toMatchObject({
      code: "COPPICE_AWAITED",
    });
  });

  it("goes on waiting for nothing that a refused one has begun", async () => {
    const queue = new Queue<number>();
    await simulate(function* () {
      expect(() => select({ item: queue.get(), job: load() })).toThrow(TypeError);
      yield* sleep(1);
    });
    expect(queue.statistics().getting).toEqual([]);
  });
});

function* sleeping(): Operation<void> {
  yield* suspend();
}
