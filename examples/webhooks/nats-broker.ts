/**
 * Publishes to a JetStream stream. A message is published when the server says that the stream has it; one whose id
 * it has had in the last minutes it drops itself.
 */
import { call, resource, type Operation } from "coppice";
import type { NatsConnection } from "nats";
import { abortable } from "./abortable.js";
import type { Broker } from "./broker.js";
import { describeNats, useNatsLink, type NatsOptions } from "./nats-connection.js";
import { toWire } from "./wire.js";
import type { Webhook } from "./webhook.js";

const HEADERS_BYTES = 1_024;
/** Longer than anybody waits here: the limit is the publisher's. */
const TIMEOUT_MS = 60_000;
const USUAL_LIMIT = 1024 * 1024;

export const useNatsBroker = (options: NatsOptions): Operation<Broker> =>
  resource<Broker>(function* (provide) {
    const link = yield* useNatsLink(options);
    const largestMessage = link.connection?.connection.info?.max_payload ?? USUAL_LIMIT;
    yield* provide({
      description: `${describeNats(options)}, stream ${options.topic}`,
      largestBody: largestMessage - HEADERS_BYTES,
      get isConnected() {
        return link.connection !== undefined;
      },
      *publish(message) {
        if (link.connection === undefined) throw new Error("There is no connection to NATS.");
        const { connection, isGone } = link.connection;
        try {
          yield* call((signal) => abortable(signal, publishTo(connection, options.topic, message)));
        } catch (cause) {
          if (!isNobodyThere(cause)) throw cause;
          isGone("no stream takes what is published");
          throw new Error("No stream takes the message.", { cause });
        }
      },
    });
  });

async function publishTo(connection: NatsConnection, topic: string, message: Webhook): Promise<void> {
  const { headers, body } = toWire(message);
  const { headers: createHeaders } = await import("nats");
  const natsHeaders = createHeaders();
  for (const [name, value] of Object.entries(headers)) natsHeaders.set(name, value);
  await connection.jetstream().publish(`${topic}.${subjectOf(message.source)}`, body, {
    msgID: message.id,
    headers: natsHeaders,
    timeout: TIMEOUT_MS,
  });
}

/** How the server says that nobody listens to a subject. */
const isNobodyThere = (error: unknown): boolean => (error as { code?: unknown }).code === "503";

/** Dots divide subjects, and an empty part is none. */
const subjectOf = (source: string): string => source.replaceAll(".", "_");
