/**
 * Makes sure that one process at a time uses a directory.
 *
 * The lock is a socket that the process listens on, not a file with its number: when the process dies,
 * however it dies, nobody listens any more, and a number could by then belong to somebody else.
 */
import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { createConnection, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { action, call, ensure, resource, type Operation } from "coppice";
import { ServiceError } from "./service-error.js";

/** Socket addresses are cut off at about this length by the operating systems. */
const LONGEST_ADDRESS = 100;

/**
 * Holds the directory until the scope ends.
 *
 * Throws: ServiceError when another process holds it.
 */
export const useDirectoryLock = (directory: string): Operation<void> =>
  resource(function* (provide) {
    const address = addressFor(directory);
    const server = createServer((socket) => socket.end());
    yield* ensure(() => close(server));
    if ((yield* listen(server, address)) === "in use") {
      if (yield* isAlive(address)) {
        throw new ServiceError(
          `${directory} is in use by another process. Stop it, or set DATA_DIR to another directory.`,
        );
      }
      yield* call(() => rm(address, { force: true }));
      yield* listen(server, address);
    }
    yield* provide();
  });

function addressFor(directory: string): string {
  const fingerprint = createHash("sha256").update(directory).digest("hex").slice(0, 16);
  if (process.platform === "win32") return `\\\\.\\pipe\\coppice-webhooks-${fingerprint}`;
  const inside = join(directory, "in-use");
  return inside.length <= LONGEST_ADDRESS ? inside : join(tmpdir(), `coppice-webhooks-${fingerprint}`);
}

const listen = (server: Server, address: string): Operation<"listening" | "in use"> =>
  action<"listening" | "in use">((resolve, reject) => {
    const onListening = (): void => resolve("listening");
    const onError = (error: NodeJS.ErrnoException): void =>
      error.code === "EADDRINUSE" ? resolve("in use") : reject(error);
    server.once("listening", onListening).once("error", onError).listen(address);
    return () => server.off("listening", onListening).off("error", onError);
  });

/** Whether anybody answers at the address: the socket of a dead process refuses. */
const isAlive = (address: string): Operation<boolean> =>
  action<boolean>((resolve) => {
    const socket = createConnection(address);
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    return () => socket.destroy();
  });

const close = (server: Server): Operation<void> =>
  action((resolve) => {
    server.close(() => resolve());
  });
