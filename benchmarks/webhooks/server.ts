/**
 * Servers of our own for a run: on loopback, on free ports, with their files in a temporary directory. What is done
 * to them here disturbs nobody else.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, mkdir, readFile } from "node:fs/promises";
import { createConnection, createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startedWith, type Priority } from "./priority.js";
import { processorSecondsBelow } from "./processor-time.js";

export interface ServerKind {
  readonly name: string;
  /** What to run, with its arguments and settings. */
  readonly command: (port: number, directory: string) => Command;
  /** Asks it to end in order. */
  readonly farewell: NodeJS.Signals;
  readonly url: (port: number) => string;
  /** Whether it does its work; an open port is not enough for all of them. */
  readonly answers: (port: number) => Promise<boolean>;
}

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Run before the first start. */
  readonly prepare?: { readonly program: string; readonly args: readonly string[] };
  /** For programs that refuse to be run by root: the number of the user who owns their files. */
  readonly user?: string;
}

const READY_MS = 60_000;
const STOP_MS = 15_000;

export class Server {
  readonly kind: ServerKind;
  readonly url: string;
  readonly port: number;
  readonly #command: Command;
  readonly #priority: Priority;
  #process: ChildProcess | undefined;

  private constructor(kind: ServerKind, port: number, command: Command, priority: Priority) {
    this.kind = kind;
    this.port = port;
    this.url = kind.url(port);
    this.#command = command;
    this.#priority = priority;
  }

  static async start(kind: ServerKind, parent: string, priority: Priority): Promise<Server> {
    const directory = join(parent, kind.name.toLowerCase());
    await mkdir(directory, { recursive: true });
    const port = await freePort();
    const command = kind.command(port, directory);
    const { prepare, user } = command;
    if (user !== undefined) await own(directory, user);
    const server = new Server(kind, port, command, priority);
    if (prepare !== undefined) await finished(server.#spawn(prepare.program, prepare.args), prepare.program);
    try {
      await server.start();
    } catch (error) {
      await server.stop("on the spot");
      throw error;
    }
    return server;
  }

  /** Starts it (again), and waits until it answers. */
  async start(): Promise<void> {
    const { program, args } = this.#command;
    this.#process = this.#spawn(program, args);
    const until = Date.now() + READY_MS;
    while (!(await this.kind.answers(this.port))) {
      if (Date.now() > until)
        throw new Error(`${this.kind.name} did not answer on port ${String(this.port)}.`);
      await pause(25);
    }
  }

  /** Ends it in order, or on the spot. */
  async stop(how: "in order" | "on the spot" = "in order"): Promise<void> {
    const child = this.#process;
    if (child?.pid === undefined || child.exitCode !== null) return;
    const ended = once(child, "exit");
    if (how === "on the spot") await signalTree(child.pid, "SIGKILL");
    else {
      await signalTree(child.pid, "SIGCONT");
      child.kill(this.kind.farewell);
    }
    const isOver = await Promise.race([ended.then(() => true), pause(STOP_MS, false)]);
    if (!isOver) await signalTree(child.pid, "SIGKILL");
  }

  /** Processor time so far, in seconds. */
  get cpuSeconds(): number {
    return processorSecondsBelow(this.#process?.pid ?? 0);
  }

  async freeze(): Promise<void> {
    await this.#signal("SIGSTOP");
  }

  async thaw(): Promise<void> {
    await this.#signal("SIGCONT");
  }

  async #signal(signal: NodeJS.Signals): Promise<void> {
    if (this.#process?.pid !== undefined) await signalTree(this.#process.pid, signal);
  }

  #spawn(program: string, args: readonly string[]): ChildProcess {
    const { environment = {}, user } = this.#command;
    const asUser =
      user === undefined ? [] : ["setpriv", `--reuid=${user}`, `--regid=${user}`, "--clear-groups"];
    const [first = program, ...rest] = [...startedWith(this.#priority), ...asUser, program, ...args];
    return spawn(first, rest, {
      env: { PATH: process.env["PATH"], ...environment },
      stdio: "ignore",
      cwd: "/",
    });
  }
}

async function own(directory: string, user: string): Promise<void> {
  await chown(directory, Number(user), Number(user));
  // The way to it must be open as well.
  await chmod(join(directory, ".."), 0o755);
}

async function finished(child: ChildProcess, program: string): Promise<void> {
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw new Error(`${program} ended with ${String(code)}.`);
}

/** The process and all below it; servers give their children sessions of their own, so a group is not enough. */
async function signalTree(pid: number, signal: NodeJS.Signals): Promise<void> {
  const children = await readFile(`/proc/${String(pid)}/task/${String(pid)}/children`, "utf8").catch(
    () => "",
  );
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone.
  }
  for (const child of children.split(" ").filter((text) => text !== ""))
    await signalTree(Number(child), signal);
}

export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      // A server that listens on TCP has an address of this kind.
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

/** Whether somebody takes connections there. */
export const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection(port, "127.0.0.1");
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
  });
