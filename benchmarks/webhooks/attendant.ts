/** A process of ours beside the program: it is given orders, and answers them one by one. */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { bundle } from "./build.js";
import { startedWith, type Priority } from "./priority.js";
import { processorSecondsOf } from "./processor-time.js";

export class Attendant<Order extends object, Report extends { readonly type: string }> {
  /** What it said first. */
  readonly first: Report;
  readonly #process: ChildProcess;
  #answered: Promise<unknown> = Promise.resolve();

  private constructor(process: ChildProcess, first: Report) {
    this.#process = process;
    this.first = first;
  }

  /** Starts it, and waits for its first word. */
  static async start<Order extends object, Report extends { readonly type: string }>(
    name: string,
    priority: Priority,
    args: readonly string[] = [],
  ): Promise<Attendant<Order, Report>> {
    const file = await bundle(name, `benchmarks/webhooks/${name}-process.ts`);
    const [execPath, ...execArgv] = [...startedWith(priority), process.execPath];
    const child = fork(file, args, { execPath, execArgv });
    const [first] = (await once(child, "message")) as [Report];
    return new Attendant<Order, Report>(child, first);
  }

  /** Processor time so far, in seconds. */
  get cpuSeconds(): number {
    return processorSecondsOf(this.#process.pid ?? 0);
  }

  stop(): void {
    this.#process.kill();
  }

  ask<Type extends Report["type"]>(order: Order, expected: Type): Promise<Extract<Report, { type: Type }>> {
    const answer = this.#answered.then(async () => {
      const answered = once(this.#process, "message") as Promise<[Report]>;
      this.#process.send(order);
      const [report] = await answered;
      if (report.type !== expected) throw new Error(`It answered "${report.type}", not "${expected}".`);
      return report as Extract<Report, { type: Type }>;
    });
    this.#answered = answer;
    return answer;
  }
}
