/** The kinds of servers that a run needs. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { connect as connectAmqp } from "amqplib";
import pg from "pg";
import { isOpen, type ServerKind } from "./server.js";

const POSTGRES = "/usr/lib/postgresql";
const RABBITMQ = "/usr/lib/rabbitmq/bin/rabbitmq-server";

/** The number of a user, when root must not be the one. */
const userOf = (name: string): string | undefined =>
  process.getuid?.() === 0 ? execFileSync("id", ["-u", name], { encoding: "utf8" }).trim() : undefined;

export const postgres: ServerKind = {
  name: "PostgreSQL",
  farewell: "SIGINT",
  url: (port) => `postgres://postgres@127.0.0.1:${String(port)}/postgres`,
  command(port, directory) {
    const version = readdirSync(POSTGRES).toSorted().at(-1) ?? "";
    const bin = join(POSTGRES, version, "bin");
    const data = join(directory, "data");
    const user = userOf("postgres");
    return {
      program: join(bin, "postgres"),
      args: ["-D", data, "-p", String(port), "-k", directory, "-c", "listen_addresses=127.0.0.1"],
      prepare: {
        program: join(bin, "initdb"),
        args: ["-D", data, "-U", "postgres", "--auth=trust", "-E", "UTF8"],
      },
      ...(user !== undefined && { user }),
    };
  },
  async answers(port) {
    const client = new pg.Client({ connectionString: this.url(port), connectionTimeoutMillis: 1_000 });
    client.on("error", () => undefined);
    return client.connect().then(
      () => client.end().then(() => true),
      () => false,
    );
  },
};

/** Below those that the system gives to connections, so that none of them has it. */
const distributionPort = (port: number): number => 10_000 + (port % 20_000);

export const rabbitmq: ServerKind = {
  name: "RabbitMQ",
  farewell: "SIGTERM",
  url: (port) => `amqp://127.0.0.1:${String(port)}`,
  command: (port, directory) => {
    const user = userOf("rabbitmq");
    return {
      program: existsSync(RABBITMQ) ? RABBITMQ : "rabbitmq-server",
      args: [],
      environment: {
        HOME: directory,
        RABBITMQ_NODENAME: `coppice_${String(port)}@localhost`,
        RABBITMQ_NODE_IP_ADDRESS: "127.0.0.1",
        RABBITMQ_NODE_PORT: String(port),
        RABBITMQ_DIST_PORT: String(distributionPort(port)),
        RABBITMQ_MNESIA_BASE: join(directory, "mnesia"),
        RABBITMQ_LOG_BASE: join(directory, "log"),
        RABBITMQ_ENABLED_PLUGINS_FILE: join(directory, "plugins"),
        RABBITMQ_CONFIG_FILE: join(directory, "rabbitmq"),
      },
      ...(user !== undefined && { user }),
    };
  },
  answers: (port) =>
    connectAmqp(`amqp://127.0.0.1:${String(port)}`, { timeout: 1_000 }).then(
      (connection) => connection.close().then(() => true),
      () => false,
    ),
};

export const nats: ServerKind = {
  name: "NATS",
  farewell: "SIGTERM",
  url: (port) => `nats://127.0.0.1:${String(port)}`,
  command: (port, directory) => ({
    program: existsSync("/usr/sbin/nats-server") ? "/usr/sbin/nats-server" : "nats-server",
    args: ["-a", "127.0.0.1", "-p", String(port), "-js", "-sd", directory],
  }),
  answers: isOpen,
};
