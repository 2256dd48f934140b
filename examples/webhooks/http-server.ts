/**
 * The HTTP server: one request, one operation in the server's scope.
 *
 * It ends by itself after the stop signal, when every request in flight has been answered. Cancelled before
 * that, it cuts its connections.
 */
import { attempt, call, ensure, operation, useScope, type Operation } from "coppice";
import type { FastifyInstance } from "fastify";
import type { Config } from "./config.js";
import { createHttpApp } from "./http-app.js";
import { accept, type IntakeParts } from "./intake.js";
import { ServiceError } from "./service-error.js";

export interface HttpServerParts extends IntakeParts {
  readonly statistics: () => object;
  readonly listening: (url: string) => void;
}

export const httpServer = operation(function* (
  config: Config,
  parts: HttpServerParts,
  stop: Operation<unknown>,
) {
  const scope = yield* useScope();
  const app = createHttpApp({
    statistics: parts.statistics,
    async accept(source, body) {
      // A request that fails is an answer to its sender, and no reason to end the server's scope.
      const outcome = await scope.run(attempt(accept(parts, source, body)));
      if (outcome.ok) {
        parts.counters.accepted += 1;
        return outcome.value;
      }
      parts.counters.refused += 1;
      throw outcome.error;
    },
  });
  // However this ends: what is still open by then is cut.
  yield* ensure(() => {
    app.server.closeAllConnections();
    return close(app);
  });
  parts.listening(yield* listen(app, config));
  yield* stop;
  yield* close(app);
});

/** Takes no more connections, and waits until the requests in flight are answered. Cancelled, it cuts them. */
const close = (app: FastifyInstance): Operation<void> =>
  call((signal) => {
    signal.addEventListener("abort", () => app.server.closeAllConnections(), { once: true });
    return app.close();
  });

function* listen(app: FastifyInstance, { host, port }: Config) {
  try {
    return yield* call(() => app.listen({ host, port }));
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new ServiceError(`Cannot listen on ${host}, port ${String(port)}: ${reason}. Set HOST or PORT.`, {
      cause,
    });
  }
}
