/**
 * Specs that talk to a real server. Where none answers they are left out with a line that says so; on a CI machine that
 * is a failure.
 */
import { connect } from "node:net";
import { describe, it } from "@jest/globals";
import pg from "pg";

/** How to find out whether a server is there: on this machine, where `.ci/services` starts them. */
const SERVERS = {
  PostgreSQL: reachPostgres,
  Redis: () => reach(6379),
  RabbitMQ: () => reach(5672),
  NATS: () => reach(4222),
} as const;

/** Declares specs that need a server. */
export async function describeWith(server: keyof typeof SERVERS, specs: () => void): Promise<void> {
  const problem = await SERVERS[server]().then(
    () => undefined,
    (error: unknown) => `It does not answer: ${String(error)}.`,
  );
  if (problem === undefined) {
    describe(`with ${server}`, specs);
  } else if (process.env["CI"] === undefined) {
    console.warn(`Left out: the specs that need ${server}. ${problem}`);
    it(`is left out, for there is no ${server}`, () => undefined);
  } else {
    it(`needs ${server}`, () => {
      throw new Error(`There must be one on a CI machine. ${problem}`);
    });
  }
}

function reach(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve();
    });
    socket.once("error", reject);
  });
}

/** Where pages that name no address find it is in the variables that its clients read. */
async function reachPostgres(): Promise<void> {
  const { hostname, port, username, password, pathname } = new URL(
    process.env["DATABASE_URL"] ?? "postgres://root@127.0.0.1:5432/test",
  );
  process.env["PGHOST"] ??= hostname;
  process.env["PGPORT"] ??= port === "" ? "5432" : port;
  process.env["PGUSER"] ??= username;
  process.env["PGPASSWORD"] ??= password;
  process.env["PGDATABASE"] ??= pathname.slice(1);
  const client = new pg.Client({ connectionTimeoutMillis: 2_000 });
  await client.connect();
  await client.end();
}
