/** The library loaded twice, as when two versions of it are installed: nothing of one runs in the other. */
import { afterAll, describe, expect, it } from "@jest/globals";
import { bundleLibrary, removeBundles, runProgram } from "../support/real-process.js";

afterAll(removeBundles);

const OTHER = "of another copy of coppice: see npm ls coppice, npm dedupe.";

/** Runs a program that has both; gives what it printed, line by line. */
async function withBoth(text: string): Promise<string[]> {
  const [one, other] = [await bundleLibrary("one"), await bundleLibrary("other")];
  const { code, output, errors } = await runProgram(`
    import * as one from ${JSON.stringify(one)};
    import * as other from ${JSON.stringify(other)};
    const report = (task) => task.then(() => console.log("ran"), (error) => console.log(error.message));
    ${text}
  `);
  expect([code, errors]).toEqual([0, ""]);
  return output.trimEnd().split("\n");
}

/** Operations of the other copy, made anew each time. */
const OPERATIONS = `{
  sleep: () => other.sleep(1),
  suspend: () => other.suspend(),
  checkpoint: () => other.checkpoint(),
  scoped: () => other.scoped(() => other.sleep(1)),
  mixed: () => other.scoped(() => one.sleep(1)),
  operation: () => other.operation(function* () { yield* other.sleep(1); })(),
  spawn: () => other.spawn(() => other.sleep(1)),
  ensure: () => other.ensure(() => console.log("CLEANUP")),
  resource: () => other.resource(function* (provide) { yield* provide(1); }),
  event: () => new other.Event().wait(),
  put: () => new other.Queue().put(1),
  context: () => other.createContext("x", 1).get(),
  task: () => other.run(other.sleep(1)),
  cancel: () => other.run(other.suspend()).cancel(),
  all: () => other.all([other.sleep(1)]),
  until: () => other.until(Promise.resolve()),
}`;

describe("E5 two copies of the library", () => {
  it("E5 an operation of one in a task of the other fails at once, naming the cause", async () => {
    const said = await withBoth(`
      for (const make of Object.values(${OPERATIONS})) await report(one.run(function* main() { yield* make(); }));
      await report(one.run(other.sleep(1), { name: "main" }));
      await report(one.run(one.timeout(5, other.sleep(1)), { name: "main" }));
      await report(one.run(function* main() { try { yield* one.sleep(1); } finally { yield* other.sleep(1); } }));
      console.log("alive");
    `);
    expect(said).toEqual([...Array<string>(19).fill(`Task "main" ran an operation ${OTHER}`), "alive"]);
  }, 30_000);

  it("S4 a loop that goes on after that starves nobody, and is cancelled", async () => {
    const said = await withBoth(`
      for (const make of Object.values(${OPERATIONS})) {
        const task = one.run(function* main() { for (;;) { try { yield* make(); } catch {} } });
        await new Promise((resolve) => setTimeout(resolve, 1));
        await report(task.cancel());
      }
      console.log("alive");
    `);
    expect(said).toEqual([...Array<string>(16).fill(`Task "main" ran an operation ${OTHER}`), "alive"]);
  }, 30_000);

  it("E5 a task that runs in the middle of one of the other copy is refused with the cause, and so is that one", async () => {
    const said = await withBoth(`
      await report(one.run(function* main() {
        const inner = other.run(function* inner() { yield* one.sleep(1); });
        inner.catch((error) => console.log(error.message));
        yield* one.until(inner);
      }));
    `);
    expect(said).toEqual([
      `Task "inner" ran an operation ${OTHER}`,
      `An operation was advanced by hand. Only \`yield*\` runs operations: use \`yield* operation\`. It may be one ${OTHER}`,
    ]);
  }, 30_000);

  it("E5 what cannot tell says that it may be so", async () => {
    const said = await withBoth(`
      await report(one.run(function* () { (yield* one.useScope()).get(other.createContext("x", 1)); }));
      await report(one.run(function* () { yield* one.select([other.sleep(1)]); }));
    `);
    expect(said.map((line) => line.endsWith(` It may be one ${OTHER}`))).toEqual([true, true]);
  }, 30_000);

  it("E5 a task of one can be waited for in the other as the promise that it is", async () => {
    const said = await withBoth(`
      const task = other.run(function* () { yield* other.sleep(1); return 7; });
      console.log(await one.run(one.until(task)));
    `);
    expect(said).toEqual(["7"]);
  }, 30_000);

  it("plain calls of either work in tasks of the other: each changes its own tree", async () => {
    const said = await withBoth(`
      const event = new other.Event();
      const queue = new other.Queue();
      const waiting = other.run(function* () { yield* event.wait(); return yield* queue.get(); });
      await one.run(function* () { event.set(); queue.tryPut(7); yield* one.sleep(1); });
      console.log(await waiting);
      const parked = other.run(other.suspend());
      await one.run(function* () { yield* one.until(parked.cancel()); });
      console.log(parked.state);
    `);
    expect(said).toEqual(["7", "cancelled"]);
  }, 30_000);

  it("frozen globals do no harm", async () => {
    const one = await bundleLibrary("one");
    const { code, output } = await runProgram(`
      Object.preventExtensions(globalThis);
      const one = await import(${JSON.stringify(one)});
      console.log(await one.run(function* () { yield* one.sleep(1); return 7; }));
    `);
    expect([code, output]).toEqual([0, "7\n"]);
  }, 30_000);
});
