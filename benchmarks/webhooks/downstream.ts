/** The downstream as the driver sees it. */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { bundle } from "./build.js";
import type { Conduct, Order, Report } from "./downstream-process.js";
import { processorSecondsOf } from "./processor-time.js";

export class Downstream {
  readonly url: string;
  readonly #process: ChildProcess;
  /** Orders are answered one by one. */
  #answered: Promise<unknown> = Promise.resolve();

  private constructor(process: ChildProcess, port: number) {
    this.#process = process;
    this.url = `http://127.0.0.1:${String(port)}/hook`;
  }

  static async start(): Promise<Downstream> {
    const child = fork(await bundle("downstream", "benchmarks/webhooks/downstream-process.ts"), {
      execArgv: [],
    });
    const [report] = (await once(child, "message")) as [Report];
    if (report.type !== "listening") throw new Error("The downstream did not say where it listens.");
    return new Downstream(child, report.port);
  }

  async conduct(conduct: Conduct): Promise<void> {
    await this.#ask({ type: "conduct", conduct });
  }

  /** Which of the webhooks never came, and how many came again. */
  async check(ids: readonly string[]): Promise<{ missing: readonly string[]; repeats: number }> {
    const report = await this.#ask({ type: "check", ids });
    if (report.type !== "checked") throw new Error("The downstream answered something else.");
    return report;
  }

  /** Processor time so far, in seconds. */
  get cpuSeconds(): number {
    return processorSecondsOf(this.#process.pid ?? 0);
  }

  stop(): void {
    this.#process.kill();
  }

  #ask(order: Order): Promise<Report> {
    const answer = this.#answered.then(async () => {
      const answered = once(this.#process, "message") as Promise<[Report]>;
      this.#process.send(order);
      return (await answered)[0];
    });
    this.#answered = answer;
    return answer;
  }
}
