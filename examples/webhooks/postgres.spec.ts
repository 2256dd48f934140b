import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { run, scoped } from "coppice";
import pg from "pg";
import { request } from "undici";
import { readStored } from "./audit.js";
import { usePgDatabase } from "./pg-database.js";
import { eventually } from "./testing/eventually.js";
import { send } from "./testing/send.js";
import { startProgram } from "./testing/program.js";
import { startService } from "./testing/service-in-process.js";

const DATABASE_URL = process.env["DATABASE_URL"] ?? "postgres://root@127.0.0.1:5432/test";
const SCHEMA = `webhooks_spec_${String(process.pid)}_${String(Date.now())}`;
const environment = { DATABASE_URL, DATABASE_SCHEMA: SCHEMA };

const client = new pg.Client({ connectionString: DATABASE_URL, connectionTimeoutMillis: 2_000 });
const unreachable = await client.connect().then(
  () => undefined,
  (error: unknown) => String(error),
);

if (unreachable === undefined) {
  describe("with a PostgreSQL server", specs);
} else if (process.env["CI"] === undefined) {
  console.warn(
    `Left out: the specs that need PostgreSQL. ${unreachable}. Set DATABASE_URL to have them run.`,
  );
  it("is left out, for there is no PostgreSQL server", () => undefined);
} else {
  it("needs a PostgreSQL server", () => {
    throw new Error(`There must be one on a CI machine, at DATABASE_URL: ${unreachable}`);
  });
}

function specs(): void {
  beforeAll(() => client.query(`drop schema if exists "${SCHEMA}" cascade`));
  afterAll(async () => {
    await client.query(`drop schema if exists "${SCHEMA}" cascade`);
    await client.end();
  }, 60_000);

  it("stores, forwards and publishes", async () => {
    const service = await startService({ environment });
    const body = { text: 'ünïcödé \u0000 " \\ {},NULL 🌳' };
    const answers = await Promise.all(Array.from({ length: 300 }, () => send(service.url, body)));
    await eventually("all are published", () => service.published.length === 300);
    expect(await service.stop()).toMatchObject({
      accepted: 300,
      stored: 300,
      forwarded: 300,
      published: 300,
      waiting: 0,
    });

    const rows = await run(readStored(service.config));
    expect(new Set(rows.map((row) => row.id))).toEqual(new Set(answers.map((answer) => answer.id)));
    expect(rows.every((row) => row.isPublished && row.body === JSON.stringify(body))).toBe(true);
  }, 120_000);

  it("finds what an earlier run left unfinished", async () => {
    const first = await startService({ environment, respond: () => new Promise<never>(() => undefined) });
    const answers = await Promise.all(Array.from({ length: 120 }, () => send(first.url)));
    await first.cancel();

    const second = await startService({ environment });
    await eventually("all are published", () => second.published.length === 120);
    expect(await second.stop()).toMatchObject({ accepted: 0, recovered: 120, published: 120, waiting: 0 });
    expect(new Set(second.published.map(({ id }) => id))).toEqual(new Set(answers.map(({ id }) => id)));
  }, 120_000);

  it("shares the work of an instance that is gone among those that are left", async () => {
    const gone = await startService({ environment, respond: () => new Promise<never>(() => undefined) });
    const answers = await Promise.all(Array.from({ length: 60 }, () => send(gone.url)));
    await gone.cancel();
    const slowly = (): Promise<number> => new Promise((resolve) => setTimeout(resolve, 5, 204));
    const quick = { ...environment, POLL_MS: "20" };
    const [first, second] = await Promise.all([
      startService({ environment: quick, respond: slowly }),
      startService({ environment: quick, respond: slowly }),
    ]);
    const published = (): string[] => [...first.published, ...second.published].map(({ id }) => id);
    await eventually("all are published", () => new Set(published()).size >= 60);
    expect(new Set(published())).toEqual(new Set(answers.map(({ id }) => id)));
    // Each by one of them: what one has claimed the other passes over.
    expect(published()).toHaveLength(60);
    await Promise.all([first.stop(), second.stop()]);
  }, 120_000);

  it("answers 503 while the database does not take webhooks, and goes on when it does", async () => {
    const service = await startService({ environment });
    expect((await request(`${service.url}/readyz`)).statusCode).toBe(200);
    await client.query(`alter table "${SCHEMA}".webhooks rename to webhooks_away`);
    expect(await send(service.url)).toMatchObject({ status: 503, retryAfter: "1" });
    expect((await request(`${service.url}/readyz`)).statusCode).toBe(503);
    await client.query(`alter table "${SCHEMA}".webhooks_away rename to webhooks`);
    await client.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'coppice webhooks'",
    );
    await eventually("it takes webhooks again", async () => (await send(service.url)).status === 202);
    expect(await service.stop()).toMatchObject({ accepted: 1, published: 1, waiting: 0 });
  }, 120_000);

  it("starts, when the table is there, without a right to make one and while somebody reads it", async () => {
    const role = `${SCHEMA}_user`;
    await client.query(`create role "${role}" login`);
    await client.query(`grant usage on schema "${SCHEMA}" to "${role}"`);
    await client.query(`grant select, insert, update on "${SCHEMA}".webhooks to "${role}"`);
    const url = new URL(DATABASE_URL);
    url.username = role;
    const settings = { ...environment, DATABASE_URL: url.href };
    try {
      await client.query(`begin; select count(*) from "${SCHEMA}".webhooks`);
      const service = await startService({ environment: settings });
      expect((await send(service.url)).status).toBe(202);
      await service.stop();
      await expect(
        startService({ environment: { ...settings, DATABASE_SCHEMA: `${SCHEMA}_other` } }),
      ).rejects.toThrow(
        /^Cannot set up schema \w+_other in PostgreSQL at \S+: permission denied for database/,
      );
    } finally {
      await client.query(`rollback; drop owned by "${role}"; drop role "${role}"`);
    }
  }, 120_000);

  it("waits at the start for a server that refuses all connections at once", async () => {
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const url = "postgres://127.0.0.1:1/app";
    const startedAt = performance.now();
    const connecting = run(scoped(() => usePgDatabase({ url, connections: 20, startMs: 300, log })));
    await expect(connecting).rejects.toThrow("Cannot use PostgreSQL at 127.0.0.1:1/app");
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(299);
  });

  it("ends with 1 and says so, without the password, when the server is out of reach", async () => {
    const program = startProgram("main.ts", {
      PORT: "0",
      DATABASE_URL: "postgres://me:secret@127.0.0.1:1/app",
      START_TIMEOUT_MS: "200",
    });
    expect(await program.ended).toBe(1);
    expect(program.lines.at(-1)).toBe(
      "Cannot use PostgreSQL at 127.0.0.1:1/app: connect ECONNREFUSED 127.0.0.1:1. Check DATABASE_URL.",
    );
    expect(program.lines.join("\n")).not.toContain("secret");
  }, 120_000);
}
