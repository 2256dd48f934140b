/**
 * The smallest HTTP client that will do: requests over kept connections, one at a time on each. It costs little, so
 * that on a small machine the load is the service's and not the sender's.
 *
 * Senders keep their connections, so some are opened before the first request. There are never more than a limit;
 * requests that find none wait here, which counts as their latency like any other wait.
 */
import { once } from "node:events";
import { createConnection, type Socket } from "node:net";

export interface Reply {
  /** 0 when there was none. */
  readonly status: number;
  readonly body: string;
}

export type Replied = (reply: Reply) => void;

const NO_REPLY: Reply = { status: 0, body: "" };
const END_OF_HEAD = "\r\n\r\n";
const MOST_CONNECTIONS = 1_000;
const SWEEP_MS = 250;

interface Request {
  readonly text: string;
  readonly replied: Replied;
}

export class HttpSender {
  readonly #host: string;
  readonly #port: number;
  readonly #timeoutMs: number;
  readonly #idle: Connection[] = [];
  readonly #all = new Set<Connection>();
  readonly #waiting: Request[] = [];
  readonly #sweep: NodeJS.Timeout;
  #isClosed = false;

  /** @param timeoutMs - what a request may take once it was sent */
  constructor(url: string, timeoutMs: number) {
    const { hostname, port } = new URL(url);
    this.#host = hostname;
    this.#port = Number(port);
    this.#timeoutMs = timeoutMs;
    this.#sweep = setInterval(() => this.#endLate(), SWEEP_MS);
  }

  /** Opens the first connections. */
  async open(connections: number): Promise<void> {
    const length = Math.min(connections, MOST_CONNECTIONS);
    const opening = Array.from({ length }, () => this.#connect());
    await Promise.all(opening.map((connection) => connection.opened));
    this.#idle.push(...opening);
  }

  /** Posts ASCII, and tells what came back. Never fails: no reply within the time is one too. */
  post(path: string, body: string, replied: Replied): void {
    const text =
      `POST ${path} HTTP/1.1\r\nhost: ${this.#host}\r\ncontent-type: application/json\r\n` +
      `content-length: ${String(body.length)}\r\n\r\n${body}`;
    const connection = this.#idle.pop();
    if (connection !== undefined) connection.send(text, replied);
    else if (this.#all.size < MOST_CONNECTIONS) this.#connect().send(text, replied);
    else this.#waiting.push({ text, replied });
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#sweep);
    for (const connection of this.#all) connection.destroy();
    for (const { replied } of this.#waiting.splice(0)) replied(NO_REPLY);
  }

  #connect(): Connection {
    const connection: Connection = new Connection(createConnection(this.#port, this.#host), {
      idle: () => {
        const next = this.#waiting.shift();
        if (next === undefined) this.#idle.push(connection);
        else connection.send(next.text, next.replied);
      },
      gone: () => {
        this.#all.delete(connection);
        const at = this.#idle.indexOf(connection);
        if (at >= 0) this.#idle.splice(at, 1);
        const next = this.#isClosed ? undefined : this.#waiting.shift();
        if (next !== undefined) this.#connect().send(next.text, next.replied);
      },
    });
    this.#all.add(connection);
    return connection;
  }

  #endLate(): void {
    const latest = performance.now() - this.#timeoutMs;
    for (const connection of this.#all) if (connection.sentAt < latest) connection.destroy();
  }
}

interface Fate {
  idle(): void;
  gone(): void;
}

class Connection {
  /** Whether it came to that or not. */
  readonly opened: Promise<unknown>;
  /** `Infinity` while there is no request. */
  sentAt = Infinity;
  readonly #socket: Socket;
  readonly #fate: Fate;
  #received = "";
  #replied: Replied | undefined;

  constructor(socket: Socket, fate: Fate) {
    this.#socket = socket.setNoDelay(true).setEncoding("latin1");
    this.#fate = fate;
    this.opened = once(socket, "connect").catch(() => undefined);
    socket.on("data", (text: string) => this.#read(text));
    socket.on("error", () => undefined);
    socket.on("close", () => {
      fate.gone();
      this.#settle(NO_REPLY);
    });
  }

  send(request: string, replied: Replied): void {
    this.#replied = replied;
    this.sentAt = performance.now();
    this.#socket.write(request, "latin1");
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #read(text: string): void {
    this.#received += text;
    const end = this.#received.indexOf(END_OF_HEAD);
    if (end < 0) return;
    const head = this.#received.slice(0, end);
    const length = Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    const body = this.#received.slice(end + END_OF_HEAD.length);
    if (body.length < length) return;
    this.#received = "";
    const isLast = /connection: *close/i.test(head);
    const wasWaiting = this.#replied !== undefined;
    this.#settle({ status: Number(head.slice(9, 12)), body });
    if (isLast) this.#socket.end();
    else if (wasWaiting) this.#fate.idle();
  }

  #settle(reply: Reply): void {
    const replied = this.#replied;
    this.#replied = undefined;
    this.sentAt = Infinity;
    replied?.(reply);
  }
}
