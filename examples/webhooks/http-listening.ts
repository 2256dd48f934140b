/** An HTTP server's time: from listening to closed. */
import { call, ensure, resource, type Operation } from "coppice";
import type { FastifyInstance } from "fastify";
import { ServiceError } from "./service-error.js";

/**
 * How many connections may wait to be taken. One that finds no room is tried again by its sender's system after a
 * second, whatever the service could do for it meanwhile.
 */
export const LISTEN_BACKLOG = 4_096;

export interface Listening {
  readonly host: string;
  /** 0 lets the system choose a free one. */
  readonly port: number;
  /** What to say when that cannot be. */
  readonly advice: string;
}

/**
 * Listens until the scope ends, and gives the address. What is still open by then is cut.
 *
 * Throws: ServiceError when it cannot listen there.
 */
export const useListening = (app: FastifyInstance, listening: Listening): Operation<string> =>
  resource<string>(function* (provide) {
    yield* ensure(() => {
      app.server.closeAllConnections();
      return close(app);
    });
    yield* provide(yield* listen(app, listening));
  });

/** Takes no more connections, and waits until the requests in flight are answered. Cancelled, it cuts them. */
export const close = (app: FastifyInstance): Operation<void> =>
  call((signal) => {
    signal.addEventListener("abort", () => app.server.closeAllConnections(), { once: true });
    return app.close();
  });

function* listen(app: FastifyInstance, { host, port, advice }: Listening) {
  try {
    return yield* call(() => app.listen({ host, port, backlog: LISTEN_BACKLOG }));
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new ServiceError(`Cannot listen on ${host}, port ${String(port)}: ${reason}. ${advice}`, { cause });
  }
}
