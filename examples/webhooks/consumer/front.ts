/**
 * How the consumer tells what it does: `/metrics`, `/healthz` and `/readyz`, on a port of its own. It listens before the
 * other parts are open, so that whoever asks is told that it is not ready yet.
 */
import { attempt, resource, useScope, type Operation, type Scope } from "coppice";
import { Registry } from "prom-client";
import type { Subscription } from "../broker.js";
import type { Config } from "../config.js";
import { createFront, type FrontHandlers } from "../http-front.js";
import { useListening } from "../http-listening.js";
import { addProbes, READY, type ProbeHandlers } from "../http-probes.js";
import type { Log } from "../log.js";
import { counters, gauge, useProcessMeasures } from "../prometheus.js";
import { reasonOf } from "../reason.js";
import { inHand, type Consumed } from "./consumed.js";
import type { Inbox } from "./inbox.js";

export interface Watched {
  readonly subscription: Subscription;
  readonly inbox: Inbox;
}

export interface Front {
  /** Undefined when nobody asked for a port. */
  readonly url: string | undefined;
  /** From now on it is ready when these are. */
  watch(watched: Watched): void;
}

const ROUTES = "There are GET /metrics, GET /healthz and GET /readyz.";
const HELP: Readonly<Record<keyof Consumed, string>> = {
  taken: "Messages whose turn has come.",
  acknowledged: "Messages acknowledged: their work is done, now or before.",
  givenBack: "Messages given back, for another try.",
  refused: "Messages refused, for they are no webhooks.",
  done: "Messages whose work succeeded.",
  repeated: "Messages whose work had been done before.",
  failed: "Messages whose work failed.",
  late: "Messages whose deadline had passed.",
};

/** Answers until the scope ends, when there is a port to do so. */
export const useFront = (config: Config, consumed: Consumed, log: Log): Operation<Front> =>
  resource<Front>(function* (provide) {
    const registry = new Registry();
    const desk = new Desk(registry, yield* useScope(), log);
    const front = { url: undefined, watch: (watched: Watched) => desk.watch(watched) };
    const { host, consumerPort: port } = config;
    if (port === undefined) return yield* provide(front);
    counters(registry, "webhooks_consumer", HELP, consumed);
    gauge(
      registry,
      "webhooks_consumer_in_hand",
      "Messages that are worked on, or wait to be given back.",
      () => inHand(consumed),
    );
    gauge(registry, "webhooks_consumer_broker_away", "1 without a connection to the broker.", () =>
      Number(!desk.isConnected),
    );
    yield* useProcessMeasures(registry);
    const app = createFront(desk, { routes: ROUTES });
    addProbes(app, desk);
    const url = yield* useListening(app, { host, port, advice: "Set HOST or CONSUMER_PORT." });
    log.info(`telling what it does on ${url}: GET /metrics, GET /healthz, GET /readyz`);
    yield* provide({ ...front, url });
  });

class Desk implements FrontHandlers, ProbeHandlers {
  readonly #registry: Registry;
  readonly #scope: Scope;
  readonly #log: Log;
  #watched: Watched | undefined;

  constructor(registry: Registry, scope: Scope, log: Log) {
    this.#registry = registry;
    this.#scope = scope;
    this.#log = log;
  }

  watch(watched: Watched): void {
    this.#watched = watched;
  }

  get isConnected(): boolean {
    return this.#watched?.subscription.isConnected === true;
  }

  failed(error: unknown): void {
    this.#log.error(`a request failed: ${reasonOf(error)}`);
  }

  async metrics(): Promise<{ contentType: string; text: string }> {
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() };
  }

  async readiness(): Promise<Record<string, string>> {
    if (this.#watched === undefined) return { consumer: "starting" };
    const inbox = await this.#scope.run(attempt(this.#watched.inbox.check()));
    return { database: inbox.ok ? READY : "away", broker: this.isConnected ? READY : "away" };
  }
}
