/**
 * Keeps webhooks in the database, and how far each of them has come.
 *
 * Owns the table; the same SQL runs embedded and on a server. Every write goes through a batcher, and returns
 * when the database has committed it.
 */
import { call, resource, type Operation } from "coppice";
import { useBatcher } from "./batcher.js";
import type { Database } from "./database.js";
import { setupSql, statements } from "./sql.js";
import type { UnfinishedWebhook, Webhook } from "./webhook.js";

export interface Store {
  insert(webhook: Webhook): Operation<void>;
  markForwarded(progress: Progress): Operation<void>;
  markPublished(progress: Pick<Progress, "id">): Operation<void>;
  /** It stays unfinished, and is tried again at the next start. */
  markFailed(failure: Failure): Operation<void>;
  /** What earlier runs left unfinished. */
  countUnfinished(): Operation<Unfinished>;
  /** The first `limit` unfinished ones after position `after`, up to position `last`, oldest first. */
  readUnfinished(after: string, last: string, limit: number): Operation<readonly UnfinishedWebhook[]>;
}

interface Progress {
  readonly id: string;
  /** How often it was sent in this run. */
  readonly attempts: number;
}

interface Failure extends Progress {
  readonly error: string;
}

export interface Unfinished {
  readonly count: number;
  /** The position of the last one. */
  readonly last: string;
}

/** Prepares the table in `schema`, and serves it until the scope ends. */
export const useStore = (database: Database, schema: string): Operation<Store> =>
  resource<Store>(function* (provide) {
    yield* call(() => database.execute(setupSql(schema)));
    const sql = statements(schema);
    const inserted = yield* useBatcher<Webhook>({
      name: "webhooks to insert",
      store: (rows) => database.query(sql.insert, columns(rows, ["id", "source", "body"])),
      bytesOf: (webhook) => webhook.body.length,
    });
    const forwarded = yield* useBatcher<Progress>({
      name: "webhooks to mark as forwarded",
      store: (rows) => database.query(sql.markForwarded, columns(rows, ["id", "attempts"])),
    });
    const published = yield* useBatcher<Pick<Progress, "id">>({
      name: "webhooks to mark as published",
      store: (rows) => database.query(sql.markPublished, columns(rows, ["id"])),
    });
    const failed = yield* useBatcher<Failure>({
      name: "webhooks to mark as failed",
      store: (rows) => database.query(sql.markFailed, columns(rows, ["id", "attempts", "error"])),
    });
    yield* provide({
      insert: (webhook) => inserted.write(webhook),
      markForwarded: (progress) => forwarded.write(progress),
      markPublished: (progress) => published.write(progress),
      markFailed: (failure) => failed.write(failure),
      *countUnfinished() {
        const rows = yield* call(() => database.query(sql.countUnfinished, []));
        // The statement is an aggregate without groups: exactly one row, of these columns.
        return rows[0] as Unfinished;
      },
      *readUnfinished(after, last, limit) {
        const rows = yield* call(() => database.query(sql.readUnfinished, [after, last, limit]));
        // The statement selects exactly these columns.
        return rows as readonly UnfinishedWebhook[];
      },
    });
  });

/** Rows to columns: the values of each key in an array of their own. */
const columns = <Row>(rows: readonly Row[], keys: readonly (keyof Row)[]): unknown[][] =>
  keys.map((key) => rows.map((row) => row[key]));
