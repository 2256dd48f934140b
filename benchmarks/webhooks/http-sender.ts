/**
 * The smallest HTTP client that will do: requests over kept connections, one at a time on each. It costs little, so
 * that on a small machine the load is the service's and not the sender's.
 */
import { createConnection, type Socket } from "node:net";

export interface Reply {
  /** 0 when there was none. */
  readonly status: number;
  readonly body: string;
}

const NO_REPLY: Reply = { status: 0, body: "" };
const END_OF_HEAD = "\r\n\r\n";

export class HttpSender {
  readonly #host: string;
  readonly #port: number;
  readonly #idle: Connection[] = [];
  readonly #all = new Set<Connection>();

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.#host = hostname;
    this.#port = Number(port);
  }

  /** How many connections there are. */
  get connections(): number {
    return this.#all.size;
  }

  /** Posts, and gives what came back. Never fails: no reply within the time is one too. */
  post(path: string, body: string, timeoutMs: number): Promise<Reply> {
    const connection = this.#idle.pop() ?? this.#connect();
    const head =
      `POST ${path} HTTP/1.1\r\nhost: ${this.#host}\r\ncontent-type: application/json\r\n` +
      `content-length: ${String(Buffer.byteLength(body))}\r\n\r\n`;
    return connection.exchange(head + body, timeoutMs);
  }

  close(): void {
    for (const connection of this.#all) connection.destroy();
  }

  #connect(): Connection {
    const connection: Connection = new Connection(createConnection(this.#port, this.#host), {
      idle: () => this.#idle.push(connection),
      gone: () => {
        this.#all.delete(connection);
        const at = this.#idle.indexOf(connection);
        if (at >= 0) this.#idle.splice(at, 1);
      },
    });
    this.#all.add(connection);
    return connection;
  }
}

interface Fate {
  idle(): void;
  gone(): void;
}

class Connection {
  readonly #socket: Socket;
  readonly #fate: Fate;
  #received = "";
  #waiting: ((reply: Reply) => void) | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(socket: Socket, fate: Fate) {
    this.#socket = socket.setNoDelay(true).setEncoding("latin1");
    this.#fate = fate;
    socket.on("data", (text: string) => this.#read(text));
    socket.on("error", () => undefined);
    socket.on("close", () => {
      fate.gone();
      this.#settle(NO_REPLY);
    });
  }

  exchange(request: string, timeoutMs: number): Promise<Reply> {
    return new Promise((resolve) => {
      this.#waiting = resolve;
      this.#timer = setTimeout(() => this.destroy(), timeoutMs);
      this.#socket.write(request);
    });
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #read(text: string): void {
    this.#received += text;
    const end = this.#received.indexOf(END_OF_HEAD);
    if (end < 0) return;
    const head = this.#received.slice(0, end).toLowerCase();
    const length = Number(/content-length: *(\d+)/.exec(head)?.[1] ?? 0);
    const body = this.#received.slice(end + END_OF_HEAD.length);
    if (body.length < length) return;
    this.#received = "";
    const isLast = head.includes("connection: close");
    if (isLast) this.#socket.end();
    const settle = this.#waiting;
    if (!isLast && settle !== undefined) this.#fate.idle();
    this.#settle({ status: Number(head.slice(9, 12)), body });
  }

  #settle(reply: Reply): void {
    clearTimeout(this.#timer);
    const settle = this.#waiting;
    this.#waiting = undefined;
    settle?.(reply);
  }
}
