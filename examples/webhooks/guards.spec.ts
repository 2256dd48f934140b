/** What keeps the wrong people and too many people out, and what tells how the service is. */
import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { request } from "undici";
import { eventually } from "./testing/eventually.js";
import { startServiceWithData, type RunningService } from "./testing/service-in-process.js";

const SECRET = "a secret of the shop";
const BODY = '{"order":1}';
let service: RunningService;

beforeAll(async () => {
  service = await startServiceWithData({
    WEBHOOK_SECRETS: `shop=${SECRET.replaceAll(" ", "-")}`,
    RATE_LIMIT: "3",
  });
}, 120_000);
afterAll(() => service.cancel(), 60_000);

const signature = `sha256=${createHmac("sha256", SECRET.replaceAll(" ", "-")).update(BODY).digest("hex")}`;

async function post(headers: Record<string, string>, body = BODY) {
  const response = await request(`${service.url}/webhooks/shop`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });
  const answer = (await response.body.json()) as Record<string, unknown>;
  return { status: response.statusCode, retryAfter: response.headers["retry-after"], ...answer };
}

async function get(path: string): Promise<{ status: number; text: string }> {
  const response = await request(`${service.url}${path}`);
  return { status: response.statusCode, text: await response.body.text() };
}

describe("a source with a secret", () => {
  it("is answered 401 when it does not sign, or not right, whatever the body is", async () => {
    expect(await post({})).toMatchObject({
      status: 401,
      message: "The header webhook-signature is missing.",
    });
    expect(await post({ "webhook-signature": signature }, "{")).toMatchObject({ status: 401 });
    expect((await service.statistics()).stored).toBe(0);
  });

  it("is answered 202 when it signs, and 429 with Retry-After when it sends too many", async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => post({ "webhook-signature": signature })),
    );
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses).toEqual([202, 202, 202, 429, 429, 429]);
    expect(answers.find(({ status }) => status === 429)).toMatchObject({ retryAfter: "1" });
    await eventually("they are published", () => service.published.length === 3);
    expect(await service.statistics()).toMatchObject({ accepted: 3, limited: 3, unsigned: 2, faulty: 0 });
  });
});

describe("the time that a sender gives", () => {
  it("must be a number", async () => {
    await eventually("the source may send again", async () => {
      const answer = await post({ "webhook-signature": signature, "webhook-timeout-ms": "soon" });
      return answer.status === 400;
    });
  });

  it("goes along to downstream and consumer", () => {
    const [message] = service.published;
    expect(message?.deadline).toBeGreaterThan(Date.now() - 60_000);
    expect(service.calls[0]?.timeoutMs).toBeGreaterThan(0);
    expect(service.calls[0]?.timeoutMs).toBeLessThanOrEqual(service.config.forwardTimeoutMs);
  });
});

describe("how the service is", () => {
  it("is told by /healthz and /readyz", async () => {
    expect(await get("/healthz")).toEqual({ status: 200, text: '{"status":"alive"}' });
    expect(await get("/readyz")).toEqual({
      status: 200,
      text: '{"status":"ready","database":"ready","broker":"ready"}',
    });
  });

  it("is told by /metrics, as Prometheus reads it", async () => {
    const { status, text } = await get("/metrics");
    expect(status).toBe(200);
    expect(text).toMatch(/^webhooks_accepted_total 3$/m);
    expect(text).toMatch(/^webhooks_limited_total \d+$/m);
    expect(text).toMatch(/^webhooks_faulty_total 1$/m);
    expect(text).toMatch(/^webhooks_accept_seconds_count 3$/m);
    expect(text).toMatch(/^webhooks_forward_seconds_bucket\{le="\+Inf"\} 3$/m);
    expect(text).toMatch(/^webhooks_downstream_away 0$/m);
    expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
  });
});
