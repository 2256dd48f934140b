/** The HTTP interface: routes, what is refused and how. It knows nothing of operations, scopes or databases. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { createFront, type FrontHandlers } from "./http-front.js";
import { addProbes, type ProbeHandlers } from "./http-probes.js";
import { ANSWER_TYPE, answerOf, refusal } from "./refusal.js";

const BODY_LIMIT = 1024 * 1024;
const ROUTES = "There are POST /webhooks/:source and GET /stats.";
const SOURCE_RULE = "The source must be 1 to 64 letters, digits, dots, underscores and hyphens.";
const MESSAGES: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: "The body is too large; it may have 1 MiB.",
  FST_ERR_MAX_PARAM_LENGTH: SOURCE_RULE,
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "The body must be JSON, sent with `content-type: application/json`.",
};
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;
const SOURCE = /^[A-Za-z0-9._-]{1,64}$/;

export interface HttpHandlers extends FrontHandlers, ProbeHandlers {
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
}

export interface HttpOptions {
  /** What a request gets that names no time of its own, and the longest one it may name. */
  readonly timeoutMs: number;
}

type Post = FastifyRequest<{ Params: { source: string } }>;

export function createHttpApp(handlers: HttpHandlers, options: HttpOptions): FastifyInstance {
  const app = createFront(handlers, {
    routes: ROUTES,
    bodyLimit: BODY_LIMIT,
    messages: MESSAGES,
    answersEarly: shedderFor(handlers),
  });
  readJsonToTheLetter(app, handlers);

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
function shedderFor(handlers: HttpHandlers) {
  const body = JSON.stringify(answerOf(503, "The backlog is full."));
  const headers = {
    "content-type": ANSWER_TYPE,
    "content-length": body.length,
    "retry-after": "1",
  };
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    if (request.method !== "POST" || !handlers.refuses()) return false;
    response.writeHead(503, headers).end(body);
    return true;
  };
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

const isCompressed = (request: FastifyRequest): boolean =>
  !["", "identity"].includes((header(request, "content-encoding") ?? "").toLowerCase());

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
      if (isCompressed(request)) throw refusal(415, "The body must not be compressed.");
      throw refusal(400, `The body is not valid JSON: ${(error as Error).message}`);
    }
  };
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(JSON_TYPE, { parseAs: "buffer" }, (request, body: Buffer, done) => {
    try {
      // There is one route that takes bodies.
      done(null, read(request as Post, body));
    } catch (error) {
      done(error as Error);
    }
  });
}
