import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { bundleLibrary, removeBundle, runProgram } from "./program.js";

beforeAll(bundleLibrary, 60_000);
afterAll(removeBundle);

/** Counts the resources that are made for tasks, which is what keeping stores costs. */
const counting = `
  import { AsyncLocalStorage, createHook } from "node:async_hooks";
  let kept = 0;
  createHook({ init(_, type) { if (type === "CoppiceTask") kept++; } }).enable();
`;

describe("the stores of AsyncLocalStorage", () => {
  it("cost nothing in a program that uses none, though it could", async () => {
    const { output } = await runProgram(`${counting}
      const original = [AsyncLocalStorage.prototype.run, AsyncLocalStorage.prototype.enterWith];
      const { all, run, sleep } = await import("library");
      const before = kept;
      await run(all([sleep(1), sleep(2), sleep(3)]));
      console.log(kept - before);
      new AsyncLocalStorage().run("store", () => undefined);
      await run(all([sleep(1), sleep(2), sleep(3)]));
      const now = [AsyncLocalStorage.prototype.run, AsyncLocalStorage.prototype.enterWith];
      console.log(kept - before > 0, now.every((method, i) => method === original[i]));
    `);
    expect(output).toBe("0\ntrue true\n");
  });

  it("are kept from the first one on: a task that was there before it is in none", async () => {
    const { output } = await runProgram(`
      import { AsyncLocalStorage } from "node:async_hooks";
      import { Event, run, sleep } from "library";
      const storage = new AsyncLocalStorage();
      const event = new Event();
      const seen = [];
      const before = run(function* () {
        yield* event.wait();
        seen.push(storage.getStore());
        yield* sleep(1);
        seen.push(storage.getStore());
      });
      await storage.run("first", async () => {
        const inside = run(function* () {
          yield* sleep(1);
          yield* before;
          seen.push(storage.getStore());
        });
        event.set();
        await inside;
      });
      await before;
      console.log(seen.join());
    `);
    expect(output).toBe(",,first\n");
  });

  it("are those of the first step that enters one, with enterWith as well", async () => {
    const { output } = await runProgram(`
      import { AsyncLocalStorage } from "node:async_hooks";
      import { main, sleep, spawn } from "library";
      const storage = new AsyncLocalStorage();
      storage.enterWith("program");
      await main(function* () {
        yield* sleep(1);
        const child = yield* spawn(function* () {
          yield* sleep(1);
          return storage.getStore();
        });
        console.log(yield* child, storage.getStore());
      });
    `);
    expect(output).toBe("program program\n");
  });

  it("leave alone what others have put around their methods", async () => {
    const { output } = await runProgram(`
      import { AsyncLocalStorage } from "node:async_hooks";
      import "library";
      const ours = AsyncLocalStorage.prototype.run;
      let calls = 0;
      AsyncLocalStorage.prototype.run = function (...args) {
        calls++;
        return ours.apply(this, args);
      };
      const storage = new AsyncLocalStorage();
      for (let i = 0; i < 2; i++) storage.run(i, () => console.log(storage.getStore()));
      console.log(calls);
    `);
    expect(output).toBe("0\n1\n2\n");
  });
});
