/**
 * PostgreSQL inside this process, its files in one directory.
 *
 * What it has written survives the death of the process: the operating system has it by then. It does not
 * ask the disk to keep it (PGlite has no fsync), so a power cut can cost the last writes; use a server where
 * that matters.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { call, ensure, resource, type Operation } from "coppice";
import type { Database } from "./database.js";
import { useDirectoryLock } from "./directory-lock.js";

/** Opens the database in `directory`, which it makes if need be; closes it with the scope. */
export const usePgliteDatabase = (directory: string, log: (line: string) => void): Operation<Database> =>
  resource<Database>(function* (provide) {
    yield* call(() => mkdir(directory, { recursive: true }));
    // Two PostgreSQLs on the same files destroy them.
    yield* useDirectoryLock(directory);
    log(`opening the embedded database in ${directory} (the first time takes a few seconds)`);
    const pglite = yield* call(() => PGlite.create(join(directory, "postgres")));
    yield* ensure(() => call(() => pglite.close()));
    yield* provide({
      description: `embedded PostgreSQL in ${directory}`,
      query: async (sql, parameters) => (await pglite.query(sql, [...parameters])).rows,
      execute: async (sql) => {
        await pglite.exec(sql);
      },
    });
  });
