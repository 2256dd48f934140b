/** Reads settings one by one, and collects what is wrong with them. */
import { ServiceError } from "./service-error.js";
import type { Secrets } from "./signature.js";

/** Environment variables, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

export class SettingsReader {
  readonly #environment: Environment;
  readonly #mistakes: string[] = [];

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  text(name: string, otherwise: string): string {
    return this.#read(name) ?? otherwise;
  }

  integer<T extends number | undefined>(
    name: string,
    range: { otherwise: T; from: number; to: number },
  ): T | number {
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

  /** One of several words; the first one when it is not set. */
  choice<T extends string>(name: string, words: readonly [T, ...T[]]): T {
    const text = this.#read(name) ?? words[0];
    const word = words.find((candidate) => candidate === text);
    return word ?? this.#mistake(`${name} must be one of ${words.join(", ")}, got ${quote(text)}.`, words[0]);
  }

  /** `source=secret,source=secret`; a source that is there twice has two. They are never shown. */
  secrets(name: string): Secrets {
    const secrets = new Map<string, string[]>();
    const text = this.#read(name);
    for (const pair of text?.split(",") ?? []) {
      const [, source, secret] = /^\s*([A-Za-z0-9._-]{1,64})=(\S{8,})\s*$/.exec(pair) ?? [];
      if (source === undefined || secret === undefined) {
        this.#mistakes.push(
          `${name} must be like "shop=secret,crm=secret", with at least 8 characters in each secret.`,
        );
        break;
      }
      secrets.set(source, [...(secrets.get(source) ?? []), secret]);
    }
    return secrets;
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

  twoBrokers(): void {
    this.#mistakes.push("AMQP_URL and NATS_URL are both set; there is one broker.");
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
