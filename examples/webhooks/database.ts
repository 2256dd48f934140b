/**
 * What the store needs of a database: PostgreSQL's SQL, embedded or on a server.
 *
 * Opening and closing is not part of it: both kinds are resources, given back by the scope that uses them.
 */
import type { Operation } from "coppice";

export interface Database {
  /** Says what it is and where, for the log; holds no password. */
  readonly description: string;
  /**
   * Runs one statement with parameters.
   *
   * Cancel: cuts the connection that it runs on, if need be.
   * Throws: DatabaseError; `isPassing` tells whether it is worth another try.
   */
  query(
    statement: Statement,
    parameters: readonly unknown[],
    limit: TimeLimit,
  ): Operation<readonly unknown[]>;
  /** Runs several statements without parameters. */
  execute(sql: string): Operation<void>;
  /**
   * Keeps a session in which the statement has been run, as long as the scope lasts; when it breaks, another one.
   * What belongs to a session, an advisory lock for one, is gone the moment this process is.
   */
  keepSession(sql: string): Operation<void>;
}

export interface Statement {
  /** Prepared under this name, once for each connection. */
  readonly name: string;
  readonly sql: string;
}

export interface TimeLimit {
  /** What the statement may take, at the server and here. */
  readonly timeoutMs: number;
}

/** Why a statement was not run. */
export class DatabaseError extends Error {
  override readonly name = "DatabaseError";

  constructor(
    message: string,
    /** The server is away, busy or starting; what was asked for is all right. */
    readonly isPassing: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
