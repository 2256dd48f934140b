/** A pool of connections whose statements have a limit, here and at the server. */
import pg from "pg";
import { DatabaseError, type Statement } from "../../../examples/webhooks/database.js";

const MARGIN_MS = 250;
const STEP_MS = 100;
const PASSING = /^(08|40|53|57|58)/;

export class Database {
  readonly #pool: pg.Pool;
  readonly #told = new WeakMap<pg.PoolClient, number>();

  constructor(url: string, connections: number) {
    this.#pool = new pg.Pool({
      connectionString: url,
      min: connections,
      max: connections,
      connectionTimeoutMillis: 2_000,
      application_name: "careful webhooks",
    });
    this.#pool.on("error", () => undefined);
    this.#pool.on("connect", (client) => client.on("error", () => undefined));
  }

  async query(
    statement: Statement,
    values: readonly unknown[],
    timeoutMs: number,
  ): Promise<readonly unknown[]> {
    try {
      return await this.#query(statement, values, timeoutMs);
    } catch (cause) {
      const isPassing = cause instanceof pg.DatabaseError ? PASSING.test(cause.code ?? "") : true;
      throw new DatabaseError(cause instanceof Error ? cause.message : String(cause), isPassing, { cause });
    }
  }

  async execute(sql: string): Promise<void> {
    await this.#pool.query(sql);
  }

  async close(): Promise<void> {
    await Promise.race([this.#pool.end(), new Promise((resolve) => setTimeout(resolve, 500))]);
  }

  async #query(
    { name, sql }: Statement,
    values: readonly unknown[],
    timeoutMs: number,
  ): Promise<readonly unknown[]> {
    const client = await this.#pool.connect();
    let failure: Error | undefined;
    const limit = Math.max(STEP_MS, Math.ceil(timeoutMs / STEP_MS) * STEP_MS);
    try {
      if (this.#told.get(client) !== limit) {
        await client.query(`set statement_timeout = ${String(limit)}`);
        this.#told.set(client, limit);
      }
      const query = { name, text: sql, values: [...values], query_timeout: timeoutMs + MARGIN_MS };
      return (await client.query<Record<string, unknown>>(query)).rows;
    } catch (error) {
      const isRefusal = error instanceof pg.DatabaseError && error.severity === "ERROR";
      if (!isRefusal) failure = error instanceof Error ? error : new Error(String(error));
      throw error;
    } finally {
      client.release(failure);
    }
  }
}
