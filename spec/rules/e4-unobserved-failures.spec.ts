import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { sleep, spawn, suspend } from "coppice";
import { fail } from "../support/fail.js";
import { bundleLibrary, removeBundles, runProgram } from "../support/real-process.js";
import { world } from "../support/virtual.js";

const lost = new Error("lost");

function* failLater() {
  yield* sleep(1);
  fail(lost);
}

function failAtOnce(): Generator<never, void> {
  return fail(lost);
}

/** Lets the host have as many turns as a report may take. */
async function turns(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
}

describe("E4 a root task's failure that nobody observes", () => {
  it.each([
    ["later", failLater],
    ["inside run()", failAtOnce],
  ])("E4 goes to the host when it fails %s", async (_, op) => {
    const { run, host } = world();
    run(op);
    await turns();
    expect(host.unobservedErrors).toEqual([lost]);
  });

  it.each([
    ["await", (task: Promise<void>) => task.then(undefined, () => undefined)],
    ["catch", (task: Promise<void>) => task.catch(() => undefined)],
    ["finally", (task: Promise<void>) => task.finally(() => undefined).catch(() => undefined)],
    ["Promise.allSettled", (task: Promise<void>) => Promise.allSettled([task])],
  ])(
    "E4 is not reported when it is observed by %s, before the failure or after it in the same turn",
    async (_, observe) => {
      for (const op of [failLater, failAtOnce]) {
        const { run, host } = world();
        await observe(run(op));
        await turns();
        expect(host.unobservedErrors).toEqual([]);
      }
    },
  );

  it("E4 is not reported when another task joins it", async () => {
    const { run, host } = world();
    const failing = run(failLater);
    await run(function* () {
      try {
        yield* failing;
      } catch {
        yield* sleep(1);
      }
    });
    await turns();
    expect(host.unobservedErrors).toEqual([]);
  });

  it("E4 is not reported for a child: its scope has it (E1)", async () => {
    const { run, host } = world();
    await run(function* () {
      yield* spawn(failLater);
      yield* suspend();
    }).catch(() => undefined);
    await turns();
    expect(host.unobservedErrors).toEqual([]);
  });

  it("E4 is no failure when the task was cancelled", async () => {
    const { run, host } = world();
    void run(suspend()).cancel("enough");
    await turns();
    expect(host.unobservedErrors).toEqual([]);
  });

  it.each([0, 5])(
    "E4 what cleanup throws after %d ms is reported to who awaits the cancel, and to nobody else",
    async (ms) => {
      const { run, host } = world();
      const task = run(function* () {
        try {
          yield* suspend();
        } finally {
          if (ms > 0) yield* sleep(ms);
          fail(lost);
        }
      });
      await expect(task.cancel()).rejects.toBe(lost);
      await turns();
      expect(host.unobservedErrors).toEqual([]);
    },
  );

  it("E4 what cleanup throws goes to the host when nobody awaits the cancel", async () => {
    const { run, host } = world();
    const task = run(function* () {
      try {
        yield* suspend();
      } finally {
        fail(lost);
      }
    });
    void task.cancel();
    await turns();
    expect(host.unobservedErrors).toEqual([lost]);
  });

  it("E4 a task that runs is not collected, though nobody holds it (A16)", async () => {
    const { scheduler, run } = world();
    run(suspend(), { name: "held" });
    expect(Array.from(scheduler.roots, (root) => root.name)).toEqual(["held"]);
    for (const root of scheduler.roots) expect(root.outcome).toBeNull();
    await turns();
    expect(Array.from(scheduler.roots)).toHaveLength(1);
  });
});

describe("E4 in a process of its own", () => {
  let coppice = "";
  beforeAll(async () => {
    coppice = await bundleLibrary();
  });
  afterAll(removeBundles);

  const program = (body: string) =>
    `import { run, sleep, suspend, createScope } from ${JSON.stringify(coppice)};\n${body}`;

  it("E4 ends the process with code 1 and the error's text", async () => {
    const { code, errors } = await runProgram(
      program(`run(function* () { yield* sleep(1); throw new Error("nobody looks"); });`),
    );
    expect([code, errors.includes("nobody looks")]).toEqual([1, true]);
  });

  it("E4 reaches a listener of the process, as the same object, with the task's rejected promise", async () => {
    const text = `
      const lost = new Error("lost");
      process.on("unhandledRejection", async (error, promise) => {
        console.log(error === lost, await promise.catch((reason) => reason === lost));
      });
      run(function* () { yield* sleep(1); throw lost; });
      createScope().run(function* () { yield* sleep(5); throw lost; });`;
    const ended = await runProgram(program(text));
    expect(ended).toMatchObject({ code: 0, output: "true true\ntrue true\n" });
  });

  it("E4 lets it live when the failure is observed", async () => {
    const text = `
      try { await run(function* () { throw new Error("seen"); }); } catch (error) { console.log("caught " + error.message); }
      const task = run(function* () { try { yield* suspend(); } finally { throw new Error("cleanup"); } });
      try { await task.cancel(); } catch (error) { console.log("caught " + error.message); }
      await new Promise((resolve) => setTimeout(resolve, 20));
      console.log("alive");`;
    const ended = await runProgram(program(text));
    expect(ended).toEqual({ code: 0, output: "caught seen\ncaught cleanup\nalive\n", errors: "" });
  });

  it("E4 keeps a process with a sleeping task alive, and lets one with nothing to wait for end", async () => {
    const ended = await runProgram(
      program(
        `run(function* () { yield* sleep(30); console.log("woken"); }); run(suspend()); console.log("end of the module");`,
      ),
    );
    expect(ended).toEqual({ code: 0, output: "end of the module\nwoken\n", errors: "" });
  });
});
