/** One of the programs as a process, and what it costs the machine. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { processorSecondsOf } from "./processor-time.js";
import { freePort } from "./server.js";

const START_MS = 30_000;

export interface Ended {
  /** The exit code, or the name of the signal that ended it. */
  readonly how: number | NodeJS.Signals;
  readonly afterMs: number;
}

/** Nothing that was started here outlives us. */
const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

export class Program {
  readonly url: string;
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | NodeJS.Signals>;

  private constructor(file: string, port: number, environment: Readonly<Record<string, string>>) {
    this.url = `http://127.0.0.1:${String(port)}`;
    this.#child = spawn(process.execPath, ["--expose-gc", file], {
      env: { PATH: process.env["PATH"], ...environment, PORT: String(port) },
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.add(this.#child);
    this.#child.once("exit", () => running.delete(this.#child));
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on("line", (line) => this.lines.push(line));
    }
    this.#ended = once(this.#child, "exit").then(
      ([code, signal]: (number | NodeJS.Signals)[]) => code ?? signal ?? -1,
    );
  }

  /** Starts it, and waits until it is ready. */
  static async start(file: string, environment: Readonly<Record<string, string>>): Promise<Program> {
    const program = new Program(file, await freePort(), environment);
    await program.ready();
    return program;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  async ready(): Promise<void> {
    const until = Date.now() + START_MS;
    for (;;) {
      const isReady = await fetch(`${this.url}/readyz`).then(
        (response) => response.ok,
        () => false,
      );
      if (isReady) return;
      if (!this.isRunning || Date.now() > until) {
        throw new Error(`The program did not become ready:\n${this.lines.slice(-20).join("\n")}`);
      }
      await pause(20);
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Sends it a signal and waits for its end. */
  async end(signal: NodeJS.Signals, limitMs: number): Promise<Ended> {
    const startedAt = performance.now();
    this.signal(signal);
    const how = await Promise.race([this.#ended, pause(limitMs, "too late" as const)]);
    const afterMs = performance.now() - startedAt;
    if (how !== "too late") return { how, afterMs };
    this.signal("SIGKILL");
    return { how: await this.#ended, afterMs };
  }

  /** Processor time so far, in seconds. */
  get cpuSeconds(): number {
    return processorSecondsOf(this.#child.pid ?? 0);
  }

  /** Memory that it takes now, and took at the most, in MiB. */
  get memory(): { readonly now: number; readonly most: number } {
    const status = this.#proc("status");
    const read = (name: string): number =>
      Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024;
    return { now: read("VmRSS"), most: read("VmHWM") };
  }

  /** Files and connections that are open. */
  get openFiles(): number {
    return readdirSync(`/proc/${String(this.#child.pid)}/fd`).length;
  }

  async statistics(): Promise<Record<string, number>> {
    // Every program gives an object of numbers there.
    return (await (await fetch(`${this.url}/stats`)).json()) as Record<string, number>;
  }

  #proc(file: string): string {
    return readFileSync(`/proc/${String(this.#child.pid)}/${file}`, "utf8");
  }
}
