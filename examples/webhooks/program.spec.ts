import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { run } from "coppice";
import { readStored, type StoredWebhook } from "./audit.js";
import type { Respond } from "./built-in-downstream.js";
import { readConfig } from "./config.js";
import { startDownstream, type RunningDownstream } from "./testing/downstream-in-process.js";
import { eventually } from "./testing/eventually.js";
import { startProgram, type Program } from "./testing/program.js";
import { send, sendUntilGone } from "./testing/send.js";
import { makeTemporaryDirectory, type TemporaryDirectory } from "./testing/temporary-directory.js";

const LISTENING = /listening on (http:\S+) \(pid \d+\)/;
const never: Respond = () => new Promise<never>(() => undefined);

let directory: TemporaryDirectory;
let schemas = 0;
const running: Program[] = [];
const downstreams: RunningDownstream[] = [];

beforeAll(async () => {
  directory = await makeTemporaryDirectory();
});
afterEach(async () => {
  for (const program of running.splice(0)) {
    program.kill("SIGKILL");
    await program.ended;
  }
  for (const downstream of downstreams.splice(0)) await downstream.stop();
}, 60_000);
afterAll(() => directory.remove(), 60_000);

function start(environment: Record<string, string>): Program {
  const program = startProgram("main.ts", { PORT: "0", DATA_DIR: directory.path, ...environment });
  running.push(program);
  return program;
}

async function startUp(environment: Record<string, string>): Promise<{ program: Program; url: string }> {
  const program = start(environment);
  return { program, url: await program.line(LISTENING) };
}

async function downstream(respond?: Respond): Promise<RunningDownstream> {
  const started = await startDownstream(respond);
  downstreams.push(started);
  return started;
}

const newSchema = (): string => `spec_${String(++schemas)}`;
const rowsIn = async (schema: string): Promise<readonly StoredWebhook[]> =>
  run(readStored(readConfig({ DATA_DIR: directory.path, DATABASE_SCHEMA: schema })));

describe("npm start", () => {
  it("runs without any setting but a port, and says what it does", async () => {
    const { program, url } = await startUp({});
    expect((await send(url)).status).toBe(202);
    program.kill("SIGTERM");
    expect(await program.ended).toBe(0);
    const output = program.lines.join("\n");
    expect(output).toMatch(/database: embedded PostgreSQL in /);
    expect(output.match(/anybody may send: nobody has to sign \(set WEBHOOK_SECRETS\)/g)).toHaveLength(1);
    expect(output).toMatch(/a built-in downstream that accepts everything \(set DOWNSTREAM_URL\)/);
    expect(output).toMatch(/stopped: accepted 1, forwarded 1, published 1, failed 0, refused 0, waiting 0/);
  }, 120_000);

  it("ends with 1 and one line a mistake when the settings are wrong", async () => {
    const program = start({ PORT: "eighty", BACKLOG: "0" });
    expect(await program.ended).toBe(1);
    expect(program.lines).toEqual([
      "The configuration is not usable:",
      '  PORT must be a whole number from 0 to 65535, got "eighty".',
      '  BACKLOG must be a whole number from 1 to 1000000, got "0".',
    ]);
  }, 120_000);

  it.each([
    ["main.ts", "PORT"],
    ["consumer/index.ts", "CONSUMER_PORT"],
  ])(
    "ends with 1 and says so when the port is in use: %s",
    async (file, variable) => {
      const taken = createServer().listen(0, "127.0.0.1");
      await once(taken, "listening");
      const port = String((taken.address() as AddressInfo).port);
      const program = startProgram(file, { DATA_DIR: directory.path, [variable]: port });
      running.push(program);
      expect(await program.ended).toBe(1);
      expect(program.lines.at(-1)).toBe(
        `Cannot listen on 127.0.0.1, port ${port}: EADDRINUSE. Set HOST or ${variable}.`,
      );
      taken.close();
    },
    120_000,
  );

  it("ends with 1 and says so when another one uses the same data", async () => {
    await startUp({});
    const second = start({});
    expect(await second.ended).toBe(1);
    expect(second.lines.at(-1)).toBe(
      `${directory.path} is in use by another process. Stop it, or set DATA_DIR to another directory.`,
    );
  }, 120_000);
});

describe("a DATA_DIR that cannot be used", () => {
  it.each([
    ["is a file", "file", /^Cannot use \S+file: EEXIST.*\. Set DATA_DIR to another directory\.$/],
    ["is below a file", "file/data", /^Cannot use \S+data: ENOTDIR.*\. Set DATA_DIR to another directory\.$/],
    [
      "has a file where the database is",
      "taken",
      /^Cannot use \S+taken: ErrnoError .*\. Set DATA_DIR to another directory\.$/,
    ],
  ])(
    "ends the start with 1 and one line when it %s",
    async (_what, path, line) => {
      await writeFile(join(directory.path, "file"), "");
      await mkdir(join(directory.path, "taken"), { recursive: true });
      await writeFile(join(directory.path, "taken", "postgres"), "");
      const program = start({
        DATA_DIR: join(directory.path, path),
        WEBHOOK_SECRETS: "shop=a-long-secret",
        LOG_LEVEL: "warn",
      });
      expect(await program.ended).toBe(1);
      expect(program.lines).toEqual([expect.stringMatching(line)]);
    },
    120_000,
  );
});

describe("SIGTERM and SIGINT", () => {
  it.each(["SIGTERM", "SIGINT"] as const)(
    "%s in the middle of load ends it with 0, and nothing accepted is lost",
    async (signal) => {
      const schema = newSchema();
      const target = await downstream();
      const { program, url } = await startUp({ DATABASE_SCHEMA: schema, DOWNSTREAM_URL: target.url });
      const accepted = sendUntilGone(url, 20);
      await eventually("there is load", () => target.calls.length > 200);
      program.kill(signal);
      const ids = await accepted;
      expect(await program.ended).toBe(0);

      expect(ids.length).toBeGreaterThan(200);
      const published = new Set((await rowsIn(schema)).filter((row) => row.isPublished).map((row) => row.id));
      const forwarded = new Set(target.calls.map((call) => call.id));
      expect(ids.filter((id) => !published.has(id) || !forwarded.has(id))).toEqual([]);
      const order = ["http server closed", "forwarder finished", "publisher finished", "stopped:"];
      const told = program.lines
        .map((line) => order.find((step) => line.includes(step)))
        .filter((step) => step !== undefined);
      expect(told).toEqual(order);
    },
    120_000,
  );

  it("ends with 0 as well when the grace period is too short, and the next start finishes", async () => {
    const schema = newSchema();
    const stuck = await downstream(never);
    const first = await startUp({ DATABASE_SCHEMA: schema, DOWNSTREAM_URL: stuck.url, GRACE_MS: "200" });
    const { id } = await send(first.url);
    await eventually("it is on its way", () => stuck.calls.length === 1);
    first.program.kill("SIGTERM");
    expect(await first.program.ended).toBe(0);
    expect(first.program.lines.join("\n")).toContain(
      "the grace period is over: what is not finished is left for the next start",
    );

    const target = await downstream();
    const second = await startUp({ DATABASE_SCHEMA: schema, DOWNSTREAM_URL: target.url });
    await eventually("it has arrived", () => target.calls.length === 1);
    second.program.kill("SIGTERM");
    expect(await second.program.ended).toBe(0);
    expect(await rowsIn(schema)).toMatchObject([{ id, isForwarded: true, isPublished: true }]);
  }, 120_000);

  it("end it with 0 while it is starting up, too", async () => {
    const program = start({ DATABASE_SCHEMA: newSchema() });
    await program.line(/(opening the embedded database)/);
    program.kill("SIGTERM");
    expect(await program.ended).toBe(0);
    expect(program.lines.at(-1)).toMatch(/stopped while starting/);
  }, 120_000);

  it.each([
    ["main.ts", "DATABASE_URL", "postgres"],
    ["consumer/index.ts", "AMQP_URL", "amqp"],
  ])(
    "end %s with 0 also while it waits for a server that is not up yet",
    async (file, variable, protocol) => {
      const server = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
      await once(server, "listening");
      const port = String((server.address() as AddressInfo).port);
      const program = startProgram(file, {
        PORT: "0",
        START_TIMEOUT_MS: "600000",
        [variable]: `${protocol}://127.0.0.1:${port}`,
      });
      running.push(program);
      await once(server, "connection");
      program.kill("SIGTERM");
      expect(await program.ended).toBe(0);
      expect(program.lines.at(-1)).toMatch(/stopped while starting/);
      server.close();
    },
    120_000,
  );

  it("end it at once the second time", async () => {
    const stuck = await downstream(never);
    const { program, url } = await startUp({
      DATABASE_SCHEMA: newSchema(),
      DOWNSTREAM_URL: stuck.url,
      GRACE_MS: "60000",
    });
    await send(url);
    await eventually("it is on its way", () => stuck.calls.length === 1);
    program.kill("SIGINT");
    await program.line(/(stopping)/);
    program.kill("SIGTERM");
    expect(await program.ended).toBe(128 + 15);
  }, 120_000);
});

describe("kill -9", () => {
  it("loses nothing that was accepted: the next start finds it and finishes it", async () => {
    const schema = newSchema();
    const stuck = await downstream(({ id }) => (id < "8" ? 204 : new Promise<never>(() => undefined)));
    const first = await startUp({ DATABASE_SCHEMA: schema, DOWNSTREAM_URL: stuck.url, CONCURRENCY: "500" });
    const accepted = sendUntilGone(first.url, 20);
    await eventually("there is load", () => stuck.calls.length > 200);
    first.program.kill("SIGKILL");
    expect(await first.program.ended).toBe("SIGKILL");
    const ids = await accepted;
    const left = (await rowsIn(schema)).filter((row) => !row.isPublished);
    expect(left.length).toBeGreaterThan(0);

    const target = await downstream();
    const second = await startUp({ DATABASE_SCHEMA: schema, DOWNSTREAM_URL: target.url });
    await second.program.line(
      new RegExp(`(found ${String(left.length)} unfinished webhooks of earlier runs)`),
    );
    const unforwarded = left.filter((row) => !row.isForwarded);
    await eventually("they have all arrived", () => target.calls.length >= unforwarded.length);
    second.program.kill("SIGTERM");
    expect(await second.program.ended).toBe(0);

    const rows = new Map((await rowsIn(schema)).map((row) => [row.id, row]));
    expect(ids.filter((id) => rows.get(id)?.isPublished !== true)).toEqual([]);
    const forwarded = new Set([...stuck.calls, ...target.calls].map((call) => call.id));
    expect(ids.filter((id) => !forwarded.has(id))).toEqual([]);
  }, 120_000);
});
