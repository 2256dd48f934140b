/**
 * The connections to a PostgreSQL server, whoever opened them.
 *
 * Owns their sockets, so that at the end none is left: a server that is frozen never confirms a farewell.
 */
import { Socket } from "node:net";
import { call, ensure, resource, withResolvers, type Operation } from "coppice";
import pg from "pg";
import type { Opened } from "./link.js";

const CONNECT_TIMEOUT_MS = 2_000;

/** What all connections have in common. */
export interface Connecting {
  readonly config: pg.ClientConfig;
  readonly sockets: ReadonlySet<Socket>;
}

/** Settings that connect to `url`, and count the sockets; those still open at the end of the scope are cut. */
export const useConnecting = (url: string): Operation<Connecting> =>
  resource<Connecting>(function* (provide) {
    const sockets = new Set<Socket>();
    yield* ensure(() => {
      for (const socket of sockets) socket.destroy();
    });
    const stream = (): Socket => {
      const socket = new Socket();
      sockets.add(socket);
      return socket.once("close", () => sockets.delete(socket));
    };
    const config = {
      connectionString: url,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      application_name: "coppice webhooks",
      keepAlive: true,
      // The driver takes a function here and calls it for each connection; its types know only half of that.
      stream: stream as unknown as NonNullable<pg.ClientConfig["stream"]>,
    };
    yield* provide({ config, sockets });
  });

/** One connection in which `sql` has been run, for as long as the scope lasts. */
export const useSession = (connecting: Connecting, sql: string): Operation<Opened<void>> =>
  resource<Opened<void>>(function* (provide) {
    const client = new pg.Client(connecting.config);
    const broken = withResolvers<unknown>({ name: "the session is broken" });
    client.on("error", broken.resolve);
    client.on("end", () => broken.resolve("closed by the server"));
    yield* ensure(() => {
      // What is left of it is cut with the rest.
      client.end().catch(() => undefined);
    });
    yield* call(async () => {
      await client.connect();
      await client.query({ text: sql, query_timeout: CONNECT_TIMEOUT_MS } as pg.QueryConfig);
    });
    yield* provide({ connection: undefined, broken: broken.operation });
  });
