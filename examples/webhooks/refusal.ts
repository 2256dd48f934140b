import { STATUS_CODES } from "node:http";

/** An answer to a sender who has to change something. */
export const refusal = (statusCode: number, message: string): Error =>
  Object.assign(new Error(message), { statusCode });

/** An answer to a sender who comes too often. */
export const tooMany = (source: string): Error =>
  Object.assign(refusal(429, `The source ${source} sends too many webhooks.`), { retryAfterSeconds: 1 });

/** Of an answer that is written by hand. */
export const ANSWER_TYPE = "application/json; charset=utf-8";

/** What the sender gets to read. */
export const answerOf = (statusCode: number, message: string): object => ({
  statusCode,
  error: STATUS_CODES[statusCode],
  message,
});
