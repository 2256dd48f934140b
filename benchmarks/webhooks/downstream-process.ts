/** The downstream, as a process of its own: it takes webhooks, remembers their ids, and misbehaves when told to. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What it does with a request; `away` is not to be there at all. */
export type Conduct = "well" | "slow" | "hang" | "reset" | "half" | "errors" | "away";

export type Order =
  | { readonly type: "conduct"; readonly conduct: Conduct }
  | { readonly type: "check"; readonly ids: readonly string[] };

export type Report =
  | { readonly type: "listening"; readonly port: number }
  | { readonly type: "done" }
  | { readonly type: "checked"; readonly missing: readonly string[]; readonly repeats: number };

const USUAL_MS = 5;
const SLOW_MS = 10 * USUAL_MS;

const seen = new Map<string, number>();
let conduct: Conduct = "well";
let port = 0;
const server = createServer(answer);
/** So that what is still open later is open because it is stuck. */
server.keepAliveTimeout = 3_000;

function answer(request: IncomingMessage, response: ServerResponse): void {
  if (conduct === "reset") {
    request.socket.resetAndDestroy();
    return;
  }
  request.resume();
  if (conduct === "hang") return;
  if (conduct === "half") {
    response.writeHead(200, { "content-length": "100" });
    response.write("half of it", () => request.socket.destroy());
    return;
  }
  if (conduct === "errors") {
    response.writeHead(500).end();
    return;
  }
  const id = String(request.headers["webhook-id"]);
  seen.set(id, (seen.get(id) ?? 0) + 1);
  setTimeout(() => response.writeHead(204).end(), conduct === "slow" ? SLOW_MS : USUAL_MS);
}

const report = (message: Report): void => void process.send?.(message);
const listen = (then: () => void): void => void server.listen(port, "127.0.0.1", then);

process.on("message", (order: Order) => {
  if (order.type === "check") {
    const missing = order.ids.filter((id) => !seen.has(id));
    const repeats = order.ids.reduce((sum, id) => sum + Math.max(0, (seen.get(id) ?? 0) - 1), 0);
    report({ type: "checked", missing, repeats });
    return;
  }
  const was = conduct;
  conduct = order.conduct;
  // Requests that hang hang no longer.
  if (was === "hang") server.closeAllConnections();
  if (conduct === "away" && was !== "away") {
    server.close();
    server.closeAllConnections();
  }
  if (was === "away" && conduct !== "away") listen(() => report({ type: "done" }));
  else report({ type: "done" });
});

listen(() => {
  // A server that listens on TCP has an address of this kind.
  ({ port } = server.address() as AddressInfo);
  report({ type: "listening", port });
});
