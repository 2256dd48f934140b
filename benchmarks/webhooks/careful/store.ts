/** The outbox, with the same SQL as the other program. */
import type { Delivery } from "../../../examples/webhooks/backlog.js";
import { statements } from "../../../examples/webhooks/sql.js";
import type { ClaimedWebhook, Webhook } from "../../../examples/webhooks/webhook.js";
import { Batcher } from "./batcher.js";
import type { Database } from "./database.js";

interface Row extends Webhook {
  readonly owner: number | null;
  readonly due: number;
}
interface Progress {
  readonly id: string;
  readonly attempts: number;
  readonly isForwarded: boolean;
}
type Later = Progress & { readonly pause: number };
type Failure = Later & { readonly error: string };

const PATIENCE_MS = 60_000;
const LONGEST_PAUSE_MS = 320;

export const progressOf = ({ webhook, attempts, progress }: Delivery): Progress => ({
  id: webhook.id,
  attempts,
  isForwarded: progress !== "accepted",
});

export class Store {
  readonly #database: Database;
  readonly #sql: ReturnType<typeof statements>;
  readonly #owner = 1 + Math.floor(Math.random() * (2 ** 31 - 1));
  readonly #timeoutMs: number;
  readonly #leaseMs: number;
  readonly #inserted: Batcher<Row>;
  readonly #failed: Batcher<Failure>;
  readonly #later: Batcher<Later>;

  constructor(database: Database, schema: string, timeoutMs: number, leaseMs: number) {
    const sql = statements(schema);
    this.#database = database;
    this.#sql = sql;
    this.#timeoutMs = timeoutMs;
    this.#leaseMs = leaseMs;
    const within = (leftMs: number): number => Math.max(1, Math.min(leftMs, timeoutMs));
    this.#inserted = new Batcher((rows, leftMs) => {
      const values = columns(rows, ["id", "source", "body", "deadline", "owner", "due"]);
      return database.query(sql.insert, values, within(leftMs));
    });
    this.#failed = new Batcher((rows, leftMs) =>
      database.query(
        sql.markFailed,
        columns(rows, ["id", "attempts", "isForwarded", "error", "pause"]),
        within(leftMs),
      ),
    );
    this.#later = new Batcher((rows, leftMs) =>
      database.query(sql.putOff, columns(rows, ["id", "attempts", "isForwarded", "pause"]), within(leftMs)),
    );
  }

  insert(webhook: Webhook, isPutOff: boolean, timeoutMs: number): Promise<void> {
    const { id, source, body, deadline } = webhook;
    const row = isPutOff
      ? { id, source, body, deadline, owner: null, due: 0 }
      : { id, source, body, deadline, owner: this.#owner, due: this.#leaseMs };
    return this.#inserted.write(row, timeoutMs);
  }

  async markForwarded(progress: readonly Progress[]): Promise<void> {
    const values = columns(progress, ["id", "attempts"]);
    await this.#database.query(this.#sql.markForwarded, values, this.#timeoutMs);
  }

  /** While the database is away, that is tried again for a while. */
  async markPublished(progress: readonly Progress[]): Promise<void> {
    const values = columns(progress, ["id", "attempts"]);
    const until = performance.now() + PATIENCE_MS;
    for (let pauseMs = 20; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
      try {
        await this.#database.query(this.#sql.markPublished, values, this.#timeoutMs);
        return;
      } catch (error) {
        if (performance.now() > until) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  markFailed = (failure: Failure): Promise<void> => this.#failed.write(failure, PATIENCE_MS);
  putOff = (later: Later): Promise<void> => this.#later.write(later, PATIENCE_MS);

  async claim(limit: number): Promise<readonly ClaimedWebhook[]> {
    const rows = await this.#database.query(
      this.#sql.claim,
      [limit, this.#owner, this.#leaseMs],
      this.#timeoutMs,
    );
    // The statement returns exactly these columns.
    return rows as readonly ClaimedWebhook[];
  }

  async renew(ids: readonly string[]): Promise<void> {
    await this.#database.query(this.#sql.renew, [ids, this.#owner, this.#leaseMs], this.#timeoutMs);
  }
}

const columns = <R>(rows: readonly R[], keys: readonly (keyof R)[]): unknown[][] =>
  keys.map((key) => rows.map((row) => row[key]));
