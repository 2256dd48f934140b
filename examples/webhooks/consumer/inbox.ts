/**
 * Drops repeats: remembers which webhooks have been worked on. With a PostgreSQL server that is a table, which all
 * consumers share; without one it is the memory of this process, for the last ones.
 */
import { deadline, now, resource, type Operation } from "coppice";
import type { Config } from "../config.js";
import type { Database, Statement } from "../database.js";
import type { Log } from "../log.js";
import { usePgDatabase } from "../pg-database.js";
import { setUp } from "../set-up.js";

export interface Inbox {
  /**
   * Does the work, unless it has been done for this id. It is remembered after the work, so that what fails is done
   * again; of two that run at the same time both do it, so work that must not be done twice belongs into the same
   * transaction as the row.
   */
  once(id: string, work: Operation<void>): Operation<"done" | "repeated">;
  /** Fails when it could not remember anything now. */
  check(): Operation<void>;
}

const MOST_REMEMBERED = 100_000;
const CHECK_MS = 1_000;

export const useInbox = (config: Config, log: Log): Operation<Inbox> =>
  resource<Inbox>(function* (provide) {
    const { databaseUrl: url, databaseConnections: connections, databaseSchema: schema, startMs } = config;
    if (url === undefined) {
      log.info("remembering the last webhooks in memory (set DATABASE_URL to share that among consumers)");
      return yield* provide(createMemory());
    }
    const database = yield* usePgDatabase({ url, connections, startMs, log });
    yield* setUp(database, schema, setupSql(schema));
    log.info(`remembering webhooks in ${database.description}`);
    yield* provide(createTable(database, { schema, timeoutMs: config.consumeTimeoutMs }));
  });

function createMemory(): Inbox {
  const ids = new Set<string>();
  return {
    *once(id, work) {
      if (ids.has(id)) return "repeated";
      yield* work;
      ids.add(id);
      if (ids.size > MOST_REMEMBERED) {
        for (const oldest of ids) {
          ids.delete(oldest);
          break;
        }
      }
      return "done";
    },
    *check() {
      // It is always there.
    },
  };
}

const setupSql = (schema: string): string => `
  do $$ begin
    perform pg_advisory_xact_lock(4172027);
    if to_regnamespace('"${schema}"') is null then create schema "${schema}"; end if;
    if to_regclass('"${schema}".webhooks_done') is null then
      create table "${schema}".webhooks_done (
        id uuid primary key, done_at timestamptz not null default now(), times integer not null default 1
      );
    end if;
  end $$;`;

interface TableOptions {
  readonly schema: string;
  /** The longest that a statement may take; the deadline around it may leave less. */
  readonly timeoutMs: number;
}

export function createTable(database: Database, { schema, timeoutMs }: TableOptions): Inbox {
  const table = `"${schema}".webhooks_done`;
  const find = { name: `${schema}.find-done`.slice(-60), sql: `select 1 from ${table} where id = $1::uuid` };
  const remember = {
    name: `${schema}.remember`.slice(-60),
    sql: `insert into ${table} (id) values ($1::uuid)
      on conflict (id) do update set times = webhooks_done.times + 1`,
  };
  const look = { name: `${schema}.look-at-done`.slice(-60), sql: `select from ${table} limit 0` };
  const query = function* (statement: Statement, id: string) {
    const leftMs = (yield* deadline()) - now();
    return yield* database.query(statement, [id], { timeoutMs: Math.max(1, Math.min(leftMs, timeoutMs)) });
  };
  return {
    *once(id, work) {
      const known = yield* query(find, id);
      if (known.length > 0) return "repeated";
      yield* work;
      yield* query(remember, id);
      return "done";
    },
    *check() {
      yield* database.query(look, [], { timeoutMs: CHECK_MS });
    },
  };
}
