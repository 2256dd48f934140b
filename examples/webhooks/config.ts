/**
 * The settings of the service, read from environment variables.
 *
 * Every setting has a default, so that an empty environment gives a service that runs. All mistakes are
 * collected and reported together: nobody wants to mend five variables in five attempts.
 */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ServiceError } from "./service-error.js";

export interface Config {
  readonly host: string;
  /** 0 lets the system choose a free one. */
  readonly port: number;
  /** PostgreSQL server; without it the embedded database in `dataDir` is used. */
  readonly databaseUrl: string | undefined;
  readonly databaseSchema: string;
  readonly dataDir: string;
  /** Where webhooks are forwarded; without it the built-in downstream takes them. */
  readonly downstreamUrl: string | undefined;
  /** Accepted webhooks in memory at a time; beyond it the service answers 503. */
  readonly backlog: number;
  /** The same limit for the memory their bodies take. */
  readonly backlogBytes: number;
  /** Webhooks forwarded, and published, at a time. */
  readonly concurrency: number;
  readonly forwardTimeoutMs: number;
  /** Pause before the first retry; it doubles with each further one. */
  readonly retryDelayMs: number;
  /** How long work in flight may take to finish once the service was told to stop. */
  readonly graceMs: number;
  readonly statsMs: number;
}

/** Environment variables, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

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
    dataDir: resolve(settings.text("DATA_DIR", DEFAULT_DATA_DIR)),
    downstreamUrl: settings.urlWithoutPassword("DOWNSTREAM_URL", ["http:", "https:"]),
    backlog: settings.integer("BACKLOG", { otherwise: 1000, from: 1, to: 1_000_000 }),
    backlogBytes: settings.integer("BACKLOG_MIB", { otherwise: 64, from: 1, to: 65_536 }) * MIB,
    concurrency: settings.integer("CONCURRENCY", { otherwise: 50, from: 1, to: 10_000 }),
    forwardTimeoutMs: settings.integer("FORWARD_TIMEOUT_MS", { otherwise: 5_000, from: 1, to: DAY_MS }),
    retryDelayMs: settings.integer("RETRY_DELAY_MS", { otherwise: 250, from: 0, to: DAY_MS }),
    graceMs: settings.integer("GRACE_MS", { otherwise: 10_000, from: 0, to: DAY_MS }),
    statsMs: settings.integer("STATS_MS", { otherwise: 10_000, from: 100, to: DAY_MS }),
  };
  settings.report();
  return config;
}

class SettingsReader {
  readonly #environment: Environment;
  readonly #mistakes: string[] = [];

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  text(name: string, otherwise: string): string {
    return this.#read(name) ?? otherwise;
  }

  integer(name: string, range: { otherwise: number; from: number; to: number }): number {
    const text = this.#read(name);
    if (text === undefined) return range.otherwise;
    const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
    if (value >= range.from && value <= range.to) return value;
    return this.#mistake(
      `${name} must be a whole number from ${String(range.from)} to ${String(range.to)}, got ${quote(text)}.`,
      range.otherwise,
    );
  }

  /** A name that is put into SQL: kept to characters that need no escaping anywhere. */
  name(name: string, otherwise: string): string {
    const text = this.#read(name) ?? otherwise;
    if (/^[a-z_][a-z0-9_]{0,62}$/.test(text)) return text;
    return this.#mistake(
      `${name} must be at most 63 lower-case letters, digits and underscores, not starting with a digit, got ${quote(text)}.`,
      otherwise,
    );
  }

  /** The value itself is never shown: an address may hold a password. */
  url(name: string, protocols: readonly string[]): string | undefined {
    const text = this.#read(name);
    if (text === undefined) return undefined;
    if (URL.canParse(text) && protocols.includes(new URL(text).protocol)) return text;
    const expected = protocols.map((protocol) => `${protocol}//`).join(" or ");
    this.#mistakes.push(`${name} must be an address that starts with ${expected}.`);
    return undefined;
  }

  urlWithoutPassword(name: string, protocols: readonly string[]): string | undefined {
    const text = this.url(name, protocols);
    if (text === undefined) return undefined;
    const { username, password } = new URL(text);
    if (username === "" && password === "") return text;
    this.#mistakes.push(`${name} must not contain a user name or a password.`);
    return undefined;
  }

  report(): void {
    if (this.#mistakes.length === 0) return;
    throw new ServiceError(["The configuration is not usable:", ...this.#mistakes].join("\n  "));
  }

  /** A variable that is set to nothing counts as not set, as shells and compose files leave them. */
  #read(name: string): string | undefined {
    const text = this.#environment[name]?.trim();
    return text === "" ? undefined : text;
  }

  #mistake<T>(text: string, otherwise: T): T {
    this.#mistakes.push(text);
    return otherwise;
  }
}

const quote = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
