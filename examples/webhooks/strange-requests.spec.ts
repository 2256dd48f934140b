/** What no HTTP client would send: how it is answered, and that it is counted. */
import { Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createFront } from "./http-front.js";
import { eventually } from "./testing/eventually.js";
import { connectTo } from "./testing/raw-connection.js";
import { startServiceWithData, type RunningService } from "./testing/service-in-process.js";

const HEAD = ["POST /webhooks/shop HTTP/1.1", "Host: x"];
const JSON_TYPE = "Content-Type: application/json";

let service: RunningService;

beforeAll(async () => {
  service = await startServiceWithData();
}, 120_000);
afterAll(() => service.cancel(), 60_000);

const faulty = async (): Promise<number> => (await service.statistics()).faulty;

/** Sends lines, and gives all that comes until the connection is closed. */
async function answersTo(...lines: string[]): Promise<string> {
  const connection = await connectTo(service.url);
  connection.write(...lines);
  await connection.closed;
  return connection.receive(/^/);
}

describe("what cannot be read", () => {
  it.each([
    ["a line that is no request", 400, ["HELLO", "", ""]],
    ["another protocol", 400, ["\x16\x03\x01\x00\xc8\x01", "", ""]],
    ["a header without a colon", 400, [...HEAD, "webhook", "", ""]],
    ["a method that does not exist", 400, ["SHOUT /webhooks/shop HTTP/1.1", "Host: x", "", ""]],
    ["two lengths", 400, [...HEAD, "Content-Length: 2", "Content-Length: 3", "", "{}"]],
    ["headers without end", 431, [...HEAD, `webhook: ${"a".repeat(20_000)}`, "", ""]],
    ["a request to connect", 405, ["CONNECT example.com:443 HTTP/1.1", "Host: x", "", ""]],
    ["a chunk without a length", 400, [...HEAD, JSON_TYPE, "Transfer-Encoding: chunked", "", "zz", ""]],
  ])("is answered like any other fault, closed and counted: %s", async (_what, status, lines) => {
    const before = await faulty();
    const answer = await answersTo(...lines);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${String(status)} `));
    expect(answer).toMatch(/\r\nconnection: close\r\n/i);
    expect(JSON.parse(answer.slice(answer.indexOf("\r\n\r\n")))).toMatchObject({
      statusCode: status,
      message: expect.any(String),
    });
    expect(await faulty()).toBe(before + 1);
  });

  it("is told what is wrong with it", async () => {
    expect(await answersTo("SHOUT / HTTP/1.1", "Host: x", "", "")).toMatch(
      /"The request cannot be read: Invalid method encountered\."/,
    );
  });

  it("is nothing that never came: a connection without a word is closed, and not counted", () => {
    let faults = 0;
    const handlers = { faulty: () => (faults += 1), failed: () => undefined };
    const { server } = createFront(handlers, { routes: "" });
    const late = Object.assign(new Error("Request timeout"), { code: "ERR_HTTP_REQUEST_TIMEOUT" });
    const connection = new Socket();
    server.emit("clientError", late, connection);
    expect(connection.destroyed).toBe(true);
    expect(faults).toBe(0);
  });

  it("does not take back the answer to the request before it", async () => {
    const before = await service.statistics();
    const answer = await answersTo(...HEAD, JSON_TYPE, "Content-Length: 2", "", "{}HELLO", "", "");
    expect(answer).not.toMatch(/^HTTP\/1.1 400 /);
    expect(await faulty()).toBe(before.faulty + 1);
  });
});

describe("a request that breaks off", () => {
  it.each([
    ["its headers", [...HEAD, "Content-Le"]],
    ["its body", [...HEAD, JSON_TYPE, "Content-Length: 20", "", '{"a"']],
  ])("in %s is counted once, and nothing is accepted", async (_what, lines) => {
    const before = await service.statistics();
    const connection = await connectTo(service.url);
    connection.write(...lines);
    connection.end();
    await connection.closed;
    await eventually("it is counted", async () => (await faulty()) > before.faulty);
    expect(await service.statistics()).toMatchObject({
      faulty: before.faulty + 1,
      accepted: before.accepted,
    });
  });
});

describe("a sender that waits to be asked for the body", () => {
  const expecting = (...lines: string[]): string[] => [...lines, "Expect: 100-continue", "", ""];

  it("is asked for it, and answered over a connection that stays", async () => {
    const connection = await connectTo(service.url);
    connection.write(...expecting(...HEAD, JSON_TYPE, "Content-Length: 2"));
    await connection.receive(/^HTTP\/1.1 100 Continue\r\n\r\n$/);
    connection.write("{}");
    expect(await connection.receive(/"id":/)).toMatch(/ 202 Accepted\r\n[^]*connection: keep-alive/i);
    connection.end();
  });

  it.each([
    [413, [...HEAD, JSON_TYPE, "Content-Length: 2000000"]],
    [415, [...HEAD, "Content-Type: text/plain", "Content-Length: 2"]],
    [404, ["POST /nowhere HTTP/1.1", "Host: x", JSON_TYPE, "Content-Length: 2"]],
  ])("is answered %i at once when it would be in vain", async (status, lines) => {
    const answer = await answersTo(...expecting(...lines));
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${String(status)} `));
    expect(answer).not.toMatch(/ 100 Continue/);
  });

  it("is answered 417 when it expects anything else", async () => {
    const before = await faulty();
    const lines = [...HEAD, JSON_TYPE, "Content-Length: 2", "Expect: a miracle", "Connection: close"];
    expect(await answersTo(...lines, "", "{}")).toMatch(/^HTTP\/1.1 417 [^]*"statusCode":417/);
    expect(await faulty()).toBe(before + 1);
  });
});

describe("a body in chunks", () => {
  const chunked = [...HEAD, JSON_TYPE, "Transfer-Encoding: chunked", "Connection: close", ""];

  it("is taken", async () => {
    expect(await answersTo(...chunked, "1", "{", "1", "}", "0", "", "")).toMatch(/ 202 Accepted/);
  });

  it("is answered 413 as soon as it is too long", async () => {
    const chunk = "1".repeat(0x80000);
    expect(await answersTo(...chunked, "80000", chunk, "80000", chunk, "1", "1", "")).toMatch(
      /^HTTP\/1.1 413 /,
    );
  });
});
