/**
 * The servers that specs talk to. On a CI machine they must be there; elsewhere the specs that need one are left out,
 * with a line that says so.
 */
import { connect as connectAmqp } from "amqplib";
import { connect as connectNats } from "nats";

const AMQP_URL = process.env["AMQP_URL"] ?? "amqp://127.0.0.1:5672";
const NATS_URL = process.env["NATS_URL"] ?? "nats://127.0.0.1:4222";

const failureOf = (connected: Promise<{ close(): Promise<unknown> }>): Promise<string | undefined> =>
  connected.then(
    (connection) => connection.close().then(() => undefined),
    (error: unknown) => String(error),
  );

export const servers = {
  brokers: [
    {
      name: "RabbitMQ",
      environment: { AMQP_URL } as Record<string, string>,
      unreachable: await failureOf(connectAmqp(AMQP_URL, { timeout: 2_000 })),
    },
    {
      name: "NATS JetStream",
      environment: { NATS_URL } as Record<string, string>,
      unreachable: await failureOf(connectNats({ servers: new URL(NATS_URL).host, timeout: 2_000 })),
    },
  ],
  /** The title of the spec that stands for those left out. */
  title: (name: string): string =>
    process.env["CI"] === undefined ? `is left out, for there is no ${name}` : `needs ${name}`,
  /** What that spec does. */
  refuse(name: string, reason: string): void {
    if (process.env["CI"] !== undefined) throw new Error(`There must be ${name} on a CI machine: ${reason}`);
    console.warn(`Left out: the specs that need ${name}. ${reason}.`);
  },
};
