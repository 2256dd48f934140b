import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { run } from "coppice";
import { readStored, type StoredWebhook } from "./audit.js";
import type { Respond } from "./built-in-downstream.js";
import { RETRIES } from "./retry.js";
import { eventually } from "./testing/eventually.js";
import { send, type Answer } from "./testing/send.js";
import { startService, type RunningService, type ServiceOptions } from "./testing/service-in-process.js";
import { makeTemporaryDirectory, type TemporaryDirectory } from "./testing/temporary-directory.js";

let directory: TemporaryDirectory;
let schemas = 0;
const running: RunningService[] = [];

beforeAll(async () => {
  directory = await makeTemporaryDirectory();
});
afterEach(async () => {
  for (const service of running.splice(0)) await service.cancel();
}, 60_000);
afterAll(() => directory.remove(), 60_000);

/** Every spec has the database to itself: the files are shared, the schema is its own. */
const newSchema = (): Record<string, string> => ({
  DATA_DIR: directory.path,
  DATABASE_SCHEMA: `spec_${String(++schemas)}`,
});

async function start(options: ServiceOptions): Promise<RunningService> {
  const service = await startService(options);
  running.push(service);
  return service;
}

const post = (service: RunningService, body?: unknown): Promise<Answer> => send(service.url, body);
const rowsOf = async (service: RunningService): Promise<readonly StoredWebhook[]> =>
  run(readStored(service.config));
const settled = async (service: RunningService): Promise<boolean> =>
  (await service.statistics()).waiting === 0;

/** A gate that stays shut until it is opened. */
function createGate(): { passed: Promise<void>; open: () => void } {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { passed, open };
}

describe("forwarding", () => {
  it("tries again after errors, up to three times", async () => {
    const environment = newSchema();
    const service = await start({
      environment,
      respond: ({ attempt }) => (attempt <= RETRIES ? 500 : 200),
    });
    const { id } = await post(service);
    await eventually("it is published", () => service.published.length === 1);
    const statistics = await service.stop();
    expect(service.calls.map((call) => [call.id, call.attempt])).toEqual(
      [1, 2, 3, 4].map((attempt) => [id, attempt]),
    );
    expect(statistics).toMatchObject({ forwarded: 1, published: 1, failed: 0, retried: 3, waiting: 0 });
    expect(await rowsOf(service)).toMatchObject([
      { id, attempts: 4, isForwarded: true, isPublished: true, isFailed: false },
    ]);
  }, 120_000);

  it("takes a downstream that does not answer in time for one that failed", async () => {
    const respond = ({ attempt }: { attempt: number }): number | Promise<number> =>
      attempt === 1 ? new Promise<never>(() => undefined) : 200;
    const service = await start({ environment: { ...newSchema(), FORWARD_TIMEOUT_MS: "50" }, respond });
    await post(service);
    await eventually("it is published", () => service.published.length === 1);
    expect(service.calls.map((call) => call.attempt)).toEqual([1, 2]);
  }, 120_000);

  it("puts off a webhook for which the downstream asks to wait, also over a start, and not the others", async () => {
    const environment = newSchema();
    const respond: Respond = ({ body }) =>
      body === '"late"' ? { status: 503, headers: { "retry-after": "3600" } } : 204;
    const first = await start({ environment, respond });
    const { id } = await post(first, "late");
    await eventually("it is put off", async () => (await first.statistics()).putOff === 1);
    expect(await first.stop()).toMatchObject({ failed: 0, retried: 0, waiting: 1 });
    expect(first.lines.join("\n")).toContain(
      `cannot forward webhook ${id}, put off for 3600 s as asked: The downstream answered 503.`,
    );
    expect(await rowsOf(first)).toMatchObject([{ id, attempts: 1, isForwarded: false, isFailed: false }]);

    const second = await start({ environment: { ...environment, POLL_MS: "10" }, respond });
    await post(second, "now");
    await eventually("the other one is published", () => second.published.length === 1);
    expect(await second.stop()).toMatchObject({ recovered: 0, forwarded: 1, waiting: 1 });
  }, 120_000);

  it("takes it up again when the time has come that the downstream asked for", async () => {
    const environment = { ...newSchema(), POLL_MS: "10" };
    let calls = 0;
    const respond: Respond = () =>
      (calls += 1) === 1 ? { status: 429, headers: { "retry-after": "2" } } : 204;
    const service = await start({ environment, respond });
    await post(service);
    await eventually("it is published", () => service.published.length === 1);
    expect(await service.stop()).toMatchObject({ putOff: 1, recovered: 1, failed: 0, waiting: 0 });
    expect(calls).toBe(2);
  }, 120_000);

  it("records what failed for good, and takes it up again at the next start", async () => {
    const environment = newSchema();
    const first = await start({ environment, respond: () => 500 });
    const { id } = await post(first);
    await eventually("it is given up", async () => (await first.statistics()).failed === 1 && settled(first));
    expect(await first.stop()).toMatchObject({ forwarded: 0, published: 0, failed: 1, waiting: 0 });
    expect(await rowsOf(first)).toMatchObject([
      {
        id,
        attempts: 4,
        isForwarded: false,
        isPublished: false,
        isFailed: true,
        lastError: "The downstream answered 500.",
      },
    ]);

    const second = await start({ environment });
    await eventually("it is published", () => second.published.length === 1);
    expect(await second.stop()).toMatchObject({
      accepted: 0,
      recovered: 1,
      forwarded: 1,
      published: 1,
      failed: 0,
      waiting: 0,
    });
    expect(await rowsOf(second)).toMatchObject([{ id, attempts: 5, isPublished: true, isFailed: false }]);
  }, 120_000);

  it("has at most as many in flight as it may", async () => {
    const gate = createGate();
    let inFlight = 0;
    let most = 0;
    const respond = async (): Promise<number> => {
      most = Math.max(most, (inFlight += 1));
      await gate.passed;
      inFlight -= 1;
      return 204;
    };
    const service = await start({ environment: { ...newSchema(), CONCURRENCY: "7" }, respond });
    await Promise.all(Array.from({ length: 30 }, () => post(service)));
    await eventually("as many as may are on their way", () => inFlight === 7);
    gate.open();
    await eventually("all are published", () => service.published.length === 30);
    expect(most).toBe(7);
  }, 120_000);
});

describe("publishing", () => {
  it("tries again when the consumer fails, without forwarding again", async () => {
    let failures = 0;
    const consume = function* () {
      if (failures < 2) throw new Error(`no luck ${String((failures += 1))}`);
    };
    const service = await start({ environment: newSchema(), consume });
    await post(service);
    await eventually("it is published", () => service.published.length === 1);
    expect(service.calls).toHaveLength(1);
  }, 120_000);

  it("does not forward again at the next start what only could not be published", async () => {
    const environment = newSchema();
    const consume = function* () {
      throw new Error("the consumer is down");
    };
    const first = await start({ environment, consume });
    const { id } = await post(first);
    await eventually("it is given up", async () => (await first.statistics()).failed === 1 && settled(first));
    expect(await first.stop()).toMatchObject({ forwarded: 1, published: 0, failed: 1 });

    const second = await start({ environment });
    await eventually("it is published", () => second.published.length === 1);
    await second.stop();
    expect(second.calls).toEqual([]);
    expect(second.published.map((message) => message.id)).toEqual([id]);
  }, 120_000);
});

describe("the backlog", () => {
  it("answers 503 with Retry-After when it is full, and takes webhooks again when there is room", async () => {
    const gate = createGate();
    const respond = async (): Promise<number> => gate.passed.then(() => 204);
    const service = await start({ environment: { ...newSchema(), BACKLOG: "5", CONCURRENCY: "2" }, respond });
    const answers = await Promise.all(Array.from({ length: 12 }, () => post(service)));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(5);
    const refused = answers.filter(({ status }) => status === 503);
    expect(refused.map(({ retryAfter }) => retryAfter)).toEqual(Array(7).fill("1"));
    expect(await service.statistics()).toMatchObject({
      accepted: 5,
      stored: 5,
      refused: 7,
      waiting: 5,
      published: 0,
    });

    gate.open();
    await eventually("there is room again", () => settled(service));
    expect((await post(service)).status).toBe(202);
  }, 120_000);

  it("is limited in memory as well", async () => {
    const gate = createGate();
    const respond = async (): Promise<number> => gate.passed.then(() => 204);
    const body = "x".repeat(1_000_000);
    const service = await start({ environment: { ...newSchema(), BACKLOG_MIB: "3" }, respond });
    const answers = await Promise.all(Array.from({ length: 6 }, () => post(service, body)));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(3);
    gate.open();
  }, 120_000);

  it("leaves room for new webhooks while any number of old ones is recovered", async () => {
    const environment = { ...newSchema(), CONCURRENCY: "5", BACKLOG: "400" };
    const first = await start({ environment, respond: () => new Promise<never>(() => undefined) });
    await Promise.all(Array.from({ length: 300 }, () => post(first)));
    await first.cancel();

    const gate = createGate();
    const respond = async (): Promise<number> => gate.passed.then(() => 204);
    const second = await start({ environment: { ...environment, BACKLOG: "10" }, respond });
    await eventually("recovery waits for room", async () => (await second.statistics()).recovered >= 50);
    expect(await second.statistics()).toMatchObject({ waiting: 300 });
    const answers = await Promise.all(Array.from({ length: 10 }, () => post(second)));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(202));
    gate.open();
    await eventually("all are published", () => second.published.length === 310);
    expect(new Set(second.published.map(({ id }) => id)).size).toBe(310);
  }, 120_000);
});

describe("stopping", () => {
  it("leaves what outlasts the grace period to the next start", async () => {
    const environment = { ...newSchema(), GRACE_MS: "100" };
    const first = await start({ environment, respond: () => new Promise<never>(() => undefined) });
    const { id } = await post(first);
    await eventually("it is on its way", () => first.calls.length === 1);
    expect(await first.stop()).toMatchObject({ accepted: 1, published: 0, waiting: 1 });

    const second = await start({ environment });
    await eventually("it is published", () => second.published.length === 1);
    await second.stop();
    expect(second.published.map((message) => message.id)).toEqual([id]);
  }, 120_000);
});
