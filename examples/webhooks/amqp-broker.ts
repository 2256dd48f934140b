/**
 * Publishes to RabbitMQ. A message is published when the broker has confirmed it: it is in a durable queue, on disk.
 *
 * A confirmation says nothing about a message that no queue takes; such a one comes back first, and is refused here.
 */
import { action, resource, type Operation } from "coppice";
import { describeAmqp, useAmqpLink, type AmqpChannel, type AmqpOptions } from "./amqp-channel.js";
import type { Broker } from "./broker.js";
import { toWire } from "./wire.js";
import type { Webhook } from "./webhook.js";

const LARGEST_BODY = 16 * 1024 * 1024;

export const useAmqpBroker = (options: AmqpOptions): Operation<Broker> =>
  resource<Broker>(function* (provide) {
    const link = yield* useAmqpLink(options);
    yield* provide({
      description: `${describeAmqp(options)}, exchange ${options.topic}`,
      largestBody: LARGEST_BODY,
      get isConnected() {
        return link.connection !== undefined;
      },
      *publish(message) {
        const { connection } = link;
        if (connection === undefined) throw new Error("There is no connection to RabbitMQ.");
        yield* publishTo(connection, options.topic, message);
      },
    });
  });

const publishTo = (
  { channel, writes, returned }: AmqpChannel,
  exchange: string,
  message: Webhook,
): Operation<void> =>
  action((resolve, reject) => {
    const { id: messageId, source } = message;
    const { headers, body } = toWire(message);
    const options = {
      headers,
      messageId,
      contentType: "application/json",
      persistent: true,
      mandatory: true,
    };
    writes.hold();
    channel.publish(exchange, source, body, options, (error: unknown) => {
      if (error !== null && error !== undefined) reject(error);
      else if (returned.delete(messageId)) reject(new Error("No queue takes the message."));
      else resolve();
    });
  });
