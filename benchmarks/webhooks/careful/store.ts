/** The outbox, with the same SQL as the other program. */
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
}
type Later = Progress & { readonly pause: number };
type Failure = Later & { readonly error: string };

const PATIENCE_MS = 60_000;

export class Store {
  readonly #database: Database;
  readonly #sql: ReturnType<typeof statements>;
  readonly #owner = 1 + Math.floor(Math.random() * (2 ** 31 - 1));
  readonly #timeoutMs: number;
  readonly #leaseMs: number;
  readonly #inserted: Batcher<Row>;
  readonly #forwarded: Batcher<Progress>;
  readonly #published: Batcher<Pick<Progress, "id">>;
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
    this.#forwarded = new Batcher((rows, leftMs) =>
      database.query(sql.markForwarded, columns(rows, ["id", "attempts"]), within(leftMs)),
    );
    this.#published = new Batcher((rows, leftMs) =>
      database.query(sql.markPublished, columns(rows, ["id"]), within(leftMs)),
    );
    this.#failed = new Batcher((rows, leftMs) =>
      database.query(sql.markFailed, columns(rows, ["id", "attempts", "error", "pause"]), within(leftMs)),
    );
    this.#later = new Batcher((rows, leftMs) =>
      database.query(sql.putOff, columns(rows, ["id", "attempts", "pause"]), within(leftMs)),
    );
  }

  insert(webhook: Webhook, isPutOff: boolean, timeoutMs: number): Promise<void> {
    const owner = isPutOff ? null : this.#owner;
    return this.#inserted.write({ ...webhook, owner, due: isPutOff ? 0 : this.#leaseMs }, timeoutMs);
  }

  markForwarded = (progress: Progress): Promise<void> => this.#forwarded.write(progress, PATIENCE_MS);
  markPublished = (progress: Pick<Progress, "id">): Promise<void> =>
    this.#published.write(progress, PATIENCE_MS);
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
