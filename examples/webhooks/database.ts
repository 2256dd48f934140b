/**
 * What the store needs of a database: PostgreSQL's SQL, embedded or on a server.
 *
 * Opening and closing is not part of it: both kinds are resources, given back by the scope that uses them.
 */
export interface Database {
  /** Says what it is and where, for the log; holds no password. */
  readonly description: string;
  /** Runs one statement with parameters. */
  query(sql: string, parameters: readonly unknown[]): Promise<readonly unknown[]>;
  /** Runs several statements without parameters. */
  execute(sql: string): Promise<void>;
}
