import type { Operation } from "coppice";
import type { Config } from "./config.js";
import type { Database } from "./database.js";
import type { Log } from "./log.js";
import { usePgDatabase } from "./pg-database.js";
import { usePgliteDatabase } from "./pglite-database.js";

/** The server when an address was given, the embedded database otherwise. */
export const useDatabase = (config: Config, log: Log): Operation<Database> =>
  config.databaseUrl === undefined
    ? usePgliteDatabase(config.dataDir, log)
    : usePgDatabase({
        url: config.databaseUrl,
        connections: config.databaseConnections,
        startMs: config.startMs,
        log,
      });
