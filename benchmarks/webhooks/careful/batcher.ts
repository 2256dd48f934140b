/** Gathers rows while a batch is being stored, and stores them together. */
import { DatabaseError } from "../../../examples/webhooks/database.js";

interface Entry<Row> {
  readonly row: Row;
  readonly deadline: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
  isWanted: boolean;
}

const LARGEST_BATCH = 500;
const LONGEST_PAUSE_MS = 320;

export class Batcher<Row> {
  readonly #store: (rows: readonly Row[], leftMs: number) => Promise<unknown>;
  #entries: Entry<Row>[] = [];
  #isWriting = false;

  constructor(store: (rows: readonly Row[], leftMs: number) => Promise<unknown>) {
    this.#store = store;
  }

  /** Resolves when the row is stored; rejects when that takes longer than `timeoutMs`. */
  write(row: Row, timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        entry.isWanted = false;
        reject(new Error("It was not stored in time."));
      }, timeoutMs);
      const entry: Entry<Row> = {
        row,
        deadline: performance.now() + timeoutMs,
        isWanted: true,
        resolve: () => {
          clearTimeout(timer);
          resolve();
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      this.#entries.push(entry);
      if (!this.#isWriting) void this.#writeAll();
    });
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    // What arrives in this turn of the event loop gets on board.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#entries.length > 0) await this.#writeBatch(this.#entries.splice(0, LARGEST_BATCH));
    this.#isWriting = false;
  }

  async #writeBatch(batch: readonly Entry<Row>[]): Promise<void> {
    for (let pauseMs = 20; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
      const wanted = batch.filter((entry) => entry.isWanted);
      if (wanted.length === 0) return;
      const last = wanted.reduce((latest, entry) => Math.max(latest, entry.deadline), 0);
      try {
        await this.#store(
          wanted.map((entry) => entry.row),
          last - performance.now(),
        );
        for (const entry of wanted) entry.resolve();
        return;
      } catch (error) {
        if (!(error instanceof DatabaseError && error.isPassing)) {
          for (const entry of wanted) entry.reject(error);
          return;
        }
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
