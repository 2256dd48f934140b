import type { Operation } from "coppice";
import type { Config } from "./config.js";
import type { Database } from "./database.js";
import { usePgDatabase } from "./pg-database.js";
import { usePgliteDatabase } from "./pglite-database.js";

/** The server when an address was given, the embedded database otherwise. */
export const useDatabase = (config: Config, log: (line: string) => void): Operation<Database> =>
  config.databaseUrl === undefined
    ? usePgliteDatabase(config.dataDir, log)
    : usePgDatabase(config.databaseUrl, log);
