/**
 * Receives from a JetStream stream through one durable consumer, which all programs share: each message goes to one
 * of them, and to another when it is not acknowledged in time.
 */
import { call, ensure, Queue, resource, sleep, spawn, type Operation } from "coppice";
import type { JetStreamManager, JsMsg, Consumer as NatsConsumer, NatsConnection } from "nats";
import { abortable } from "./abortable.js";
import type { Received, Subscription } from "./broker.js";
import { describeNats, useNatsLink, type NatsOptions, type NatsStream } from "./nats-connection.js";
import { fromWire } from "./wire.js";

const CONSUMER = "webhooks-consumer";
const ACK_WAIT_MS = 30_000;
const FAREWELL_MS = 500;
const PULL_MS = 1_000;
const PAUSE_MS = 10;
const NANOSECONDS = 1e6;

export const useNatsSubscription = (options: NatsOptions, prefetch: number): Operation<Subscription> =>
  resource<Subscription>(function* (provide) {
    const messages = new Queue<Received>({ name: "received" });
    const link = yield* useNatsLink(options, (stream) =>
      useConsumer(stream, options.topic, prefetch, messages),
    );
    yield* provide({
      description: `${describeNats(options)}, consumer ${CONSUMER} of stream ${options.topic}`,
      get isConnected() {
        return link.connection !== undefined;
      },
      receive: () => messages.get(),
    });
  });

function* useConsumer(
  { connection, manager }: NatsStream,
  topic: string,
  prefetch: number,
  messages: Queue<Received>,
): Operation<void> {
  const consumer = yield* call((signal) => abortable(signal, findConsumer(connection, manager, topic)));
  // A consumer that leaves is not noticed by the server, as it would be where messages belong to a connection.
  yield* ensure(() => {
    for (let left = messages.tryGet(); left !== undefined; left = messages.tryGet()) left.value.giveBack();
  });
  yield* spawn(
    function* () {
      for (;;) {
        const room = prefetch - messages.size;
        // Not cut short: what the server has handed out would be nobody's until it gives up waiting.
        if (room > 0) yield* call(() => pull(consumer, room, messages));
        else yield* sleep(PAUSE_MS);
      }
    },
    { name: "puller" },
  );
}

async function findConsumer(
  connection: NatsConnection,
  manager: JetStreamManager,
  topic: string,
): Promise<NatsConsumer> {
  const { AckPolicy } = await import("nats");
  await manager.consumers.add(topic, {
    durable_name: CONSUMER,
    ack_policy: AckPolicy.Explicit,
    ack_wait: ACK_WAIT_MS * NANOSECONDS,
    max_ack_pending: 10_000,
  });
  return connection.jetstream().consumers.get(topic, CONSUMER);
}

/** Asks for so many messages, and hands on what comes within a second; also when the server says nothing more. */
async function pull(consumer: NatsConsumer, most: number, messages: Queue<Received>): Promise<void> {
  const batch = await consumer.fetch({ max_messages: most, expires: PULL_MS });
  const timer = setTimeout(() => void batch.close(), PULL_MS + FAREWELL_MS);
  try {
    for await (const message of batch) messages.tryPut(received(message));
  } finally {
    clearTimeout(timer);
  }
}

function received(message: JsMsg): Received {
  const header = (name: string): string => message.headers?.get(name) ?? "";
  return {
    message: fromWire(header, message.data),
    isRedelivered: message.redelivered,
    acknowledge: () => message.ack(),
    giveBack: () => message.nak(),
    refuse: () => message.term(),
  };
}
