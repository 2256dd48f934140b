/**
 * A downstream for those who have none at hand: the service's own when DOWNSTREAM_URL is not set, and the one
 * that the demo and the specs look into.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { action, ensure, resource, type Operation } from "coppice";

/** A webhook as it arrived here. */
export interface DownstreamCall {
  readonly id: string;
  readonly source: string;
  readonly attempt: number;
  readonly body: string;
  /** What it was told to have for its answer, in ms. */
  readonly timeoutMs: number;
}

/** A status, or one with headers. */
export type Answer = number | { readonly status: number; readonly headers: Readonly<Record<string, string>> };

/** What to answer; a promise that never resolves is a downstream that hangs. */
export type Respond = (call: DownstreamCall) => Answer | Promise<Answer>;

const acceptEverything: Respond = () => 204;

/** Serves on a free port of the loopback interface until the scope ends, and gives its address. */
export const useBuiltInDownstream = (respond = acceptEverything): Operation<string> =>
  resource<string>(function* (provide) {
    const server = createServer((request, response) => void answer(request, response, respond));
    yield* ensure(() => close(server));
    yield* provide(yield* listen(server));
  });

async function answer(request: IncomingMessage, response: ServerResponse, respond: Respond): Promise<void> {
  try {
    const { headers } = request;
    const answered = await respond({
      id: String(headers["webhook-id"]),
      source: String(headers["webhook-source"]),
      attempt: Number(headers["webhook-attempt"]),
      body: await text(request),
      timeoutMs: Number(headers["webhook-timeout-ms"]),
    });
    const { status, headers: told } =
      typeof answered === "number" ? { status: answered, headers: {} } : answered;
    response.writeHead(status, told).end();
  } catch {
    // The sender gave up while it sent: there is nobody to answer.
    response.destroy();
  }
}

const listen = (server: Server): Operation<string> =>
  action<string>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      // A server that listens on TCP has an address of this kind.
      resolve(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
    });
    return () => server.off("error", reject);
  });

const close = (server: Server): Operation<void> =>
  action((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
