/**
 * A connection that is kept open: when it breaks, another one is opened, for as long as the scope lasts.
 *
 * Owns the connection of the moment. What was under way on a connection that broke has failed there.
 */
import {
  attempt,
  Event,
  resource,
  scoped,
  sleep,
  spawn,
  timeout,
  TimeoutError,
  type Operation,
} from "coppice";
import type { Log } from "./log.js";
import { reasonOf } from "./reason.js";
import { ServiceError } from "./service-error.js";

export interface Opened<C> {
  readonly connection: C;
  /** Completes, with the reason, when the connection is broken. */
  readonly broken: Operation<unknown>;
}

export interface Link<C> {
  /** Undefined while there is none. */
  readonly connection: C | undefined;
}

export interface LinkOptions<C> {
  /** For the log: `RabbitMQ at 127.0.0.1:5672`. */
  readonly name: string;
  /** A resource; must not wait without end. */
  readonly open: Operation<Opened<C>>;
  readonly log: Log;
  /** How long the first connection may take before the start is given up. */
  readonly startMs: number;
  /** What to say then. */
  readonly advice: string;
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 400;

/**
 * Connects, and stays connected.
 *
 * Waits:  until there is a first connection.
 * Throws: ServiceError when that takes too long.
 */
export const useLink = <C>(options: LinkOptions<C>): Operation<Link<C>> =>
  resource<Link<C>>(function* (provide) {
    const link = new KeptLink(options);
    yield* spawn(link.keep(), { name: `link to ${options.name}` });
    try {
      yield* timeout(options.startMs, link.isUp.wait());
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      throw new ServiceError(`Cannot use ${options.name}: ${link.lastReason}. ${options.advice}`);
    }
    yield* provide(link);
  });

class KeptLink<C> implements Link<C> {
  readonly isUp = new Event({ name: "connected for the first time" });
  connection: C | undefined;
  lastReason = "no answer";
  readonly #options: LinkOptions<C>;

  constructor(options: LinkOptions<C>) {
    this.#options = options;
  }

  *keep(): Operation<void> {
    const { name, log } = this.#options;
    let pauseMs = FIRST_PAUSE_MS;
    for (;;) {
      const life = yield* attempt(scoped(() => this.#live()));
      this.lastReason = reasonOf(life.ok ? life.value : life.error);
      if (life.ok) log.warn(`lost ${name}: ${this.lastReason}`);
      pauseMs = life.ok ? FIRST_PAUSE_MS : Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
      yield* sleep(pauseMs);
    }
  }

  /** The life of one connection; gives the reason for its end. */
  *#live(): Operation<unknown> {
    const { connection, broken } = yield* this.#options.open;
    if (this.isUp.isSet) this.#options.log.info(`connected again to ${this.#options.name}`);
    this.connection = connection;
    this.isUp.set();
    try {
      return yield* broken;
    } finally {
      this.connection = undefined;
    }
  }
}
