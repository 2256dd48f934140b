/** The downstream as the driver sees it. */
import { Attendant } from "./attendant.js";
import type { Conduct, Order, Report } from "./downstream-process.js";
import type { Priority } from "./priority.js";

export class Downstream {
  readonly url: string;
  readonly #process: Attendant<Order, Report>;

  private constructor(process: Attendant<Order, Report>, port: number) {
    this.#process = process;
    this.url = `http://127.0.0.1:${String(port)}/hook`;
  }

  static async start(priority: Priority): Promise<Downstream> {
    const process = await Attendant.start<Order, Report>("downstream", priority);
    if (process.first.type !== "listening") throw new Error("The downstream did not say where it listens.");
    return new Downstream(process, process.first.port);
  }

  async conduct(conduct: Conduct): Promise<void> {
    await this.#process.ask({ type: "conduct", conduct }, "done");
  }

  /** Which of the webhooks never came, and how many came again. */
  check(ids: readonly string[]): Promise<{ missing: readonly string[]; repeats: number }> {
    return this.#process.ask({ type: "check", ids }, "checked");
  }

  get cpuSeconds(): number {
    return this.#process.cpuSeconds;
  }

  stop(): void {
    this.#process.stop();
  }
}
