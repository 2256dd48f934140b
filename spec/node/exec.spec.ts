import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { attempt, CancelledError, each, forEach, operation, run, sleep, spawn, timeout } from "coppice";
import { exec, ExecError, linesIn, type Process } from "coppice/node";

const node = process.execPath;

/** Runs a script in a child process. */
const script = (text: string, options?: Parameters<typeof exec>[2]) => exec(node, ["-e", text], options);

/** Whether a process runs; one that has ended and that nobody has asked for is still listed. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** Reads the first line of a process. */
const firstLine = operation(function* (child: Process) {
  const lines = each(linesIn(child.stdout));
  yield* lines.next();
  return lines.value;
});

describe("exec", () => {
  it("gives the exit code and what was printed", async () => {
    const output = await run(function* () {
      const child = yield* script(`console.log("out"); console.error("err"); process.exitCode = 3`);
      return yield* child.output();
    });
    expect(output).toEqual({ code: 3, signal: null, stdout: "out\n", stderr: "err\n" });
  });

  it("keeps what was printed until it is read, also when the process has ended before", async () => {
    const output = await run(function* () {
      const child = yield* exec("echo", ["hello"]);
      while (isAlive(child.pid)) yield* sleep(1);
      // The exit has been heard of, and what Node does about it is done.
      yield* sleep(20);
      return yield* child.output();
    });
    expect(output.stdout).toBe("hello\n");
  });

  it("streams the output line by line, with backpressure", async () => {
    const seen: string[] = [];
    await run(function* () {
      const child = yield* script(`for (let n = 0; n < 20000; n++) console.log("line", n)`);
      yield* forEach(
        linesIn(child.stdout),
        function* (line) {
          seen.push(line);
          yield* sleep(0);
        },
        { concurrency: 1 },
      );
      expect(yield* child.exited()).toEqual({ code: 0, signal: null });
    });
    expect([seen.length, seen[0], seen.at(-1)]).toEqual([20_000, "line 0", "line 19999"]);
  });

  it.each([
    ["a string", "a\nb"],
    ["bytes", new TextEncoder().encode("a\nb")],
    [
      "an async iterable",
      {
        async *[Symbol.asyncIterator]() {
          yield await Promise.resolve("a\n");
          yield new TextEncoder().encode("b");
        },
      },
    ],
  ])("gives the process its input: %s", async (_, input) => {
    const output = await run(function* () {
      const child = yield* script(`process.stdin.pipe(process.stdout)`, { input });
      return yield* child.output();
    });
    expect(output).toMatchObject({ code: 0, stdout: "a\nb" });
  });

  it("lets a program talk with the process", async () => {
    const echo = `process.stdin.on("data", (d) => process.stdout.write("<" + d + ">\\n"))`;
    const answers = await run(function* () {
      const child = yield* script(echo, { stdin: "pipe" });
      const lines = each(linesIn(child.stdout));
      const seen: string[] = [];
      for (const word of ["a", "b"]) {
        yield* child.stdin.write(word);
        yield* lines.next();
        seen.push(lines.value);
      }
      yield* child.stdin.close();
      return [...seen, yield* child.exited()];
    });
    expect(answers).toEqual(["<a>", "<b>", { code: 0, signal: null }]);
  });

  it("does not mind a process that does not read its input", async () => {
    const output = await run(function* () {
      const child = yield* script(`process.stdin.destroy(); console.log("done")`, { input: "x".repeat(1e6) });
      return yield* child.output();
    });
    expect(output).toMatchObject({ code: 0, stdout: "done\n" });
  });

  it("drops output that nobody reads, instead of waiting for ever", async () => {
    const exit = await run(function* () {
      return yield* (yield* script(`process.stdout.write("x".repeat(1e6))`)).exited();
    });
    expect(exit).toEqual({ code: 0, signal: null });
  });

  it("B2 ends the process with SIGTERM when the boundary ends", async () => {
    const pid = await run(function* () {
      const child = yield* script(`setInterval(() => {}, 1000); console.log("ready")`);
      expect(yield* firstLine(child)).toBe("ready");
      return child.pid;
    });
    expect(isAlive(pid)).toBe(false);
  });

  it("lets the process clean up at SIGTERM when it is cancelled, and waits for it", async () => {
    const log: string[] = [];
    const task = run(function* () {
      const child = yield* script(
        `process.on("SIGTERM", () => setTimeout(() => { console.log("clean"); process.exit(0) }, 50)); setInterval(() => {}, 1000); console.log("ready")`,
      );
      const lines = each(linesIn(child.stdout));
      yield* lines.next();
      log.push(lines.value);
      ready();
      try {
        yield* lines.next();
      } finally {
        log.push("cancelled");
      }
    });
    let ready: () => void = () => undefined;
    await new Promise<void>((resolve) => (ready = resolve));
    await task.cancel();
    expect(log).toEqual(["ready", "cancelled"]);
    await expect(task).rejects.toBeInstanceOf(CancelledError);
  });

  it("ends a process that ignores SIGTERM with SIGKILL after the grace", async () => {
    let pid = 0;
    let begun = 0;
    await run(function* () {
      const child = yield* script(
        `process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log("ready")`,
        { grace: 100 },
      );
      yield* firstLine(child);
      pid = child.pid;
      begun = performance.now();
    });
    expect(isAlive(pid)).toBe(false);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(95);
  });

  it("ends what the process has started as well", async () => {
    const grandchild = `process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log(process.pid)`;
    const pid = await run(function* () {
      const child = yield* script(
        `require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(grandchild)}], { stdio: "inherit" }); setInterval(() => {}, 1000)`,
        { grace: 100 },
      );
      return Number(yield* firstLine(child));
    });
    expect(pid).toBeGreaterThan(0);
    expect(await isGone(pid)).toBe(true);
  });

  it("ends it when time runs out, also while its output is being read", async () => {
    const outcome = await run(function* () {
      return yield* timeout(
        500,
        function* () {
          const child = yield* script(`setInterval(() => {}, 1000)`);
          return yield* child.output();
        },
        { otherwise: "late" as const },
      );
    });
    expect(outcome).toBe("late");
  });

  it("throws an ExecError for a command that is not there", async () => {
    const { error } = await failing(exec("no-such-command-at-all"));
    expect(error).toBeInstanceOf(ExecError);
    expect(String(error)).toBe(
      'ExecError: Cannot start "no-such-command-at-all": spawn no-such-command-at-all ENOENT.',
    );
  });

  it("throws an ExecError for a failure that is to be checked, with what was printed and without the arguments", async () => {
    const { error } = await failing(function* () {
      return yield* (yield* script(`console.error("secret"); process.exit(7)`)).output({ check: true });
    });
    expect(error).toBeInstanceOf(ExecError);
    expect((error as ExecError).message).toBe(`"${node}" ended with code 7.`);
    expect((error as ExecError).exit).toEqual({ code: 7, signal: null, stdout: "", stderr: "secret\n" });
  });

  it("tells the signal that ended it", async () => {
    const exit = await run(function* () {
      const child = yield* script(`setInterval(() => {}, 1000)`);
      yield* spawn(function* () {
        yield* sleep(1);
        child.kill("SIGKILL");
      });
      return yield* child.exited();
    });
    expect(exit).toEqual({ code: null, signal: "SIGKILL" });
  });

  it("takes a folder and an environment", async () => {
    const output = await run(function* () {
      const child = yield* script(`console.log(process.cwd(), process.env.NAME)`, {
        cwd: "/",
        env: { NAME: "x" },
      });
      return yield* child.output();
    });
    expect(output.stdout).toBe("/ x\n");
  });

  it("E5 refuses bad arguments", async () => {
    // @ts-expect-error -- no list
    expect(() => exec("ls", "-l")).toThrow(
      'exec() needs a list of arguments, got the string "-l". Write ["-l", path].',
    );
    // @ts-expect-error -- misspelt
    expect(() => exec("ls", [], { gracee: 1 })).toThrow(/Did you mean "grace"/);
    expect(() => exec("ls", [], { grace: -1 })).toThrow(RangeError);
    const { error } = await failing(function* () {
      return (yield* script("")).stdin;
    });
    expect(String(error)).toMatch(/Start it with \{ stdin: "pipe" \}/);
  });
});

async function failing(op: Parameters<typeof attempt>[0]): Promise<{ error: unknown }> {
  const outcome = await run(attempt(op));
  if (outcome.ok) throw new Error("It was to fail.");
  return outcome;
}

/** A process that was killed is gone when the system has noticed. */
async function isGone(pid: number): Promise<boolean> {
  for (let looks = 0; looks < 100 && isAlive(pid); looks++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  return !isAlive(pid);
}
