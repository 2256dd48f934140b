/**
 * Keeps webhooks in the database, and how far each of them has come.
 *
 * Owns the table; the same SQL runs embedded and on a server. Every write goes through a batcher, and returns
 * when the database has committed it.
 */
import { resource, retry, timeout, type Operation } from "coppice";
import type { Delivery } from "./backlog.js";
import { useBatcher } from "./batcher.js";
import type { Database } from "./database.js";
import { setUp } from "./set-up.js";
import { presenceSql, setupSql, statements } from "./sql.js";
import type { ClaimedWebhook, Webhook } from "./webhook.js";

export interface Store {
  /** Stores a webhook, held by this instance or, put off, by nobody. */
  insert(webhook: Webhook, placing: Placing): Operation<void>;
  markForwarded(progress: readonly Progress[]): Operation<void>;
  /** They are forwarded then as well. While the database is away, that is tried again for a while. */
  markPublished(progress: readonly Progress[]): Operation<void>;
  /** It stays unfinished, and is tried again after a pause. */
  markFailed(failure: Failure): Operation<void>;
  /** Gives it back unfinished, for anybody to take up after a pause. */
  putOff(progress: Progress, pauseMs: number): Operation<void>;
  /** Takes up to `limit` webhooks that are due and that no other instance holds. */
  claim(limit: number): Operation<readonly ClaimedWebhook[]>;
  /** Goes on holding these. */
  renew(ids: readonly string[]): Operation<void>;
  /** Makes due what was held by instances that live no more. */
  releaseOrphans(): Operation<void>;
  /** Makes due what has failed. */
  retryFailed(): Operation<void>;
  /** How many unfinished ones nobody holds, without those that have failed. */
  countUnfinished(): Operation<number>;
  /** Fails when the database does not answer, or has no such table. */
  check(): Operation<void>;
}

export interface Placing {
  readonly isPutOff: boolean;
}

export interface Progress {
  readonly id: string;
  /** How often it was sent, on top of what is recorded. */
  readonly attempts: number;
  readonly isForwarded: boolean;
}

export const progressOf = ({ webhook, attempts, progress }: Delivery): Progress => ({
  id: webhook.id,
  attempts,
  isForwarded: progress !== "accepted",
});

interface Failure extends Progress {
  readonly error: string;
  /** The pause is no shorter than this. */
  readonly leastMs: number;
}

export interface StoreOptions {
  readonly schema: string;
  /** How long a statement may take that no request waits for. */
  readonly timeoutMs: number;
  readonly leaseMs: number;
  /** Pause before a webhook that failed is taken up again. */
  readonly retryLaterMs: number;
}

/** What is not for a request may be tried again for this long, while the database is away. */
const PATIENCE_MS = 60_000;
const UNTIL_DONE = { attempts: Infinity, delay: 20, backoff: 2, maxDelay: 320 };
const CHECK_MS = 1_000;
const LARGEST_OWNER = 2 ** 31 - 1;

/** Prepares the table, and serves it until the scope ends. */
export const useStore = (database: Database, options: StoreOptions): Operation<Store> =>
  resource<Store>(function* (provide) {
    const owner = 1 + Math.floor(Math.random() * LARGEST_OWNER);
    yield* setUp(database, options.schema, setupSql(options.schema));
    yield* database.keepSession(presenceSql(owner));
    const sql = statements(options.schema);
    const writers = yield* useWriters(database, options, owner);
    const limit = { timeoutMs: options.timeoutMs };
    yield* provide({
      ...writers,
      *markForwarded(progress) {
        yield* database.query(sql.markForwarded, columns(progress, ["id", "attempts"]), limit);
      },
      *markPublished(progress) {
        const write = () => database.query(sql.markPublished, columns(progress, ["id", "attempts"]), limit);
        yield* timeout(PATIENCE_MS, retry(write, UNTIL_DONE));
      },
      *claim(count) {
        const rows = yield* database.query(sql.claim, [count, owner, options.leaseMs], limit);
        // The statement returns exactly these columns.
        return rows as readonly ClaimedWebhook[];
      },
      *renew(ids) {
        yield* database.query(sql.renew, [ids, owner, options.leaseMs], limit);
      },
      *releaseOrphans() {
        yield* database.query(sql.releaseOrphans, [], limit);
      },
      *retryFailed() {
        yield* database.query(sql.retryFailed, [], limit);
      },
      *countUnfinished() {
        const rows = yield* database.query(sql.countUnfinished, [], limit);
        // The statement is an aggregate without groups: exactly one row, of this column.
        return (rows[0] as { count: number }).count;
      },
      *check() {
        yield* database.query(sql.check, [], { timeoutMs: CHECK_MS });
      },
    });
  });

/** The writes, each kind with a batcher of its own. */
function* useWriters(database: Database, options: StoreOptions, owner: number) {
  const sql = statements(options.schema);
  const { timeoutMs, leaseMs, retryLaterMs } = options;
  const within = (leftMs: number) => ({ timeoutMs: Math.max(1, Math.min(leftMs, timeoutMs)) });
  const inserted = yield* useBatcher<StoredRow>({
    name: "webhooks to insert",
    store: (rows, leftMs) =>
      database.query(
        sql.insert,
        columns(rows, ["id", "source", "body", "deadline", "owner", "due"]),
        within(leftMs),
      ),
    bytesOf: (row) => row.body.length,
  });
  const failed = yield* useBatcher<Failure & { pause: number }>({
    name: "webhooks to mark as failed",
    store: (rows, leftMs) =>
      database.query(
        sql.markFailed,
        columns(rows, ["id", "attempts", "isForwarded", "error", "pause"]),
        within(leftMs),
      ),
  });
  const later = yield* useBatcher<Progress & { pause: number }>({
    name: "webhooks to put off",
    store: (rows, leftMs) =>
      database.query(sql.putOff, columns(rows, ["id", "attempts", "isForwarded", "pause"]), within(leftMs)),
  });
  return {
    insert: ({ id, source, body, deadline }: Webhook, { isPutOff }: Placing) =>
      inserted.write(
        isPutOff
          ? { id, source, body, deadline, owner: null, due: 0 }
          : { id, source, body, deadline, owner, due: leaseMs },
      ),
    markFailed: (failure: Failure) =>
      timeout(PATIENCE_MS, failed.write({ ...failure, pause: Math.max(retryLaterMs, failure.leastMs) })),
    putOff: (progress: Progress, pauseMs: number) =>
      timeout(PATIENCE_MS, later.write({ ...progress, pause: pauseMs })),
  };
}

interface StoredRow extends Webhook {
  readonly owner: number | null;
  readonly due: number;
}

/** Rows to columns: the values of each key in an array of their own. */
const columns = <Row>(rows: readonly Row[], keys: readonly (keyof Row)[]): unknown[][] =>
  keys.map((key) => rows.map((row) => row[key]));
