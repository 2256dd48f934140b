import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { attempt, run, scoped, type Operation } from "coppice";
import type { Database } from "./database.js";
import { usePgliteDatabase } from "./pglite-database.js";
import { useStore, type Store } from "./store.js";
import { makeTemporaryDirectory, type TemporaryDirectory } from "./testing/temporary-directory.js";

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const webhook = { id: "00000000-0000-4000-8000-000000000001", source: "shop", body: "{}", deadline: 0 };
const progress = { id: webhook.id, attempts: 1, isForwarded: true };

let directory: TemporaryDirectory;
beforeAll(async () => {
  directory = await makeTemporaryDirectory();
});
afterAll(() => directory.remove(), 60_000);

/** A store of its own for each spec, in the same files. */
const withStore = (schema: string, body: (store: Store, database: Database) => Operation<void>) =>
  run(
    scoped(function* () {
      const database = yield* usePgliteDatabase(directory.path, log);
      const options = { schema, timeoutMs: 60_000, leaseMs: 60_000, retryLaterMs: 0 };
      yield* body(yield* useStore(database, options), database);
    }),
  );

describe("the store", () => {
  it("does not mark as failed what was published already", async () => {
    await withStore("published", function* (store, database) {
      yield* store.insert(webhook, { isPutOff: false });
      yield* store.markPublished([progress]);
      yield* store.markFailed({ ...progress, error: "too late", leastMs: 0 });
      const sql = `select published_at is not null as "isPublished", failed_at, last_error, attempts
        from published.webhooks`;
      expect(yield* database.query({ name: "look", sql }, [], { timeoutMs: 60_000 })).toEqual([
        { isPublished: true, failed_at: null, last_error: null, attempts: 1 },
      ]);
    });
  }, 120_000);

  it("fails its check while the table is not there", async () => {
    await withStore("checked", function* (store, database) {
      yield* store.check();
      yield* database.execute("alter table checked.webhooks rename to webhooks_away");
      expect(yield* attempt(store.check())).toMatchObject({ ok: false });
      yield* database.execute("alter table checked.webhooks_away rename to webhooks");
      yield* store.check();
    });
  }, 120_000);
});
