/**
 * PostgreSQL inside this process, its files in one directory.
 *
 * What it has written survives the death of the process: the operating system has it by then. It does not
 * ask the disk to keep it (PGlite has no fsync), so a power cut can cost the last writes; use a server where
 * that matters.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { call, ensure, resource, type Operation } from "coppice";
import { DatabaseError, type Database } from "./database.js";
import { useDirectoryLock } from "./directory-lock.js";
import type { Log } from "./log.js";
import { reasonOf } from "./reason.js";
import { ServiceError } from "./service-error.js";

/** Opens the database in `directory`, which it makes if need be; closes it with the scope. */
export const usePgliteDatabase = (directory: string, log: Log): Operation<Database> =>
  resource<Database>(function* (provide) {
    const pglite = yield* open(directory, log);
    yield* ensure(() => call(() => pglite.close()));
    const execute = (sql: string): Operation<void> =>
      call(() => pglite.exec(sql).then(() => undefined, refuse));
    yield* provide({
      description: `embedded PostgreSQL in ${directory}`,
      // It has one session, which nobody can cut, and it answers from memory: a limit would have nothing to act on.
      query: ({ sql }, parameters) =>
        call(() => pglite.query(sql, [...parameters]).then((result) => result.rows, refuse)),
      execute,
      keepSession: execute,
    });
  });

/** Throws: ServiceError when the directory cannot be used. */
function* open(directory: string, log: Log) {
  try {
    yield* call(() => mkdir(directory, { recursive: true }));
    // Two PostgreSQLs on the same files destroy them.
    yield* useDirectoryLock(directory);
    log.info(`opening the embedded database in ${directory} (the first time takes a few seconds)`);
    // A database is much to load for a service that has a server.
    const { PGlite } = yield* call(() => import("@electric-sql/pglite"));
    return yield* call(() => PGlite.create(join(directory, "postgres")), {
      discard: (opened) => opened.close(),
    });
  } catch (cause) {
    if (cause instanceof ServiceError) throw cause;
    throw new ServiceError(
      `Cannot use ${directory}: ${reasonOf(cause)}. Set DATA_DIR to another directory.`,
      {
        cause,
      },
    );
  }
}

/** Away it cannot be: what it refuses, it will refuse again. */
function refuse(cause: unknown): never {
  throw new DatabaseError(reasonOf(cause), false, { cause });
}
