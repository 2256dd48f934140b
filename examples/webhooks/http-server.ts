/**
 * The HTTP server: one request, one operation in the server's scope.
 *
 * It listens before the other parts are open, so that whoever asks is told that the service is not ready yet. Then
 * `serve` lets webhooks in; it ends by itself after the stop signal, when every request in flight has been answered.
 */
import { attempt, ensure, operation, resource, useScope, type Operation, type Scope } from "coppice";
import type { Broker } from "./broker.js";
import type { Config } from "./config.js";
import { createHttpApp, type HttpHandlers } from "./http-app.js";
import { close, useListening } from "./http-listening.js";
import { READY } from "./http-probes.js";
import { accept, type Incoming, type IntakeParts } from "./intake.js";
import type { Metrics } from "./metrics.js";
import { refusal, tooMany } from "./refusal.js";
import { faultOf } from "./signature.js";
import { SourceLimits } from "./source-limits.js";
import { UnavailableError } from "./unavailable-error.js";

export interface ServingParts extends IntakeParts {
  readonly broker: Broker;
  readonly metrics: Metrics;
  readonly statistics: () => object;
}

export interface HttpServer {
  readonly url: string;
  /**
   * Takes webhooks until `stop` completes and all requests in flight are answered.
   *
   * Cancel: cuts the connections.
   */
  serve(parts: ServingParts, stop: Operation<unknown>): Operation<void>;
}

/** Listens until the scope ends, and answers that it is not ready until `serve` runs. */
export const useHttpServer = (config: Config, failed: (error: unknown) => void): Operation<HttpServer> =>
  resource<HttpServer>(function* (provide) {
    const desk = new Desk(config, failed);
    const app = createHttpApp(desk, { timeoutMs: config.requestTimeoutMs });
    const url = yield* useListening(app, { ...config, advice: "Set HOST or PORT." });
    const serve = operation(function* (parts: ServingParts, stop: Operation<unknown>) {
      desk.open({ ...parts, scope: yield* useScope() });
      yield* ensure(() => desk.close());
      yield* stop;
      yield* close(app);
    });
    yield* provide({ url, serve });
  });

/** Where requests come in, and are answered with what the parts say. */
class Desk implements HttpHandlers {
  readonly #config: Config;
  readonly #limits: SourceLimits;
  #parts: (ServingParts & { readonly scope: Scope }) | undefined;

  constructor(
    config: Config,
    readonly failed: (error: unknown) => void,
  ) {
    this.#config = config;
    this.#limits = new SourceLimits(config.rateLimit);
  }

  open(parts: ServingParts & { readonly scope: Scope }): void {
    this.#parts = parts;
  }

  close(): void {
    this.#parts = undefined;
  }

  refuses(): boolean {
    if (this.#parts === undefined || this.#parts.backlog.hasRoom(0)) return false;
    this.#parts.counters.refused += 1;
    return true;
  }

  check(signed: Parameters<HttpHandlers["check"]>[0]): void {
    const { counters, broker } = this.#ready();
    const { secrets } = this.#config;
    const fault = secrets.size === 0 ? undefined : faultOf(secrets, signed);
    if (fault !== undefined) {
      counters.unsigned += 1;
      throw refusal(401, fault);
    }
    if (!this.#limits.tryEnter(signed.source)) {
      counters.limited += 1;
      throw tooMany(signed.source);
    }
    if (signed.body.length > broker.largestBody) {
      throw refusal(413, `The body is too large; it may have ${String(broker.largestBody)} bytes.`);
    }
  }

  faulty(): void {
    if (this.#parts !== undefined) this.#parts.counters.faulty += 1;
  }

  async accept(incoming: Incoming): Promise<string> {
    const parts = this.#ready();
    const startedAt = performance.now();
    // A request that fails is an answer to its sender, and no reason to end the server's scope.
    const outcome = await parts.scope.run(attempt(accept(parts, incoming)));
    if (!outcome.ok) {
      parts.counters.refused += 1;
      throw outcome.error;
    }
    parts.counters.accepted += 1;
    parts.metrics.accepting.observe((performance.now() - startedAt) / 1000);
    return outcome.value;
  }

  statistics(): object {
    return this.#ready().statistics();
  }

  async metrics(): Promise<{ contentType: string; text: string }> {
    const { metrics } = this.#ready();
    return { contentType: metrics.contentType, text: await metrics.text() };
  }

  async readiness(): Promise<Record<string, string>> {
    if (this.#parts === undefined) return { service: "starting" };
    const { scope, store, broker } = this.#parts;
    const database = await scope.run(attempt(store.check()));
    return {
      database: database.ok ? READY : "away",
      broker: broker.isConnected ? READY : "away",
    };
  }

  #ready(): ServingParts & { readonly scope: Scope } {
    if (this.#parts === undefined) throw new UnavailableError("The service is starting.");
    return this.#parts;
  }
}
