/**
 * Checks that nothing that was accepted has been lost: every id that the service answered for must be in the
 * database, must have reached the downstream, and must have come out of the queue.
 */
import { scoped, type Operation } from "coppice";
import type { Config } from "./config.js";
import type { Log } from "./log.js";
import { useDatabase } from "./use-database.js";

const SILENCE: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** A webhook as it stands in the database. */
export interface StoredWebhook {
  readonly id: string;
  readonly source: string;
  readonly body: string;
  readonly attempts: number;
  readonly isForwarded: boolean;
  readonly isPublished: boolean;
  readonly isFailed: boolean;
  readonly lastError: string | null;
}

/** Opens the database of a service that has ended, and reads everything in it. */
export const readStored = (config: Config): Operation<readonly StoredWebhook[]> =>
  scoped(function* () {
    const database = yield* useDatabase(config, SILENCE);
    const rows = yield* database.query(
      {
        name: "audit",
        sql: `select id::text, source, body, attempts, last_error as "lastError",
           forwarded_at is not null as "isForwarded", published_at is not null as "isPublished",
           failed_at is not null as "isFailed"
         from "${config.databaseSchema}".webhooks order by webhooks.position`,
      },
      [],
      { timeoutMs: 60_000 },
    );
    // The statement selects exactly these columns.
    return rows as readonly StoredWebhook[];
  });

export interface Evidence {
  readonly accepted: readonly string[];
  readonly rows: readonly StoredWebhook[];
  /** Ids that reached the downstream. */
  readonly forwarded: ReadonlySet<string>;
  /** Ids that came out of the queue. */
  readonly published: ReadonlySet<string>;
}

export interface Findings {
  readonly stored: number;
  readonly forwarded: number;
  readonly published: number;
  /** One line for each accepted webhook that is missing somewhere. */
  readonly lost: readonly string[];
}

export function audit({ accepted, rows, forwarded, published }: Evidence): Findings {
  const stored = new Map(rows.map((row) => [row.id, row]));
  const lost = accepted.flatMap((id) => {
    const row = stored.get(id);
    const missing = [
      row === undefined && "not in the database",
      row?.isForwarded === false && "not marked as forwarded",
      row?.isPublished === false && "not marked as published",
      !forwarded.has(id) && "not seen downstream",
      !published.has(id) && "not seen in the queue",
    ].filter((text) => text !== false);
    return missing.length > 0 ? [`${id}: ${missing.join(", ")}`] : [];
  });
  const countIn = (ids: { has(id: string): boolean }): number => accepted.filter((id) => ids.has(id)).length;
  return { stored: countIn(stored), forwarded: countIn(forwarded), published: countIn(published), lost };
}
