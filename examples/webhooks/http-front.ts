/**
 * What all HTTP servers here have in common: how they answer what they do not take, and how they close. They know
 * nothing of operations.
 */
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from "fastify";
import { answerAndClose, answering, answerUnreadable } from "./http-unreadable.js";
import { ANSWER_TYPE, answerOf, refusal } from "./refusal.js";
import { UnavailableError } from "./unavailable-error.js";

const REQUEST_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_MS = 72_000;
/** They are counted by whoever finds them. */
const COUNTED_ELSEWHERE = [401, 429];

export interface FrontOptions {
  /** For whoever asks for something else. */
  readonly routes: string;
  readonly bodyLimit?: number;
  /** Plainer words than the framework's, by its codes. */
  readonly messages?: Readonly<Record<string, string>>;
  /** Sees each request before anything is spent on it, and says whether it has answered it. */
  readonly answersEarly?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

export interface FrontHandlers {
  /** Is told of each request that was turned away as faulty: neither for its signature, nor for its rate. */
  faulty?(): void;
  /** Is told of what must not happen. */
  failed(error: unknown): void;
}

export function createFront(handlers: FrontHandlers, options: FrontOptions): FastifyInstance {
  const unreadable = new WeakSet<Socket>();
  const answer = answererFor(handlers, options, unreadable);
  const app = fastify({
    ...(options.bodyLimit !== undefined && { bodyLimit: options.bodyLimit }),
    frameworkErrors: answer,
    return503OnClosing: false,
    serverFactory: (handle) => createFrontServer(handlers, options, handle),
    clientErrorHandler: (error, socket) => {
      if (error.code === "ECONNRESET") return;
      unreadable.add(socket);
      // One that never said anything, and was closed for that, has sent nothing that could be faulty.
      if (socket.bytesRead > 0) handlers.faulty?.();
      answerUnreadable(error, socket);
    },
  });
  refuseUnknownRoutes(app, options.routes);
  app.setErrorHandler(answer);
  turnAwayWhileClosing(app);
  return app;
}

/** Every request that fails comes by here, also one whose address the framework cannot read. */
const answererFor =
  (handlers: FrontHandlers, { messages = {} }: FrontOptions, unreadable: WeakSet<Socket>) =>
  (error: FastifyError | UnavailableError, request: FastifyRequest, reply: FastifyReply): void => {
    if ("retryAfterSeconds" in error) void reply.header("retry-after", error.retryAfterSeconds);
    const statusCode = error.statusCode ?? 500;
    if (statusCode === 500) handlers.failed(error);
    const isCounted = COUNTED_ELSEWHERE.includes(statusCode) || unreadable.has(request.raw.socket);
    if (statusCode < 500 && !isCounted) handlers.faulty?.();
    // What went wrong inside is for the log, not for the sender.
    const message =
      statusCode === 500 ? "Something went wrong here." : (messages[codeOf(error)] ?? error.message);
    void reply.code(statusCode).send(answerOf(statusCode, message));
  };

const codeOf = (error: Error): string => ("code" in error ? String(error.code) : "");

function createFrontServer(
  handlers: FrontHandlers,
  { answersEarly, routes }: FrontOptions,
  handle: RequestListener,
): Server {
  const take: RequestListener = (request, response) => {
    // One that is closing has to say so to whoever asks.
    if (server.listening && answersEarly?.(request, response) === true) return;
    handle(request, response);
  };
  const limits = { requestTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: KEEP_ALIVE_MS };
  const server = createServer(limits, take);
  server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => {
    askForBodyWhenRead(request, response);
    take(request, response);
  });
  // It has a connection and no response; Node would close it without a word.
  server.on("connect", ({ method }: IncomingMessage, socket: Duplex) => {
    handlers.faulty?.();
    answerAndClose(socket, 405, `There is no ${String(method)}. ${routes}`);
  });
  server.on("checkExpectation", (_request, response: ServerResponse) => {
    handlers.faulty?.();
    response
      .writeHead(417, { "content-type": ANSWER_TYPE })
      .end(JSON.stringify(answerOf(417, "There is only `100-continue`.")));
  });
  return server;
}

/**
 * A sender that waits to be asked for the body is asked when somebody reads it. One that never is may send it or not;
 * so the connection could not be read any further.
 */
function askForBodyWhenRead(request: IncomingMessage, response: ServerResponse): void {
  const { shouldKeepAlive } = response;
  response.shouldKeepAlive = false;
  request.once("resume", () => {
    if (response.headersSent) return;
    response.shouldKeepAlive = shouldKeepAlive;
    response.writeContinue();
  });
}

function refuseUnknownRoutes(app: FastifyInstance, routes: string): void {
  const known: { method: string; path: RegExp }[] = [];
  app.addHook("onRoute", ({ method, url }) => {
    const path = new RegExp(`^${url.replace(/:\w+/g, "[^/?]*")}(?:\\?|$)`);
    for (const each of [method].flat()) known.push({ method: each, path });
  });
  // Earlier than a not-found handler, which would read and judge the body first.
  app.addHook("onRequest", (request, reply, done) => {
    if (!request.is404) {
      done();
      return;
    }
    const { method, url } = request;
    const methods = known.filter(({ path }) => path.test(url)).map((route) => route.method);
    if (methods.length > 0) void reply.header("allow", methods.join(", "));
    done(refusal(methods.length > 0 ? 405 : 404, `There is no ${method} ${url}. ${routes}`));
  });
}

/**
 * Closing waits for connections, and one that is kept alive without need would make it wait for nothing. So would one
 * whose first request has not come, or not all of its headers: Node takes it for one whose request is on its way.
 */
function turnAwayWhileClosing(app: FastifyInstance): void {
  let isClosing = false;
  const open = new Set<Socket>();
  app.server.on("connection", (socket: Socket) => {
    if (isClosing) {
      socket.destroy();
      return;
    }
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  app.addHook("preClose", (done) => {
    isClosing = true;
    for (const socket of open) if (answering(socket) === undefined) socket.destroy();
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
