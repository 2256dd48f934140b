/**
 * Whoever the messages are for, as a process of its own: it takes what is published to RabbitMQ, as it comes, and
 * remembers the ids. Without a consumer the queue would grow with the run, and the broker stall to put it on disk.
 */
import { setTimeout as pause } from "node:timers/promises";
import { connect, type Channel, type ConsumeMessage } from "amqplib";
import { Tally } from "./tally.js";

export interface CollectorOrder {
  readonly type: "check";
  readonly ids: readonly string[];
}

export type CollectorReport =
  | { readonly type: "consuming" }
  | { readonly type: "checked"; readonly missing: readonly string[]; readonly repeats: number };

const PREFETCH = 2_000;
/** Messages are acknowledged together, at the latest after so many ms. */
const ACKNOWLEDGE_MS = 20;
const SILENCE_MS = 30_000;

const [url = "", queue = ""] = process.argv.slice(2);
const seen = new Tally();
let lastAt = Date.now();
let last: ConsumeMessage | undefined;

const report = (message: CollectorReport): void => void process.send?.(message);

async function consume(): Promise<Channel> {
  const connection = await connect(url);
  const channel = await connection.createChannel();
  await channel.assertQueue(queue, { durable: true });
  await channel.prefetch(PREFETCH);
  await channel.consume(queue, (message) => {
    if (message === null) return;
    seen.add(String(message.properties.messageId));
    lastAt = Date.now();
    last = message;
  });
  setInterval(() => {
    if (last !== undefined) channel.ack(last, true);
    last = undefined;
  }, ACKNOWLEDGE_MS);
  return channel;
}

/** What it has put on disk takes the broker seconds to find again. */
async function untilEmpty(channel: Channel): Promise<void> {
  for (;;) {
    const { messageCount } = await channel.checkQueue(queue);
    if (messageCount === 0 || Date.now() - lastAt > SILENCE_MS) return;
    await pause(50);
  }
}

process.once("disconnect", () => process.exit());
const channel = await consume();
process.on("message", ({ ids }: CollectorOrder) => {
  void untilEmpty(channel).then(() => {
    report({ type: "checked", missing: seen.missing(ids), repeats: seen.repeats() });
  });
});
report({ type: "consuming" });
