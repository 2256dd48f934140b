/** A channel to RabbitMQ, on a connection of its own, with exchange and queue in place. */
import type { ChannelModel, ConfirmChannel, ConsumeMessage } from "amqplib";
import { call, ensure, resource, timeout, withResolvers, type Operation } from "coppice";
import { abortable } from "./abortable.js";
import { GatheredWrites, socketOf } from "./amqp-socket.js";
import { useLink, type Link, type Opened } from "./link.js";
import type { Log } from "./log.js";
import { withoutPassword } from "./reason.js";

export interface AmqpOptions {
  readonly url: string;
  /** The name of the exchange, and of the queue of its consumers. */
  readonly topic: string;
  readonly startMs: number;
  readonly log: Log;
  /** For a program that consumes. */
  readonly consuming?: Consuming;
}

export interface Consuming {
  /** How many messages it may have in its hands. */
  readonly prefetch: number;
  readonly receive: (message: ConsumeMessage, channel: ConfirmChannel) => void;
}

export interface AmqpChannel {
  readonly channel: ConfirmChannel;
  readonly writes: GatheredWrites;
  /** The ids of messages that came back, because no queue takes them; that happens before they are confirmed. */
  readonly returned: Set<string>;
}

const CONNECT_TIMEOUT_MS = 2_000;
const HEARTBEAT_S = 5;
const FAREWELL_MS = 500;

export const describeAmqp = ({ url }: AmqpOptions): string => `RabbitMQ at ${withoutPassword(url)}`;

/** Connects, and stays connected; waits for the first connection. */
export const useAmqpLink = (options: AmqpOptions): Operation<Link<AmqpChannel>> =>
  useLink({
    name: describeAmqp(options),
    open: useAmqpChannel(options),
    log: options.log,
    startMs: options.startMs,
    advice: "Check AMQP_URL.",
  });

const useAmqpChannel = (options: AmqpOptions): Operation<Opened<AmqpChannel>> =>
  resource<Opened<AmqpChannel>>(function* (provide) {
    const model = yield* call((signal) => abortable(signal, connectTo(options.url), cut));
    const broken = withResolvers<unknown>({ name: "the connection is broken" });
    model.on("error", broken.resolve);
    model.on("close", () => broken.resolve("closed by the broker"));
    let opened: ConfirmChannel | undefined;
    yield* ensure(() => leave(model, opened));
    const channel = (opened = yield* timeout(
      CONNECT_TIMEOUT_MS,
      call((signal) => abortable(signal, openChannel(model, options))),
    ));
    channel.on("error", broken.resolve);
    channel.on("close", () => broken.resolve("the broker closed the channel"));
    const returned = new Set<string>();
    channel.on("return", ({ properties }) => {
      returned.add(String(properties.messageId));
      // Somebody has deleted it. The next connection makes it anew.
      broken.resolve("no queue takes what is published");
    });
    const writes = new GatheredWrites(model);
    yield* provide({ connection: { channel, writes, returned }, broken: broken.operation });
  });

async function openChannel(model: ChannelModel, { topic, consuming }: AmqpOptions): Promise<ConfirmChannel> {
  const channel = await model.createConfirmChannel();
  // Unheard, an error would end the process; whoever needs to know listens as well.
  channel.on("error", () => undefined);
  await channel.assertExchange(topic, "topic", { durable: true });
  await channel.assertQueue(topic, { durable: true });
  await channel.bindQueue(topic, topic, "#");
  if (consuming === undefined) return channel;
  await channel.prefetch(consuming.prefetch);
  await channel.consume(topic, (message) => {
    // Nothing means that the broker has ended the consumption, because somebody deleted the queue.
    if (message === null) channel.close().catch(() => undefined);
    else consuming.receive(message, channel);
  });
  return channel;
}

/** Loads the client only where there is a server for it. */
async function connectTo(url: string): Promise<ChannelModel> {
  const { connect } = await import("amqplib");
  return connect(withHeartbeat(url), { timeout: CONNECT_TIMEOUT_MS, noDelay: true });
}

/** The client takes its heartbeat from the address. */
function withHeartbeat(url: string): string {
  const address = new URL(url);
  if (!address.searchParams.has("heartbeat")) address.searchParams.set("heartbeat", String(HEARTBEAT_S));
  return address.href;
}

/** A broker that is frozen never answers a farewell. */
function* leave(model: ChannelModel, channel: ConfirmChannel | undefined): Operation<void> {
  const farewell = call((signal) => abortable(signal, close(model, channel)));
  yield* timeout(FAREWELL_MS, farewell, { otherwise: undefined });
  cut(model);
}

/** The channel first: what the client was told on it, such as that a message is done, it sends only in that order. */
async function close(model: ChannelModel, channel: ConfirmChannel | undefined): Promise<void> {
  for (const part of [channel, model]) {
    try {
      await part?.close();
    } catch {
      // It is closed already.
    }
  }
}

function cut(model: ChannelModel): void {
  // Without an error the client would not notice, and go on with its heartbeats.
  socketOf(model).destroy(new Error("The connection was given up."));
}
