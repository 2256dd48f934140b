/** A connection to an HTTP server that is written to by hand, for what no HTTP client would do. */
import { once } from "node:events";
import { createConnection } from "node:net";
import { eventually } from "./eventually.js";

export interface RawConnection {
  readonly closed: Promise<unknown>;
  /** Sends lines, each ended as HTTP wants it. */
  write(...lines: string[]): void;
  /** Says that no more is to come. */
  end(): void;
  /** Waits until what was received matches, and gives all of it. */
  receive(pattern: RegExp): Promise<string>;
}

export async function connectTo(url: string): Promise<RawConnection> {
  const { hostname, port } = new URL(url);
  const socket = createConnection(Number(port), hostname).setEncoding("utf8");
  let received = "";
  socket.on("data", (text: string) => (received += text));
  // A connection that is cut has been closed like any other.
  socket.on("error", () => undefined);
  const closed = new Promise((resolve) => socket.once("close", resolve));
  await once(socket, "connect");
  return {
    closed,
    write: (...lines) => void socket.write(lines.join("\r\n")),
    end: () => void socket.end(),
    receive: async (pattern) => {
      await eventually(`${String(pattern)} is received`, () => pattern.test(received));
      return received;
    },
  };
}
