/**
 * A PostgreSQL server, through a small pool of connections.
 *
 * A statement has its limit twice: the server is told (`statement_timeout`), and when the server does not hear, the
 * connection is cut from here. Each connection remembers what it told the server last.
 */
import { action, all, call, ensure, resource, retry, timeout, TimeoutError, type Operation } from "coppice";
import pg from "pg";
import { DatabaseError, type Database, type Statement, type TimeLimit } from "./database.js";
import { useLink } from "./link.js";
import type { Log } from "./log.js";
import { useConnecting, useSession, type Connecting } from "./pg-connections.js";
import { reasonOf, withoutPassword } from "./reason.js";
import { ServiceError } from "./service-error.js";

export interface PgOptions {
  readonly url: string;
  readonly connections: number;
  /** How long the server may be out of reach at the start. */
  readonly startMs: number;
  readonly log: Log;
}

/** How much later than the server this side gives up. */
const MARGIN_MS = 250;
const SETUP_TIMEOUT_MS = 30_000;
const FAREWELL_MS = 500;
/** Limits are rounded up to these, so that connections need not be told about every millisecond. */
const STEP_MS = 100;
const ADVICE = "Check DATABASE_URL.";

/** Connects to the server, all connections at once; closes them with the scope. */
export const usePgDatabase = (options: PgOptions): Operation<Database> =>
  resource<Database>(function* (provide) {
    const { url, connections, startMs, log } = options;
    const name = `PostgreSQL at ${withoutPassword(url)}`;
    const connecting = yield* useConnecting(url);
    const pool = yield* usePool(connecting, connections, log);
    const query = (statement: Statement, values: readonly unknown[], limit: TimeLimit) =>
      queryWithin(limit.timeoutMs, withClient(pool, askFor(statement, values, limit)));
    const warmUp = (): Operation<unknown> =>
      all(Array.from({ length: connections }, () => query(WARM_UP, [], { timeoutMs: startMs })));
    yield* reach(name, startMs, warmUp);
    yield* provide({
      description: name,
      query,
      *execute(sql) {
        yield* queryWithin(
          SETUP_TIMEOUT_MS,
          withClient(pool, (client) => client.query(sql)),
        );
      },
      *keepSession(sql) {
        const session = `the session at ${name}`;
        yield* useLink({ name: session, open: useSession(connecting, sql), log, startMs, advice: ADVICE });
      },
    });
  });

/** Takes a moment, so that each connection of the pool gets one. */
const WARM_UP: Statement = { name: "warm-up", sql: "select pg_sleep(0.02)" };

/** A server that is just starting is worth waiting for; one that knows no such database is not. */
function* reach(name: string, startMs: number, warmUp: () => Operation<unknown>): Operation<void> {
  // Connections that fail at the same time do so in one group, and only the first of them got to say it in our words.
  const when = (error: unknown): boolean => {
    if (error instanceof AggregateError) return error.errors.every(when);
    return error instanceof DatabaseError ? error.isPassing : isPassing(error);
  };
  try {
    yield* timeout(
      startMs,
      retry(warmUp, { attempts: Infinity, delay: 50, backoff: 2, maxDelay: 400, when }),
    );
  } catch (error) {
    const cause = error instanceof TimeoutError ? (error.cause ?? error) : error;
    throw new ServiceError(`Cannot use ${name}: ${reasonOf(cause)}. ${ADVICE}`, { cause });
  }
}

const usePool = (connecting: Connecting, connections: number, log: Log): Operation<pg.Pool> =>
  resource<pg.Pool>(function* (provide) {
    const pool = new pg.Pool({ ...connecting.config, min: connections, max: connections });
    yield* ensure(() =>
      timeout(
        FAREWELL_MS,
        call(() => pool.end(), { abandon: true }),
        { otherwise: undefined },
      ),
    );
    // A server that restarts breaks connections. The pool replaces them; unheard, the events would end us.
    pool.on("error", (error) => log.warn(`lost a connection to the database: ${error.message}`));
    pool.on("connect", (client) => client.on("error", () => undefined));
    yield* provide(pool);
  });

type Rows = readonly unknown[];
type Use = (client: pg.PoolClient) => Promise<{ rows: Rows }>;

const told = new WeakMap<pg.PoolClient, number>();

const askFor =
  ({ name, sql }: Statement, values: readonly unknown[], { timeoutMs }: TimeLimit): Use =>
  async (client) => {
    const limit = Math.max(STEP_MS, Math.ceil(timeoutMs / STEP_MS) * STEP_MS);
    if (told.get(client) !== limit) {
      await client.query(`set statement_timeout = ${String(limit)}`);
      told.set(client, limit);
    }
    return client.query({ name, text: sql, values: [...values] });
  };

function* queryWithin(timeoutMs: number, query: Operation<Rows>): Operation<Rows> {
  try {
    return yield* timeout(timeoutMs + MARGIN_MS, query);
  } catch (cause) {
    throw new DatabaseError(reasonOf(cause), isPassing(cause), { cause });
  }
}

/** Lends a connection. Cancelled, it cuts the connection: the statement on it may never end. */
const withClient = (pool: pg.Pool, use: Use): Operation<Rows> =>
  action<Rows>(function query(resolve, reject) {
    let isGivenUp = false;
    let giveBack: ((isBroken: boolean) => void) | undefined;
    pool.connect((error, client, release) => {
      if (client === undefined) {
        reject(error ?? new Error("The pool gave no connection."));
        return;
      }
      if (isGivenUp) {
        release();
        return;
      }
      giveBack = (isBroken) => {
        giveBack = undefined;
        release(isBroken);
      };
      use(client).then(
        ({ rows }) => {
          giveBack?.(false);
          resolve(rows);
        },
        (failure: unknown) => {
          giveBack?.(!isRefusal(failure));
          reject(failure);
        },
      );
    });
    return () => {
      isGivenUp = true;
      giveBack?.(true);
    };
  });

/** The server has said no to this statement; the connection is as good as before. */
const isRefusal = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.severity === "ERROR";

/** Classes of SQLSTATE: connection failed, rolled back, out of resources, ended by an operator, failure of the system. */
const PASSING = /^(08|40|53|57|58)/;

/** Whether the same statement may succeed a little later. */
function isPassing(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return PASSING.test(error.code ?? "");
  return !(error instanceof TimeoutError);
}
