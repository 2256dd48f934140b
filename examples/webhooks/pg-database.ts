/** A PostgreSQL server, through a small pool of connections. */
import { call, ensure, resource, type Operation } from "coppice";
import pg from "pg";
import type { Database } from "./database.js";
import { ServiceError } from "./service-error.js";

const CONNECTIONS = 4;
const CONNECT_TIMEOUT_MS = 5_000;
const QUERY_TIMEOUT_MS = 10_000;

/** Connects to the server at `url`; closes the connections with the scope. */
export const usePgDatabase = (url: string, log: (line: string) => void): Operation<Database> =>
  resource<Database>(function* (provide) {
    const pool = new pg.Pool({
      connectionString: url,
      max: CONNECTIONS,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: QUERY_TIMEOUT_MS,
      application_name: "coppice webhooks",
    });
    yield* ensure(() => call(() => pool.end()));
    // A server that restarts breaks idle connections. The pool replaces them; unheard, the event would end us.
    pool.on("error", (error) => {
      log(`lost a connection to the database: ${error.message}`);
    });
    yield* reach(pool, url);
    yield* provide({
      description: `PostgreSQL at ${withoutPassword(url)}`,
      query: async (sql, parameters) => (await pool.query<Row>(sql, [...parameters])).rows,
      execute: async (sql) => {
        await pool.query(sql);
      },
    });
  });

type Row = Record<string, unknown>;

function* reach(pool: pg.Pool, url: string) {
  try {
    yield* call(() => pool.query("select 1"));
  } catch (cause) {
    throw new ServiceError(
      `Cannot use PostgreSQL at ${withoutPassword(url)}: ${reasonOf(cause)}. Check DATABASE_URL.`,
      { cause },
    );
  }
}

/** Node reports a refused connection to a name with several addresses as an error without a message. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}

function withoutPassword(url: string): string {
  const address = new URL(url);
  return `${address.host}${address.pathname}`;
}
