/** A confirm channel that comes back after a break. */
import { connect, type ChannelModel, type ConfirmChannel } from "amqplib";
import { GatheredWrites } from "../../../examples/webhooks/amqp-socket.js";
import type { Webhook } from "../../../examples/webhooks/webhook.js";
import { toWire } from "../../../examples/webhooks/wire.js";

export class Broker {
  readonly #url: string;
  readonly #topic: string;
  readonly #returned = new Set<string>();
  #model: ChannelModel | undefined;
  #channel: ConfirmChannel | undefined;
  #writes: GatheredWrites | undefined;
  #isClosed = false;

  constructor(url: string, topic: string) {
    this.#url = url;
    this.#topic = topic;
  }

  get isConnected(): boolean {
    return this.#channel !== undefined;
  }

  async open(): Promise<void> {
    const address = new URL(this.#url);
    address.searchParams.set("heartbeat", "5");
    const model = await connect(address.href, { timeout: 2_000, noDelay: true });
    this.#model = model;
    model.on("error", () => undefined);
    model.on("close", () => this.#lost());
    const channel = await model.createConfirmChannel();
    channel.on("error", () => undefined);
    channel.on("close", () => this.#lost());
    channel.on("return", ({ properties }) => this.#returned.add(String(properties.messageId)));
    await channel.assertExchange(this.#topic, "topic", { durable: true });
    await channel.assertQueue(this.#topic, { durable: true });
    await channel.bindQueue(this.#topic, this.#topic, "#");
    this.#writes = new GatheredWrites(model);
    this.#channel = channel;
  }

  publish(message: Webhook, timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#channel === undefined) throw new Error("There is no connection to RabbitMQ.");
      const timer = setTimeout(() => reject(new Error("The broker did not confirm in time.")), timeoutMs);
      const { id: messageId, source } = message;
      const { headers, body } = toWire(message);
      const options = {
        headers,
        messageId,
        contentType: "application/json",
        persistent: true,
        mandatory: true,
      };
      this.#writes?.hold();
      this.#channel.publish(this.#topic, source, body, options, (error: unknown) => {
        clearTimeout(timer);
        if (error !== null && error !== undefined) reject(error);
        else if (this.#returned.delete(messageId)) reject(new Error("No queue takes the message."));
        else resolve();
      });
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const closed = this.#model?.close().catch(() => undefined);
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 500))]);
  }

  #lost(): void {
    if (this.#channel === undefined || this.#isClosed) return;
    this.#channel = undefined;
    void this.#reopen();
  }

  async #reopen(): Promise<void> {
    while (!this.#isClosed) {
      try {
        await this.open();
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }
}
