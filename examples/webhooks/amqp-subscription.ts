/**
 * Receives from RabbitMQ. All consumers take from one queue, so each message goes to one of them; a message that was
 * not acknowledged when its consumer's connection breaks goes to another.
 */
import type { ConfirmChannel, ConsumeMessage } from "amqplib";
import { Queue, resource, type Operation } from "coppice";
import { describeAmqp, useAmqpLink, type AmqpOptions } from "./amqp-channel.js";
import type { Received, Subscription } from "./broker.js";
import { fromWire } from "./wire.js";

export const useAmqpSubscription = (options: AmqpOptions, prefetch: number): Operation<Subscription> =>
  resource<Subscription>(function* (provide) {
    // The broker hands out no more than `prefetch`, but those of a connection that broke may be here still.
    const messages = new Queue<Received>({ name: "received" });
    const receive = (message: ConsumeMessage, channel: ConfirmChannel): void => {
      messages.tryPut(received(message, channel));
    };
    const link = yield* useAmqpLink({ ...options, consuming: { prefetch, receive } });
    yield* provide({
      description: `${describeAmqp(options)}, queue ${options.topic}`,
      get isConnected() {
        return link.connection !== undefined;
      },
      receive: () => messages.get(),
    });
  });

function received(message: ConsumeMessage, channel: ConfirmChannel): Received {
  const { headers = {} } = message.properties;
  const header = (name: string): string => String(headers[name] ?? "");
  return {
    message: fromWire(header, message.content),
    isRedelivered: message.fields.redelivered,
    acknowledge: () => onOpen(() => channel.ack(message)),
    giveBack: () => onOpen(() => channel.nack(message)),
    refuse: () => onOpen(() => channel.reject(message, false)),
  };
}

/** A channel that was closed meanwhile throws; the broker has taken its messages back by then. */
function onOpen(answer: () => void): void {
  try {
    answer();
  } catch {
    // Whoever gets it next answers for it.
  }
}
