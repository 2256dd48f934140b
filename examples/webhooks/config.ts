/**
 * The settings of the service, read from environment variables.
 *
 * Every setting has a default, so that an empty environment gives a service that runs. All mistakes are
 * collected and reported together: nobody wants to mend five variables in five attempts.
 */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { LogOptions } from "./log.js";
import { SettingsReader, type Environment } from "./settings-reader.js";
import type { Secrets } from "./signature.js";

export type { Environment } from "./settings-reader.js";

export interface Config {
  readonly host: string;
  /** 0 lets the system choose a free one. */
  readonly port: number;
  /** PostgreSQL server; without it the embedded database in `dataDir` is used. */
  readonly databaseUrl: string | undefined;
  readonly databaseSchema: string;
  /** Connections to the server. */
  readonly databaseConnections: number;
  readonly dataDir: string;
  /** Brokers to publish to, one at the most; without one, a queue in this process. */
  readonly amqpUrl: string | undefined;
  readonly natsUrl: string | undefined;
  /** What the queue or stream is called there. */
  readonly topic: string;
  /** What each source signs with; without any, everything is let in. */
  readonly secrets: Secrets;
  /** Webhooks a second that a source may send. */
  readonly rateLimit: number;
  /** Where webhooks are forwarded; without it the built-in downstream takes them. */
  readonly downstreamUrl: string | undefined;
  /** Accepted webhooks in memory at a time; beyond it the service answers 503. */
  readonly backlog: number;
  /** The same limit for the memory their bodies take. */
  readonly backlogBytes: number;
  /** Webhooks forwarded, and published, at a time. */
  readonly concurrency: number;
  /** What a request may take whose sender names no shorter time; the database gets what is left of it. */
  readonly requestTimeoutMs: number;
  readonly forwardTimeoutMs: number;
  readonly publishTimeoutMs: number;
  /** Where a consumer tells what it does; 0 lets the system choose, and without one it does not. */
  readonly consumerPort: number | undefined;
  /** What the consumer's work on one webhook may take. */
  readonly consumeTimeoutMs: number;
  /** Pause before the first retry; it doubles with each further one. */
  readonly retryDelayMs: number;
  /** Pause before a webhook whose retries all failed is taken up again; it doubles too. */
  readonly retryLaterMs: number;
  /** How many webhooks may lie in the outbox while downstream or broker are away. */
  readonly outboxLimit: number;
  /** How often the outbox is looked into. */
  readonly pollMs: number;
  /** For how long what an instance has in its hands is left to it without a sign of life. */
  readonly leaseMs: number;
  /** How long servers may be out of reach at the start. */
  readonly startMs: number;
  /** How long work in flight may take to finish once the service was told to stop. */
  readonly graceMs: number;
  readonly statsMs: number;
  readonly log: LogOptions;
}

const DAY_MS = 86_400_000;
const MIB = 1024 * 1024;
const DEFAULT_DATA_DIR = fileURLToPath(new URL("./data", import.meta.url));

/**
 * Reads the settings.
 *
 * Throws: ServiceError with one line for each setting that is wrong.
 */
export function readConfig(environment: Environment): Config {
  const settings = new SettingsReader(environment);
  const config: Config = {
    host: settings.text("HOST", "127.0.0.1"),
    port: settings.integer("PORT", { otherwise: 3000, from: 0, to: 65_535 }),
    databaseUrl: settings.url("DATABASE_URL", ["postgres:", "postgresql:"]),
    databaseSchema: settings.name("DATABASE_SCHEMA", "public"),
    databaseConnections: settings.integer("DATABASE_CONNECTIONS", { otherwise: 4, from: 1, to: 100 }),
    dataDir: resolve(settings.text("DATA_DIR", DEFAULT_DATA_DIR)),
    downstreamUrl: settings.urlWithoutPassword("DOWNSTREAM_URL", ["http:", "https:"]),
    amqpUrl: settings.url("AMQP_URL", ["amqp:", "amqps:"]),
    natsUrl: settings.url("NATS_URL", ["nats:", "tls:"]),
    topic: settings.name("TOPIC", "webhooks"),
    secrets: settings.secrets("WEBHOOK_SECRETS"),
    rateLimit: settings.integer("RATE_LIMIT", { otherwise: 0, from: 0, to: 1_000_000 }) || Infinity,
    backlog: settings.integer("BACKLOG", { otherwise: 10_000, from: 1, to: 1_000_000 }),
    backlogBytes: settings.integer("BACKLOG_MIB", { otherwise: 64, from: 1, to: 65_536 }) * MIB,
    concurrency: settings.integer("CONCURRENCY", { otherwise: 50, from: 1, to: 10_000 }),
    requestTimeoutMs: settings.integer("REQUEST_TIMEOUT_MS", { otherwise: 5_000, from: 1, to: 30_000 }),
    forwardTimeoutMs: settings.integer("FORWARD_TIMEOUT_MS", { otherwise: 5_000, from: 1, to: DAY_MS }),
    publishTimeoutMs: settings.integer("PUBLISH_TIMEOUT_MS", { otherwise: 5_000, from: 1, to: DAY_MS }),
    consumerPort: settings.integer("CONSUMER_PORT", { otherwise: undefined, from: 0, to: 65_535 }),
    consumeTimeoutMs: settings.integer("CONSUME_TIMEOUT_MS", { otherwise: 10_000, from: 1, to: 25_000 }),
    retryDelayMs: settings.integer("RETRY_DELAY_MS", { otherwise: 250, from: 0, to: DAY_MS }),
    retryLaterMs: settings.integer("RETRY_LATER_MS", { otherwise: 30_000, from: 0, to: DAY_MS }),
    outboxLimit: settings.integer("OUTBOX_LIMIT", { otherwise: 100_000, from: 1, to: 100_000_000 }),
    pollMs: settings.integer("POLL_MS", { otherwise: 500, from: 10, to: DAY_MS }),
    leaseMs: settings.integer("LEASE_MS", { otherwise: 60_000, from: 1_000, to: DAY_MS }),
    startMs: settings.integer("START_TIMEOUT_MS", { otherwise: 10_000, from: 1, to: DAY_MS }),
    graceMs: settings.integer("GRACE_MS", { otherwise: 10_000, from: 0, to: DAY_MS }),
    statsMs: settings.integer("STATS_MS", { otherwise: 10_000, from: 100, to: DAY_MS }),
    log: {
      level: settings.choice("LOG_LEVEL", ["info", "debug", "warn", "error", "silent"]),
      format: settings.choice("LOG_FORMAT", process.stdout.isTTY ? ["text", "json"] : ["json", "text"]),
    },
  };
  if (config.amqpUrl !== undefined && config.natsUrl !== undefined) settings.twoBrokers();
  settings.report();
  return config;
}
