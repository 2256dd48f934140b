import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { toThread } from "coppice/node";
import { bundleLibrary, removeBundle, runProgram, writeModule } from "./program.js";

let module = "";

beforeAll(() => {
  bundleLibrary();
  module = writeModule(
    "work.mjs",
    `
    import { threadId } from "node:worker_threads";
    import { writeSync } from "node:fs";
    const say = (...words) => writeSync(1, words.join(" ") + "\\n");
    import { operation, sleep, suspend, ensure, TimeoutError, ExceptionGroup } from "library";
    export const add = (a, b) => a + b;
    export const later = async (value) => { await null; return value; };
    export const makeFunction = () => () => 1;
    export const size = (bytes) => bytes.byteLength;
    export const thread = async () => { await new Promise((resolve) => setTimeout(resolve, 30)); return threadId; };
    export class NoSuchUser extends Error { constructor(id) { super("no user " + id); this.id = id; this.name = "NoSuchUser"; } }
    export const fail = (what) => {
      if (what === "type") throw new TypeError("wrong type");
      if (what === "own") throw new NoSuchUser(7);
      if (what === "cause") throw new Error("outer", { cause: new RangeError("inner") });
      if (what === "group") throw new ExceptionGroup([new SyntaxError("a"), new TimeoutError("b")], "two");
      if (what === "text") throw "just text";
      if (what === "dom") throw new DOMException("gone", "NotFoundError");
      process.exit(9);
    };
    export const busy = () => { for (;;); };
    const begins = (flag) => { Atomics.store(flag, 0, 1); Atomics.notify(flag, 0); };
    export const obedient = (flag, { signal }) => new Promise((_, reject) => {
      begins(flag);
      signal.addEventListener("abort", () => setTimeout(() => { say("told:", signal.reason.name, signal.reason.message); reject(signal.reason); }, 20));
    });
    export const deaf = () => new Promise(() => setInterval(() => {}, 1000));
    export const run = operation(function* work(ms, flag) {
      if (flag) begins(flag);
      yield* ensure(function* () { yield* sleep(5); say("cleaned up in the thread"); });
      yield* sleep(ms);
      return "slept " + ms;
    });
    export const waiting = function* (ms, flag) { try { begins(flag); yield* suspend(); } finally { say("finally in the thread"); } };
  `,
  );
});
afterAll(removeBundle);

/** Runs the body of an operation in a program that has the module above. */
async function printed(body: string): Promise<string> {
  const { output, errors, code } = await runProgram(`
    import {
      toThread, run, timeout, sleep, all, attempt, spawn, until, now, cancelScope, checkpoint, TimeoutError, ExceptionGroup,
    } from "library";
    import { NoSuchUser } from ${JSON.stringify(module)};
    const module = ${JSON.stringify(module)};
    const call = (name, args, options) => toThread(module, name, args, options);
    const makeFlag = () => new Int32Array(new SharedArrayBuffer(4));
    const raised = function* (flag) { yield* until(Promise.resolve(Atomics.waitAsync(flag, 0, 0).value)); };
    await run(function* () { ${body} });
  `);
  if (errors !== "") throw new Error(errors);
  return `${output}${code === 0 ? "" : `code ${String(code)}`}`;
}

describe("toThread", () => {
  it("gives what the function returns, or its promise resolves to", async () => {
    expect(
      await printed(
        `console.log(yield* call("add", [1, 2]), yield* call("later", [new Map([["a", new Date(0)]])]));`,
      ),
    ).toBe(`3 Map(1) { 'a' => 1970-01-01T00:00:00.000Z }\n`);
  });

  it("ends the program when its work is done: idle threads keep nothing alive", async () => {
    expect(await printed(`yield* call("add", [1, 2]);`)).toBe("");
  });

  it("moves what is to be transferred", async () => {
    expect(
      await printed(`
        const bytes = new ArrayBuffer(1000);
        console.log(yield* call("size", [bytes], { transfer: [bytes] }), bytes.byteLength);
      `),
    ).toBe("1000 0\n");
  });

  it("runs at most as many calls at the same time as it is told", async () => {
    expect(
      await printed(`
        const ids = yield* all(Array.from({ length: 6 }, () => call("thread", [], { concurrency: 2 })));
        console.log(new Set(ids).size);
      `),
    ).toBe("2\n");
  });

  it("throws errors with their class, message, properties and stack", async () => {
    expect(
      await printed(`
        for (const what of ["type", "own", "cause", "group", "text", "dom"]) {
          const { error } = yield* attempt(call("fail", [what], { errors: [NoSuchUser] }));
          console.log(what, error instanceof Error ? error.name + ": " + error.message : error);
          if (what === "type") console.log(error instanceof TypeError, /work\\.mjs:\\d+/.test(error.stack));
          if (what === "own") console.log(error instanceof NoSuchUser, error.id, error.name);
          if (what === "cause") console.log(error.cause instanceof RangeError, error.cause.message);
          if (what === "group") console.log(error instanceof ExceptionGroup, error.errors.map((e) => e.constructor.name).join());
          if (what === "dom") console.log(error instanceof DOMException);
        }
        const { error } = yield* attempt(call("fail", ["own"]));
        console.log(error.name, error instanceof Error, error instanceof NoSuchUser);
      `),
    ).toBe(
      [
        "type TypeError: wrong type",
        "true true",
        "own NoSuchUser: no user 7",
        "true 7 NoSuchUser",
        "cause Error: outer",
        "true inner",
        "group ExceptionGroup: two",
        "true SyntaxError,TimeoutError",
        "text just text",
        "dom NotFoundError: gone",
        "true",
        "NoSuchUser true false",
        "",
      ].join("\n"),
    );
  });

  it("says what cannot be copied: arguments or result", async () => {
    expect(
      await printed(`
        for (const [name, args] of [["add", [() => 1, 2]], ["makeFunction", []]])
          console.log(String((yield* attempt(call(name, args))).error));
      `),
    ).toBe(
      [
        'TypeError: toThread("add") cannot copy its arguments: () => 1 could not be cloned. Pass plain data, or move it with `transfer`.',
        'TypeError: toThread("makeFunction") cannot copy the function\'s result. Return plain data.',
        "",
      ].join("\n"),
    );
  });

  it("names what to install where piscina is missing, and nothing else needs it", async () => {
    const { output } = await runProgram(`
      import { register } from "node:module";
      const hook = (specifier, context, next) => {
        if (specifier === "piscina") throw new Error("not there");
        return next(specifier, context);
      };
      register("data:text/javascript,export const resolve = " + encodeURIComponent(hook));
      const { attempt, exec, main, toThread } = await import("library");
      await main(function* () {
        const child = yield* exec(process.execPath, ["--version"]);
        console.log((yield* child.exited()).code);
        const { error } = yield* attempt(toThread(${JSON.stringify(module)}, "add", [1, 2]));
        console.log(error.message, error.code, error.cause.message);
      });
    `);
    expect(output).toBe(
      "0\ntoThread() needs the package piscina, which could not be loaded. Install it: npm install piscina. COPPICE_NO_PISCINA not there\n",
    );
  });

  it("names the function in what it tells of a deadline", async () => {
    expect(
      await printed(`
        console.log((yield* attempt(timeout(20, call("deaf", [], { grace: 0 })))).error.message);
      `),
    ).toBe('"deaf" took longer than 20 ms.\n');
  });

  it("throws when the thread dies, and serves the next call", async () => {
    expect(
      await printed(`
        const { ok } = yield* attempt(call("fail", ["exit"], { concurrency: 1 }));
        console.log(ok, yield* call("add", [1, 1], { concurrency: 1 }));
      `),
    ).toBe("false 2\n");
  });

  it("tells the thread of a deadline, and waits until the function has ended", async () => {
    expect(
      await printed(`
        const flag = makeFlag();
        let kept;
        yield* cancelScope(function* (scope) {
          kept = scope;
          yield* spawn(function* () {
            yield* raised(flag);
            scope.deadline = now();
          });
          yield* call("obedient", [flag]);
        });
        console.log(kept.cancellation.kind);
      `),
    ).toMatch(/^told: TimeoutError The deadline of .* passed\.\ndeadline\n$/);
  });

  it("tells the thread of a cancellation, with its reason", async () => {
    expect(
      await printed(`
        const flag = makeFlag();
        const task = yield* spawn(call("obedient", [flag]));
        yield* raised(flag);
        yield* task.cancel(new TypeError("not needed"));
        console.log(task.state);
      `),
    ).toBe("told: TypeError not needed\ncancelled\n");
  });

  it("terminates the thread when its function has not ended after the grace", async () => {
    expect(
      await printed(`
        for (const name of ["busy", "deaf"]) {
          const begun = performance.now();
          const { error } = yield* attempt(timeout(300, call(name, [], { grace: 100, concurrency: 1 })));
          const ms = performance.now() - begun;
          console.log(name, error.name, ms > 395);
        }
        console.log(yield* call("add", [1, 1], { concurrency: 1 }));
      `),
    ).toBe("busy TimeoutError true\ndeaf TimeoutError true\n2\n");
  });

  it("runs an operation in the thread, and cancels it there", async () => {
    expect(
      await printed(`
        console.log(yield* call("run", [10]));
        for (const name of ["run", "waiting"]) {
          const flag = makeFlag();
          const task = yield* spawn(call(name, [60_000, flag]));
          yield* raised(flag);
          yield* task.cancel();
          console.log(task.state);
        }
      `),
    ).toBe(
      [
        "cleaned up in the thread",
        "slept 10",
        "cleaned up in the thread",
        "cancelled",
        "finally in the thread",
        "cancelled",
        "",
      ].join("\n"),
    );
  });

  it("does not begin what was cancelled while it waited for a thread", async () => {
    expect(
      await printed(`
        const flag = makeFlag();
        const first = yield* spawn(call("run", [60_000, flag], { concurrency: 1 }));
        yield* raised(flag);
        const second = yield* spawn(call("run", [1], { concurrency: 1 }));
        yield* checkpoint();
        yield* second.cancel();
        yield* first.cancel();
        console.log(second.state);
      `),
    ).toBe("cleaned up in the thread\ncancelled\n");
  });

  it("E5 refuses what names no module, no function and no list", async () => {
    expect(() => toThread("./work.js", "add")).toThrow(
      'toThread() needs the module\'s URL or absolute path, got the string "./work.js". Write new URL("./work.js", import.meta.url).',
    );
    // @ts-expect-error -- no list
    expect(() => toThread("/work.js", "add", 1)).toThrow(/Write \[a, b\]/);
    expect(() => toThread("/work.js", "add", [], { concurrency: 0 })).toThrow(RangeError);
    // @ts-expect-error -- misspelt
    expect(() => toThread("/work.js", "add", [], { transfr: [] })).toThrow(/Did you mean "transfer"/);
    expect(
      await printed(
        `const { error } = yield* attempt(call("nothing")); console.log(error.message.replace(/file:\\S+/, "<module>"));`,
      ),
    ).toBe(
      'toThread() found no function "nothing" in <module> but undefined. Export a function of that name.\n',
    );
  });
});
