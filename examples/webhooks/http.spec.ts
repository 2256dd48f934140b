import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { request } from "undici";
import { eventually } from "./testing/eventually.js";
import { startServiceWithData, type RunningService } from "./testing/service-in-process.js";

const JSON_TYPE = { "content-type": "application/json" };
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

let service: RunningService;

beforeAll(async () => {
  service = await startServiceWithData();
}, 120_000);

afterAll(() => service.cancel(), 60_000);

async function send(
  method: "GET" | "POST" | "PUT",
  path: string,
  body?: string | Buffer,
  headers: Record<string, string> = JSON_TYPE,
) {
  const response = await request(`${service.url}${path}`, { method, headers, body: body ?? null });
  return {
    status: response.statusCode,
    headers: response.headers,
    body: (await response.body.json()) as Record<string, unknown>,
  };
}

describe("POST /webhooks/:source", () => {
  it("answers 202 with an id; the webhook is forwarded, published and counted", async () => {
    const body = '{ "text": "ünïcödé \\u0000 \\" \\\\ {},NULL 🌳",  "n": 1.0 }';
    const before = await service.statistics();
    const answer = await send("POST", "/webhooks/shop.eu-1", body);
    expect(answer).toMatchObject({ status: 202, body: { id: expect.stringMatching(ID) } });

    await eventually("it is published", () => service.published.some(({ id }) => id === answer.body["id"]));
    const { id } = answer.body;
    expect(service.calls.filter((call) => call.id === id)).toEqual([
      { id, source: "shop.eu-1", attempt: 1, body, timeoutMs: expect.any(Number) },
    ]);
    expect(service.published.filter((message) => message.id === id)).toEqual([
      { id, source: "shop.eu-1", body, deadline: expect.any(Number) },
    ]);
    await eventually("nothing is waiting", async () => (await service.statistics()).waiting === 0);
    expect(await service.statistics()).toMatchObject({
      accepted: before.accepted + 1,
      stored: before.stored + 1,
      forwarded: before.forwarded + 1,
      published: before.published + 1,
      failed: 0,
    });
  });

  it("takes a sender's time however long it is", async () => {
    const headers = { ...JSON_TYPE, "webhook-timeout-ms": "99999999999999999999" };
    expect((await send("POST", "/webhooks/shop", "{}", headers)).status).toBe(202);
  });

  it("takes a body of exactly 1 MiB, and any JSON type", async () => {
    const body = JSON.stringify("x".repeat(1024 * 1024 - 2));
    expect(Buffer.byteLength(body)).toBe(1024 * 1024);
    expect((await send("POST", "/webhooks/big", body)).status).toBe(202);
    expect(
      (
        await send("POST", "/webhooks/cloud", "{}", {
          "content-type": "application/cloudevents+json; charset=utf-8",
        })
      ).status,
    ).toBe(202);
    await eventually("it has arrived downstream", () => service.calls.some((call) => call.body === body));
  });

  it.each([
    ["half a document", '{"a":', JSON_TYPE],
    ["nothing", "", JSON_TYPE],
    ["no content type and nothing", undefined, {}],
    ["bytes that are no UTF-8", Buffer.from([0x22, 0xff, 0x22]), JSON_TYPE],
    ["a byte order mark", "\uFEFF{}", JSON_TYPE],
  ])("answers 400 to %s", async (_what, body, headers) => {
    const answer = await send("POST", "/webhooks/shop", body, headers);
    expect(answer).toMatchObject({
      status: 400,
      body: { statusCode: 400, message: expect.stringMatching(/JSON/) },
    });
  });

  it.each(["/webhooks/a%20b", "/webhooks/%00", `/webhooks/${"a".repeat(65)}`])(
    "answers 400 to the source in %s",
    async (path) => {
      const answer = await send("POST", path, "{}");
      expect(answer).toMatchObject({
        status: 400,
        body: { message: expect.stringMatching(/^The source must be/) },
      });
    },
  );

  it("answers 413 to a body over 1 MiB", async () => {
    const answer = await send("POST", "/webhooks/shop", JSON.stringify("x".repeat(1024 * 1024)));
    expect(answer).toMatchObject({ status: 413, body: { message: expect.stringMatching(/too large/i) } });
  });

  it.each([{ "content-type": "text/plain" }, { "content-type": "application/x-www-form-urlencoded" }, {}])(
    "answers 415 to a body with %j",
    async (headers) => {
      const answer = await send("POST", "/webhooks/shop", "{}", headers);
      const message = "The body must be JSON, sent with `content-type: application/json`.";
      expect(answer).toMatchObject({ status: 415, body: { statusCode: 415, message } });
    },
  );

  it("answers 415 to JSON that is compressed, and says so", async () => {
    const headers = { ...JSON_TYPE, "content-encoding": "gzip" };
    const answer = await send("POST", "/webhooks/shop", gzipSync("{}"), headers);
    const message = "The body must not be compressed.";
    expect(answer).toMatchObject({ status: 415, body: { statusCode: 415, message } });
  });

  it("answers 415 to types whose names only begin like JSON's", async () => {
    for (const type of ["application/json-seq", "application/jsonlines"]) {
      expect((await send("POST", "/webhooks/shop", "{}", { "content-type": type })).status).toBe(415);
    }
  });

  it("accepts nothing that it refused", async () => {
    const { accepted, stored } = await service.statistics();
    await send("POST", "/webhooks/shop", "{");
    expect(await service.statistics()).toMatchObject({ accepted, stored });
  });
});

describe("what is turned away as faulty", () => {
  it.each([
    [400, "POST", "/webhooks/shop", "{", JSON_TYPE],
    [400, "POST", "/webhooks/%zz", "{}", JSON_TYPE],
    [404, "GET", "/", undefined, {}],
    [405, "GET", "/webhooks/shop", undefined, {}],
    [413, "POST", "/webhooks/shop", JSON.stringify("x".repeat(1024 * 1024)), JSON_TYPE],
    [414, "POST", `/webhooks/${"a".repeat(101)}`, "{}", JSON_TYPE],
    [415, "POST", "/webhooks/shop", "{}", { "content-type": "text/plain" }],
  ] as const)("is answered %i and counted: %s %s", async (status, method, path, body, headers) => {
    const { faulty } = await service.statistics();
    const answer = await send(method, path, body, { ...headers });
    expect(answer).toMatchObject({ status, body: { statusCode: status, message: expect.any(String) } });
    expect(await service.statistics()).toMatchObject({ faulty: faulty + 1 });
  });

  it("is nothing that was accepted", async () => {
    const { faulty } = await service.statistics();
    expect((await send("POST", "/webhooks/shop", "{}")).status).toBe(202);
    expect(await service.statistics()).toMatchObject({ faulty });
  });
});

describe("any other route", () => {
  it.each([
    ["GET", "/"],
    ["POST", "/webhooks"],
    ["POST", "/webhooks/a/b"],
    ["PUT", "/stats/"],
  ] as const)("answers 404 to %s %s and says what there is", async (method, path) => {
    const answer = await send(method, path, method === "GET" ? undefined : "{}");
    expect(answer).toMatchObject({
      status: 404,
      body: { message: `There is no ${method} ${path}. There are POST /webhooks/:source and GET /stats.` },
    });
  });

  it.each([
    ["GET", "/webhooks/shop", "POST"],
    ["PUT", "/webhooks/shop?a=b", "POST"],
    ["POST", "/stats", "GET, HEAD"],
    ["PUT", "/healthz", "GET, HEAD"],
  ] as const)("answers 405 to %s %s, and says which methods there are", async (method, path, allow) => {
    const answer = await send(method, path, method === "GET" ? undefined : "{}");
    expect(answer).toMatchObject({ status: 405, headers: { allow }, body: { statusCode: 405 } });
  });

  it("answers 404 there whatever the body is", async () => {
    expect((await send("POST", "/nowhere", "{", JSON_TYPE)).status).toBe(404);
    expect((await send("POST", "/nowhere", "a=1", { "content-type": "text/plain" })).status).toBe(404);
  });
});
