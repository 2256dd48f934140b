/** The HTTP interface: routes, what is refused and how. It knows nothing of operations, scopes or databases. */
import { createServer, STATUS_CODES, type RequestListener, type Server } from "node:http";
import type { Socket } from "node:net";
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from "fastify";
import { refusal } from "./refusal.js";
import { UnavailableError } from "./unavailable-error.js";

const BODY_LIMIT = 1024 * 1024;
const REQUEST_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_MS = 72_000;
const ROUTES = "There are POST /webhooks/:source and GET /stats.";
const SOURCE_RULE = "The source must be 1 to 64 letters, digits, dots, underscores and hyphens.";
/** Plainer words than the framework's. */
const MESSAGES: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: "The body is too large; it may have 1 MiB.",
  FST_ERR_MAX_PARAM_LENGTH: SOURCE_RULE,
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "The body must be JSON, sent with `content-type: application/json`.",
};
/** They are counted by whoever finds them. */
const COUNTED_ELSEWHERE = [401, 429];
const SOURCE = /^[A-Za-z0-9._-]{1,64}$/;

/**
 * How many connections may wait to be taken. One that finds no room is tried again by its sender's system after a
 * second, whatever the service could do for it meanwhile.
 */
export const LISTEN_BACKLOG = 4_096;

export interface HttpHandlers {
  /** Stores the webhook and returns its id; rejects with UnavailableError when that cannot be done now. */
  accept(incoming: { source: string; body: string; timeoutMs: number }): Promise<string>;
  /** Whether a webhook has to be turned away at once; it is counted as refused then. */
  refuses(): boolean;
  /** Throws what the sender is answered when it may not send this. */
  check(signed: {
    source: string;
    body: Buffer;
    signature: string | undefined;
    timestamp: string | undefined;
  }): void;
  statistics(): object;
  metrics(): Promise<{ contentType: string; text: string }>;
  /** Which parts can do their work. */
  readiness(): Promise<Readonly<Record<string, string>>>;
  /** Is told of each request that was turned away as faulty: neither for its signature, nor for its rate. */
  faulty?(): void;
  /** Is told of what must not happen. */
  failed(error: unknown): void;
}

export interface HttpOptions {
  /** What a request gets that names no time of its own, and the longest one it may name. */
  readonly timeoutMs: number;
}

type Post = FastifyRequest<{ Params: { source: string } }>;

export function createHttpApp(handlers: HttpHandlers, options: HttpOptions): FastifyInstance {
  const answer = answererFor(handlers);
  const app = fastify({
    bodyLimit: BODY_LIMIT,
    frameworkErrors: answer,
    return503OnClosing: false,
    serverFactory: (handle) => createSheddingServer(handlers, handle),
  });
  readJsonToTheLetter(app, handlers);
  refuseUnknownRoutes(app);
  app.setErrorHandler(answer);
  turnAwayWhileClosing(app);

  app.post("/webhooks/:source", async (request: Post, reply) => {
    if (typeof request.body !== "string") throw refusal(400, "The body is empty; it must be JSON.");
    const source = sourceOf(request);
    const timeoutMs = timeoutOf(request, options.timeoutMs);
    return reply.code(202).send({ id: await handlers.accept({ source, body: request.body, timeoutMs }) });
  });
  app.get("/stats", () => handlers.statistics());
  addProbes(app, handlers);
  return app;
}

/**
 * Turns away what there is no room for before anything is spent on it: under a load that is too high, most requests
 * end here, and those that are taken must not wait for them.
 */
function createSheddingServer(handlers: HttpHandlers, handle: RequestListener): Server {
  const message = "The backlog is full.";
  const body = JSON.stringify({ statusCode: 503, error: STATUS_CODES[503], message });
  const headers = {
    "content-type": "application/json; charset=utf-8",
    "content-length": body.length,
    "retry-after": "1",
  };
  const limits = { requestTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: KEEP_ALIVE_MS };
  const server = createServer(limits, (request, response) => {
    // One that is closing has to say so to whoever asks.
    const isShed = request.method === "POST" && server.listening && handlers.refuses();
    if (isShed) response.writeHead(503, headers).end(body);
    else handle(request, response);
  });
  return server;
}

function addProbes(app: FastifyInstance, handlers: HttpHandlers): void {
  app.get("/metrics", async (_request, reply) => {
    const { contentType, text } = await handlers.metrics();
    return reply.type(contentType).send(text);
  });
  app.get("/healthz", () => ({ status: "alive" }));
  app.get("/readyz", async (_request, reply) => {
    const parts = await handlers.readiness();
    const isReady = Object.values(parts).every((state) => state === "ready");
    return reply.code(isReady ? 200 : 503).send({ status: isReady ? "ready" : "not ready", ...parts });
  });
}

function sourceOf({ params }: Post): string {
  if (SOURCE.test(params.source)) return params.source;
  throw refusal(400, SOURCE_RULE);
}

/** How long the sender waits. It may say so in `webhook-timeout-ms`; what is longer than ours is ours. */
function timeoutOf(request: FastifyRequest, longestMs: number): number {
  const text = header(request, "webhook-timeout-ms");
  if (text === undefined) return longestMs;
  if (!/^[1-9]\d*$/.test(text)) {
    throw refusal(400, "The header webhook-timeout-ms must be a whole number of milliseconds from 1 up.");
  }
  return Math.min(Number(text), longestMs);
}

function header({ headers }: FastifyRequest, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** Checks that a body is JSON and keeps its text: parsed and printed again it would no longer be the same. */
function readJsonToTheLetter(app: FastifyInstance, handlers: HttpHandlers): void {
  const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const read = (request: Post, body: Buffer): string => {
    handlers.check({
      source: sourceOf(request),
      body,
      signature: header(request, "webhook-signature"),
      timestamp: header(request, "webhook-timestamp"),
    });
    try {
      const text = utf8.decode(body);
      JSON.parse(text);
      return text;
    } catch (error) {
      throw refusal(400, `The body is not valid JSON: ${(error as Error).message}`);
    }
  };
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    /^application\/(?:[\w.-]+\+)?json\b/i,
    { parseAs: "buffer" },
    (request, body: Buffer, done) => {
      try {
        // There is one route that takes bodies.
        done(null, read(request as Post, body));
      } catch (error) {
        done(error as Error);
      }
    },
  );
}

function refuseUnknownRoutes(app: FastifyInstance): void {
  // Earlier than a not-found handler, which would read and judge the body first.
  app.addHook("onRequest", (request, _reply, done) => {
    done(request.is404 ? refusal(404, `There is no ${request.method} ${request.url}. ${ROUTES}`) : undefined);
  });
}

/** Every request that fails comes by here, also one whose address the framework cannot read. */
const answererFor =
  (handlers: HttpHandlers) =>
  (error: FastifyError | UnavailableError, _request: FastifyRequest, reply: FastifyReply): void => {
    if ("retryAfterSeconds" in error) void reply.header("retry-after", error.retryAfterSeconds);
    const statusCode = error.statusCode ?? 500;
    if (statusCode === 500) handlers.failed(error);
    if (statusCode < 500 && !COUNTED_ELSEWHERE.includes(statusCode)) handlers.faulty?.();
    // What went wrong inside is for the log, not for the sender.
    const message =
      statusCode === 500 ? "Something went wrong here." : (MESSAGES[codeOf(error)] ?? error.message);
    void reply.code(statusCode).send({ statusCode, error: STATUS_CODES[statusCode], message });
  };

const codeOf = (error: Error): string => ("code" in error ? String(error.code) : "");

/**
 * Closing waits for connections, and one that is kept alive without need would make it wait for nothing. So would one
 * that has never said anything: Node takes it for one whose first request is on its way.
 */
function turnAwayWhileClosing(app: FastifyInstance): void {
  let isClosing = false;
  const open = new Set<Socket>();
  app.server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  app.addHook("preClose", (done) => {
    isClosing = true;
    for (const socket of open) if (socket.bytesRead === 0) socket.destroy();
    done();
  });
  app.addHook("onRequest", (_request, _reply, done) => {
    done(isClosing ? new UnavailableError("The service is stopping.") : undefined);
  });
  app.addHook("onSend", (_request, reply, _payload, done) => {
    if (isClosing) void reply.header("connection", "close");
    done();
  });
}
