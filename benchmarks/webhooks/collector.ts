/** Whoever the messages in RabbitMQ are for, as the driver sees it. */
import { Attendant } from "./attendant.js";
import type { CollectorOrder, CollectorReport } from "./collector-process.js";
import type { Priority } from "./priority.js";

export class Collector {
  readonly #process: Attendant<CollectorOrder, CollectorReport>;

  private constructor(process: Attendant<CollectorOrder, CollectorReport>) {
    this.#process = process;
  }

  /** Takes from now on what is in the queue, and what comes. */
  static async start(url: string, queue: string, priority: Priority): Promise<Collector> {
    return new Collector(
      await Attendant.start<CollectorOrder, CollectorReport>("collector", priority, [url, queue]),
    );
  }

  /** Waits until the queue is empty, and ends. Which of the messages never came, and how many came again? */
  async finish(ids: readonly string[]): Promise<{ missing: readonly string[]; repeats: number }> {
    const findings = await this.#process.ask({ type: "check", ids }, "checked");
    this.#process.stop();
    return findings;
  }
}
