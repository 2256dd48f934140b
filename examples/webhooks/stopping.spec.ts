import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { eventually } from "./testing/eventually.js";
import { connectTo, type RawConnection } from "./testing/raw-connection.js";
import { send } from "./testing/send.js";
import { startService, type RunningService } from "./testing/service-in-process.js";
import { makeTemporaryDirectory, type TemporaryDirectory } from "./testing/temporary-directory.js";

let directory: TemporaryDirectory;
let service: RunningService;

beforeAll(async () => {
  directory = await makeTemporaryDirectory();
});
afterEach(() => service.cancel(), 60_000);
afterAll(() => directory.remove(), 60_000);

async function start(environment: Record<string, string> = {}): Promise<void> {
  service = await startService({ environment: { DATA_DIR: directory.path, ...environment } });
}

/** Posts a webhook of two bytes, but not its body yet; the server has it in its hands when this returns. */
async function beginRequest(): Promise<RawConnection> {
  const connection = await connectTo(service.url);
  const headers = ["Host: x", "Content-Type: application/json", "Content-Length: 2", "Expect: 100-continue"];
  connection.write("POST /webhooks/shop HTTP/1.1", ...headers, "", "");
  await connection.receive(/^HTTP\/1.1 100 Continue/);
  return connection;
}

describe("stopping", () => {
  it("answers the requests in flight, delivers their webhooks, and closes their connections", async () => {
    await start();
    const connection = await beginRequest();
    const stopped = service.stop();
    connection.write("{}");
    const answer = await connection.receive(/"id":/);
    expect(answer).toMatch(/HTTP\/1.1 202 Accepted/);
    expect(answer).toMatch(/connection: close/i);
    await connection.closed;
    expect(await stopped).toMatchObject({ accepted: 1, forwarded: 1, published: 1, waiting: 0 });
  }, 120_000);

  it("takes no new connections while requests are in flight", async () => {
    await start();
    const connection = await beginRequest();
    const stopped = service.stop();
    await eventually("connections are refused", () =>
      send(service.url).then(
        () => false,
        () => true,
      ),
    );
    connection.write("{}");
    await connection.receive(/ 202 Accepted/);
    await stopped;
  }, 120_000);

  it("takes no further request over a connection that is still open", async () => {
    await start();
    const inFlight = await beginRequest();
    const stopped = service.stop();
    // The second request arrives behind the first one, on the same connection.
    inFlight.write("{}GET /stats HTTP/1.1", "Host: x", "", "");
    await inFlight.closed;
    const answers = await inFlight.receive(/ 202 Accepted/);
    expect(answers).not.toMatch(/ 200 OK/);
    await stopped;
  }, 120_000);

  it("is not held up by connections that are kept alive", async () => {
    await start({ GRACE_MS: "600000" });
    const connection = await connectTo(service.url);
    connection.write("GET /stats HTTP/1.1", "Host: x", "", "");
    expect(await connection.receive(/"accepted":0/)).toMatch(/connection: keep-alive/i);
    await service.stop();
    await connection.closed;
  }, 120_000);

  it("is not held up by connections on which nothing was ever sent", async () => {
    await start({ GRACE_MS: "600000" });
    const connection = await connectTo(service.url);
    await send(service.url);
    await service.stop();
    await connection.closed;
  }, 120_000);

  it.each([
    ["begun", ["POST /webhooks/shop HTTP/1.1", "Host: x"]],
    ["begun after another one", ["GET /stats HTTP/1.1", "Host: x", "", "GET /stats HTTP/1.1", "Host: x"]],
  ])(
    "is not held up by connections on which a request has only %s",
    async (_what, lines) => {
      await start({ GRACE_MS: "600000" });
      const connection = await connectTo(service.url);
      connection.write(...lines, "");
      // What the server has read is known to it before what comes over a connection that is younger.
      await send(service.url);
      await service.stop();
      await connection.closed;
    },
    120_000,
  );

  it("cuts a request without end when the grace period is over", async () => {
    await start({ GRACE_MS: "100" });
    const connection = await beginRequest();
    expect(await service.stop()).toMatchObject({ accepted: 0, waiting: 0 });
    await connection.closed;
  }, 120_000);
});
