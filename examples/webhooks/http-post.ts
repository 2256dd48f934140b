/**
 * One POST over a pool of connections, by callbacks: what an answer says is of no interest here, but for its status and
 * when to come again, so neither a stream nor a signal is made for it.
 */
import type { Dispatcher } from "undici";

export interface Post {
  readonly path: string;
  /** Names and values in turn. */
  readonly headers: string[];
  readonly body: string;
}

/** Exactly one of them is called, once; none after the request was cut. */
export interface PostOutcome {
  /** @param retryAfter - the header of this name, as it came */
  answered(status: number, retryAfter: string | undefined): void;
  failed(error: Error): void;
}

/** More than anybody has to say here. */
const MOST_BYTES = 64 * 1024;

/** Sends it, and returns what cuts it. An answer that breaks off is none, whatever its status was. */
export function post(dispatcher: Dispatcher, request: Post, outcome: PostOutcome): () => void {
  const { path, headers, body } = request;
  const exchange = new Exchange(outcome);
  // Whoever sends sets the limit for all of it.
  dispatcher.dispatch({ path, method: "POST", headers, body, headersTimeout: 0, bodyTimeout: 0 }, exchange);
  return () => exchange.cut();
}

class Exchange implements Dispatcher.DispatchHandler {
  readonly #outcome: PostOutcome;
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #retryAfter: string | undefined;
  #bytes = 0;
  #isOver = false;

  constructor(outcome: PostOutcome) {
    this.#outcome = outcome;
  }

  /** Does nothing when it is over. */
  cut(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#controller?.abort(new Error("The request was given up."));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // It was given up before there was a connection for it.
    if (this.#isOver) controller.abort(new Error("The request was given up."));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.#status = status;
    if (status < 400) return;
    const retryAfter = headers["retry-after"];
    this.#retryAfter = Array.isArray(retryAfter) ? retryAfter[0] : retryAfter;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes <= MOST_BYTES) return;
    this.onResponseEnd();
    controller.abort(new Error("The answer is too long."));
  }

  onResponseEnd(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#outcome.answered(this.#status, this.#retryAfter);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#outcome.failed(error);
  }
}
