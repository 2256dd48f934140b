/** Puts tables in place. The SQL does nothing where they are there already, so that it needs no right to make them. */
import type { Operation } from "coppice";
import { DatabaseError, type Database } from "./database.js";
import { reasonOf } from "./reason.js";
import { ServiceError } from "./service-error.js";

/** Throws: ServiceError when the database refuses. */
export function* setUp(database: Database, schema: string, sql: string): Operation<void> {
  try {
    yield* database.execute(sql);
  } catch (cause) {
    if (!(cause instanceof DatabaseError)) throw cause;
    const advice = "Let a user set it up once who has the right to.";
    throw new ServiceError(
      `Cannot set up schema ${schema} in ${database.description}: ${reasonOf(cause)}. ${advice}`,
      { cause },
    );
  }
}
