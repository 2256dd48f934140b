import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { main, exit } from "coppice/node";
import { bundleLibrary, Program, removeBundle, runProgram } from "./program.js";

beforeAll(bundleLibrary);
afterAll(removeBundle);

const program = (body: string, options = ""): string => `
  import { main, exit, sleep, suspend, ensure, spawn, until, call, action, Lock, operation, taskGroup, cancellation, scoped, shield, run, timeout } from "library";
  await main(function* program() {
    ${body}
  }${options});
`;

describe("main", () => {
  it("ends the process with 0 when the operation has ended, whatever else is open", async () => {
    const ended = await runProgram(
      program(`setInterval(() => {}, 1000); yield* sleep(5); console.log("done");`),
    );
    expect(ended).toMatchObject({ code: 0, output: "done\n", errors: "" });
  });

  it("keeps the exit code that the program has set", async () => {
    expect(await runProgram(program(`process.exitCode = 4; yield* sleep(1);`))).toMatchObject({ code: 4 });
  });

  it("prints an error once, as a tree with its trail, and ends with 1", async () => {
    const { code, errors } = await runProgram(
      program(`
        const load = operation(function* loadUser() { yield* sleep(1); throw new TypeError("no such user"); });
        yield* ensure(() => console.log("cleanup"));
        yield* taskGroup(function* (group) {
          group.spawn(load());
          group.spawn(function* other() { try { yield* suspend(); } finally { throw new RangeError("while closing"); } });
        });
      `),
    );
    expect(code).toBe(1);
    expect(errors.match(/no such user/g)).toHaveLength(1);
    expect(errors).toMatch(/^ExceptionGroup: .*2 errors/);
    expect(errors).toMatch(/├─ TypeError: no such user\n│ +in loadUser/);
    expect(errors).toMatch(/└─ RangeError: while closing\n +in other/);
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)(
    "cancels the operation with a reason on %s, runs its cleanup and ends with %i",
    async (signal, code) => {
      const running = new Program(
        program(`
        try {
          console.log("ready");
          yield* scoped(function* () { yield* sleep(60_000); });
        } finally {
          const why = yield* cancellation();
          console.log(why.reason.name, why.reason.signal, why.reason.message);
          yield* sleep(5);
          console.log("clean");
        }
      `),
      );
      await running.says("ready");
      running.kill(signal);
      expect(await running.ended).toEqual({
        code,
        signal: null,
        output: `ready\nProcessSignal ${signal} The process received ${signal}.\nclean\n`,
        errors: "",
      });
    },
  );

  it("cancels cleanup too on a second signal, and prints who would not stop, and where", async () => {
    const running = new Program(
      program(`
        yield* spawn(function* stubborn() {
          try { yield* suspend(); } finally { console.log("cleaning"); yield* sleep(60_000); }
        });
        console.log("ready");
        yield* sleep(60_000);
      `),
    );
    await running.says("ready");
    running.kill("SIGTERM");
    await running.says("cleaning");
    running.kill("SIGINT");
    const { code, errors } = await running.ended;
    expect(code).toBe(143);
    expect(errors).toMatch(
      /^SIGINT came while cleanup was running\. It is cut short; these tasks would not stop:\n/,
    );
    expect(errors).toMatch(
      / {2}task "stubborn" #\d+ waits for sleep, for \d+ ms, at .*program-\d+\.mjs:\d+:\d+\n$/,
    );
  });

  it("cancels cleanup too when the grace is over", async () => {
    const running = new Program(
      program(
        `
        console.log("ready");
        try { yield* suspend(); } finally { yield* call(() => new Promise(() => setInterval(() => {}, 1000)), { name: "never" }); }
      `,
        `, { grace: 50 }`,
      ).replace("await main", "setInterval(() => {}, 1000); await main"),
    );
    await running.says("ready");
    running.kill("SIGTERM");
    const { code, errors } = await running.ended;
    expect(code).toBe(143);
    expect(errors).toMatch(
      /^Cleanup took longer than its grace of 50 ms\. It is cut short; these tasks would not stop:\n/,
    );
    expect(errors).toMatch(/task "program" #\d+ waits for call "never", for \d+ ms/);
  });

  it("prints what cleanup throws after a signal, and keeps the signal's code", async () => {
    const running = new Program(
      program(
        `yield* ensure(() => { throw new Error("disk full"); }); console.log("ready"); yield* sleep(60_000);`,
      ),
    );
    await running.says("ready");
    running.kill("SIGINT");
    const { code, errors } = await running.ended;
    expect(code).toBe(130);
    expect(errors).toMatch(/^Error: disk full/);
  });

  it("E5 refuses a second program, bad options and what is no operation", async () => {
    const { output } = await runProgram(
      program(`yield* until(main(function* () {}).catch((error) => console.log(error.message)));`),
    );
    expect(output).toBe("main() was called while a program is running. Use spawn() or run() inside it.\n");
    // @ts-expect-error -- no operation
    await expect(main(17)).rejects.toThrow("main() needs an operation or a function*, got the number 17.");
    await expect(main(exit(), { grace: -1 })).rejects.toThrow(RangeError);
    // @ts-expect-error -- misspelt
    await expect(main(exit(), { grce: 1 })).rejects.toThrow(/Did you mean "grace"/);
  });
});

describe("exit", () => {
  it("ends the program from any depth with its code, cleanup included", async () => {
    const ended = await runProgram(
      program(`
        yield* ensure(function* () { yield* sleep(1); console.log("cleanup"); });
        const deep = operation(function* () { yield* exit(3); console.log("never"); });
        yield* spawn(function* child() { yield* deep(); });
        yield* suspend();
      `),
    );
    expect(ended).toEqual({ code: 3, signal: null, output: "cleanup\n", errors: "" });
  });

  it("ends with 0 when no code is given, and with 1 when cleanup fails then", async () => {
    expect(await runProgram(program(`yield* exit();`))).toMatchObject({ code: 0, errors: "" });
    const failed = await runProgram(
      program(`yield* ensure(() => { throw new Error("cleanup"); }); yield* exit();`),
    );
    expect(failed.code).toBe(1);
    expect(failed.errors).toMatch(/^Error: cleanup/);
  });

  it("keeps the first code", async () => {
    expect(await runProgram(program(`try { yield* exit(3); } finally { yield* exit(4); }`))).toMatchObject({
      code: 3,
    });
  });

  it("E5 refuses what is no exit code, and a program without main", async () => {
    expect(() => exit(256)).toThrow("exit() needs a whole number from 0 to 255, got 256.");
    expect(() => exit(-1)).toThrow(RangeError);
    // @ts-expect-error -- no number
    expect(() => exit("1")).toThrow(TypeError);
    const { output } = await runProgram(
      `import { run, exit } from "library"; await run(exit(1)).catch((error) => console.log(error.message));`,
    );
    expect(output).toBe("exit() was used in a program that main() does not run. Run it with main().\n");
  });
});

describe("a stall", () => {
  it("is told with the tree, cleaned up after, and ends with 13", async () => {
    const { code, output, errors } = await runProgram(
      program(`
        yield* ensure(function* () { yield* sleep(1); console.log("cleanup"); });
        yield* spawn(function* reader() { yield* until(new Promise(() => {})); });
        yield* suspend();
      `),
    );
    expect(code).toBe(13);
    expect(output).toBe("cleanup\n");
    expect(errors).toMatch(
      /^Stalled: the event loop is empty, and the program has not ended\. Nothing can wake these tasks:\n/,
    );
    expect(errors).toMatch(
      /\n {2}task "program" #\d+ waits for suspend, for \d+ ms, at .*program-\d+\.mjs:7:\d+/,
    );
    expect(errors).toMatch(
      /\n {4}task "reader" #\d+ waits for promise, for \d+ ms, at .*program-\d+\.mjs:\d+:\d+/,
    );
    expect(errors).not.toMatch(/wait for one another/);
  });

  it("is told with the cycle, if there is one", async () => {
    const { code, errors } = await runProgram(
      program(`
        const [a, b] = [new Lock({ name: "a" }), new Lock({ name: "b" })];
        const both = (first, second) => function* () { yield* first.acquire(); yield* sleep(1); yield* second.acquire(); };
        yield* taskGroup(function* (group) {
          group.spawn(both(a, b), { name: "left" });
          group.spawn(both(b, a), { name: "right" });
        });
      `),
    );
    expect(code).toBe(13);
    expect(errors).toMatch(
      /They wait for one another:\n {2}task "left" #\d+ waits for lock[^\n]* "b", held by "right", and so for task "right" #\d+\n {2}task "right" #\d+ waits for lock[^\n]* "a", held by "left", and so for task "left" #\d+\n/,
    );
  });

  it("of cleanup ends the process as well", async () => {
    const { code, errors } = await runProgram(
      program(`try { yield* exit(5); } finally { yield* suspend(); }`, `, { grace: Infinity }`),
    );
    expect(code).toBe(5);
    expect(errors).toMatch(
      /Cleanup stalled\. It is cut short; these tasks would not stop:\n {2}task "program"/,
    );
  });

  it("is none while a timer or anything of the host's is open", async () => {
    const text = program(`yield* action((resolve) => { setTimeout(resolve, 20); }); console.log("done");`);
    expect(await runProgram(text)).toMatchObject({ code: 0, output: "done\n" });
  });
});
