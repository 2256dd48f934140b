/** Requests that Node cannot read: they never become one that could be handled, and are answered on the connection. */
import { STATUS_CODES, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { ANSWER_TYPE, answerOf } from "./refusal.js";

/** By Node's codes. All else is 400, as it is there. */
const KNOWN: Readonly<Record<string, readonly [number, string]>> = {
  HPE_HEADER_OVERFLOW: [431, "The headers are too long."],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, "The extensions of a chunk are too long."],
  ERR_HTTP_REQUEST_TIMEOUT: [408, "The request took too long to arrive."],
};

/** Answers in place of Node, and closes the connection. */
export function answerUnreadable(error: Error & { readonly code: string }, socket: Socket): void {
  const reason = error.message.replace(/^Parse Error:? ?/, "");
  const [statusCode, message] = KNOWN[error.code] ?? [400, `The request cannot be read: ${reason}.`];
  const current = answering(socket);
  // Behind a request that is complete, an answer would be taken for the answer to that one.
  const isMistakable = current !== undefined && (current.headersSent || current.req.complete);
  if (isMistakable) socket.destroy();
  else answerAndClose(socket, statusCode, message);
}

/** Answers where there is no response to do so with. */
export function answerAndClose(socket: Duplex, statusCode: number, message: string): void {
  const body = JSON.stringify(answerOf(statusCode, message));
  const lines = [
    `HTTP/1.1 ${String(statusCode)} ${STATUS_CODES[statusCode] ?? ""}`,
    `content-type: ${ANSWER_TYPE}`,
    `content-length: ${String(Buffer.byteLength(body))}`,
    "connection: close",
    "",
    body,
  ];
  if (socket.writable) socket.write(lines.join("\r\n"));
  socket.destroy();
}

/**
 * The answer that is due on a connection, once a request has come, at least its headers. Node's own
 * `closeIdleConnections` looks here as well; to keep count of requests would cost each of them.
 */
export const answering = (socket: Socket & { readonly _httpMessage?: ServerResponse | null }) =>
  socket._httpMessage ?? undefined;
