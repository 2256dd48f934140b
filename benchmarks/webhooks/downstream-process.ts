/**
 * The downstream, as a process of its own: it takes webhooks, remembers their ids, and misbehaves when told to. It reads
 * no more of HTTP than it must, so that on a small machine the work is the service's.
 */
import { createServer, type AddressInfo, type Socket } from "node:net";
import { Tally } from "./tally.js";

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
/** So that what is still open later is open because it is stuck. */
const KEEP_ALIVE_S = 3;
const END_OF_HEAD = "\r\n\r\n";
const KEPT = `connection: keep-alive\r\nkeep-alive: timeout=${String(KEEP_ALIVE_S)}\r\n`;
const TAKEN = `HTTP/1.1 204 No Content\r\n${KEPT}\r\n`;
const FAILED = `HTTP/1.1 500 Internal Server Error\r\n${KEPT}content-length: 0\r\n\r\n`;
const HALF = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf of it";

const seen = new Tally();
const sockets = new Set<Socket>();
let conduct: Conduct = "well";
let port = 0;
const server = createServer({ noDelay: true }, take);

/** One connection: requests come one after the other on it. */
function take(socket: Socket): void {
  let received = "";
  sockets.add(socket);
  socket.setEncoding("latin1");
  socket.setTimeout(KEEP_ALIVE_S * 1000, () => {
    // One that hangs is answered by nobody, and kept.
    if (conduct !== "hang") socket.end();
  });
  socket.on("error", () => undefined);
  socket.on("close", () => sockets.delete(socket));
  socket.on("data", (text: string) => {
    received += text;
    const end = received.indexOf(END_OF_HEAD);
    if (end < 0) return;
    const length = Number(/content-length: *(\d+)/i.exec(received)?.[1] ?? 0);
    if (received.length < end + END_OF_HEAD.length + length) return;
    const id = /webhook-id: *(\S+)/i.exec(received)?.[1] ?? "";
    received = "";
    answer(socket, id);
  });
}

function answer(socket: Socket, id: string): void {
  if (conduct === "reset") socket.resetAndDestroy();
  else if (conduct === "half") socket.write(HALF, () => socket.destroy());
  else if (conduct === "errors") socket.write(FAILED);
  else if (conduct !== "hang") {
    seen.add(id);
    setTimeout(() => socket.write(TAKEN), conduct === "slow" ? SLOW_MS : USUAL_MS);
  }
}

const report = (message: Report): void => void process.send?.(message);
const listen = (then: () => void): void => void server.listen(port, "127.0.0.1", then);

function cutAll(): void {
  for (const socket of sockets) socket.destroy();
}

process.on("message", (order: Order) => {
  if (order.type === "check") {
    report({ type: "checked", missing: seen.missing(order.ids), repeats: seen.repeats(order.ids) });
    return;
  }
  const was = conduct;
  conduct = order.conduct;
  // Requests that hang hang no longer.
  if (was === "hang") cutAll();
  if (conduct === "away" && was !== "away") {
    server.close();
    cutAll();
  }
  if (was === "away" && conduct !== "away") listen(() => report({ type: "done" }));
  else report({ type: "done" });
});

listen(() => {
  // A server that listens on TCP has an address of this kind.
  ({ port } = server.address() as AddressInfo);
  report({ type: "listening", port });
});
