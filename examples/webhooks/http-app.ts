/** The HTTP interface: routes, what is refused and how. It knows nothing of operations, scopes or databases. */
import { STATUS_CODES } from "node:http";
import fastify, { type FastifyError, type FastifyInstance } from "fastify";
import { UnavailableError } from "./unavailable-error.js";

const BODY_LIMIT = 1024 * 1024;
const REQUEST_TIMEOUT_MS = 30_000;
const ROUTES = "There are POST /webhooks/:source and GET /stats.";
const MESSAGES: Record<number, string> = {
  413: "The body is too large; it may have 1 MiB.",
  415: "The body must be JSON, sent with `content-type: application/json`.",
  // What went wrong inside is for the log, not for the sender.
  500: "Something went wrong here.",
};
const SOURCE = /^[A-Za-z0-9._-]{1,64}$/;

export interface HttpHandlers {
  /** Stores the webhook and returns its id; rejects with UnavailableError when that cannot be done now. */
  accept(source: string, body: string): Promise<string>;
  statistics(): object;
}

export function createHttpApp(handlers: HttpHandlers): FastifyInstance {
  const app = fastify({
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    return503OnClosing: false,
  });
  readJsonToTheLetter(app);
  refuseClearly(app);
  turnAwayWhileClosing(app);

  app.post<{ Params: { source: string } }>("/webhooks/:source", async (request, reply) => {
    const { source } = request.params;
    if (!SOURCE.test(source)) {
      throw refusal(400, "The source must be 1 to 64 letters, digits, dots, underscores and hyphens.");
    }
    if (typeof request.body !== "string") throw refusal(400, "The body is empty; it must be JSON.");
    return reply.code(202).send({ id: await handlers.accept(source, request.body) });
  });
  app.get("/stats", () => handlers.statistics());
  return app;
}

/** Checks that a body is JSON and keeps its text: parsed and printed again it would no longer be the same. */
function readJsonToTheLetter(app: FastifyInstance): void {
  const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    /^application\/(?:[\w.-]+\+)?json\b/i,
    { parseAs: "buffer" },
    (_request, body: Buffer, done) => {
      try {
        const text = utf8.decode(body);
        JSON.parse(text);
        done(null, text);
      } catch (error) {
        done(refusal(400, `The body is not valid JSON: ${(error as Error).message}`));
      }
    },
  );
}

function refuseClearly(app: FastifyInstance): void {
  // Earlier than a not-found handler, which would read and judge the body first.
  app.addHook("onRequest", (request, _reply, done) => {
    done(request.is404 ? refusal(404, `There is no ${request.method} ${request.url}. ${ROUTES}`) : undefined);
  });
  app.setErrorHandler<FastifyError | UnavailableError>((error, _request, reply) => {
    if (error instanceof UnavailableError) void reply.header("retry-after", error.retryAfterSeconds);
    const statusCode = error.statusCode ?? 500;
    const message = MESSAGES[statusCode] ?? error.message;
    if (statusCode === 500) console.error(error);
    return reply.code(statusCode).send({ statusCode, error: STATUS_CODES[statusCode], message });
  });
}

/** Closing waits for connections, and one that is kept alive without need would make it wait for nothing. */
function turnAwayWhileClosing(app: FastifyInstance): void {
  let isClosing = false;
  app.addHook("preClose", (done) => {
    isClosing = true;
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

const refusal = (statusCode: number, message: string): Error =>
  Object.assign(new Error(message), { statusCode });
