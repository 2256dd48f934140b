/** How a program tells whoever watches over it how it is: for Prometheus, and for what starts and stops programs. */
import type { FastifyInstance } from "fastify";

export interface ProbeHandlers {
  metrics(): Promise<{ contentType: string; text: string }>;
  /** Which parts can do their work. */
  readiness(): Promise<Readonly<Record<string, string>>>;
}

/** What `readiness` says of a part. */
export const READY = "ready";

export function addProbes(app: FastifyInstance, handlers: ProbeHandlers): void {
  app.get("/metrics", async (_request, reply) => {
    const { contentType, text } = await handlers.metrics();
    return reply.type(contentType).send(text);
  });
  app.get("/healthz", () => ({ status: "alive" }));
  app.get("/readyz", async (_request, reply) => {
    const parts = await handlers.readiness();
    const isReady = Object.values(parts).every((state) => state === READY);
    return reply.code(isReady ? 200 : 503).send({ status: isReady ? "ready" : "not ready", ...parts });
  });
}
