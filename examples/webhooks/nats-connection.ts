/** A connection to NATS, with the JetStream stream in place. */
import { call, ensure, resource, timeout, withResolvers, type Operation } from "coppice";
import type { JetStreamManager, NatsConnection } from "nats";
import { abortable } from "./abortable.js";
import { useLink, type Link, type Opened } from "./link.js";
import type { Log } from "./log.js";
import { withoutPassword } from "./reason.js";

export interface NatsOptions {
  readonly url: string;
  /** The name of the stream; messages are on the subject `name.source`. */
  readonly topic: string;
  readonly startMs: number;
  readonly log: Log;
}

export interface NatsStream {
  readonly connection: NatsConnection;
  readonly manager: JetStreamManager;
  /** Says that the stream is gone: the next connection makes it anew. */
  readonly isGone: (reason: string) => void;
}

const CONNECT_TIMEOUT_MS = 2_000;
const FAREWELL_MS = 500;
const PING_MS = 2_000;
const NANOSECONDS = 1e6;
/** For how long the broker itself drops repeats. */
const REPEATS_MS = 120_000;

export const describeNats = ({ url }: NatsOptions): string => `NATS at ${withoutPassword(url)}`;

/** Connects, and stays connected; waits for the first connection. */
export const useNatsLink = (
  options: NatsOptions,
  useMore?: (stream: NatsStream) => Operation<void>,
): Operation<Link<NatsStream>> =>
  useLink({
    name: describeNats(options),
    open: useNatsStream(options, useMore),
    log: options.log,
    startMs: options.startMs,
    advice: "Check NATS_URL.",
  });

const useNatsStream = (
  options: NatsOptions,
  useMore?: (stream: NatsStream) => Operation<void>,
): Operation<Opened<NatsStream>> =>
  resource<Opened<NatsStream>>(function* (provide) {
    const connection = yield* call((signal) => abortable(signal, connectTo(options.url), cut));
    yield* ensure(() => leave(connection));
    const manager = yield* timeout(
      CONNECT_TIMEOUT_MS,
      call((signal) => abortable(signal, prepare(connection, options.topic))),
    );
    const broken = withResolvers<unknown>({ name: "the connection is broken" });
    connection.closed().then(broken.resolve, broken.resolve);
    const stream = { connection, manager, isGone: broken.resolve };
    if (useMore !== undefined) yield* useMore(stream);
    yield* provide({ connection: stream, broken: broken.operation });
  });

/** Loads the client only where there is a server for it. */
async function connectTo(url: string): Promise<NatsConnection> {
  const { connect } = await import("nats");
  return connect(settings(url));
}

/**
 * Its own way to connect again is off: requests on a connection that broke shall fail at once. With `tls:` nothing is
 * told to a server that does not encrypt. A user name without a password is a token.
 */
export function settings(url: string) {
  const { protocol, username, password, host } = new URL(url);
  const [user, pass] = [decodeURIComponent(username), decodeURIComponent(password)];
  return {
    servers: host,
    reconnect: false,
    timeout: CONNECT_TIMEOUT_MS,
    pingInterval: PING_MS,
    maxPingOut: 2,
    ...(protocol === "tls:" && { tls: {} }),
    ...(pass !== "" ? { user, pass } : user !== "" && { token: user }),
  };
}

async function prepare(connection: NatsConnection, name: string): Promise<JetStreamManager> {
  const { RetentionPolicy } = await import("nats");
  const manager = await connection.jetstreamManager({ timeout: CONNECT_TIMEOUT_MS });
  await manager.streams.add({
    name,
    subjects: [`${name}.>`],
    retention: RetentionPolicy.Workqueue,
    duplicate_window: REPEATS_MS * NANOSECONDS,
  });
  return manager;
}

/** What was acknowledged last is on its way still; a server that is frozen does not hear of it. */
function* leave(connection: NatsConnection): Operation<void> {
  const flushed = call((signal) =>
    abortable(
      signal,
      connection.flush().catch(() => undefined),
    ),
  );
  yield* timeout(FAREWELL_MS, flushed, { otherwise: undefined });
  cut(connection);
}

function cut(connection: NatsConnection): void {
  connection.close().catch(() => undefined);
}
