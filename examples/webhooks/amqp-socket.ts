/** The socket of a connection to RabbitMQ, which the client keeps to itself. */
import type { Socket } from "node:net";
import type { ChannelModel } from "amqplib";

/** How long a message may wait for others to travel with. */
const GATHER_MS = 2;

export const socketOf = (model: ChannelModel): Socket =>
  (model.connection as unknown as { readonly stream: Socket }).stream;

/** Lets what is written within a moment travel together, so that neither side is woken for each message alone. */
export class GatheredWrites {
  readonly #socket: Socket;
  #isHeld = false;

  constructor(model: ChannelModel) {
    this.#socket = socketOf(model);
  }

  /** Call it before a write. */
  hold(): void {
    if (this.#isHeld) return;
    this.#isHeld = true;
    this.#socket.cork();
    setTimeout(() => {
      this.#isHeld = false;
      this.#socket.uncork();
    }, GATHER_MS);
  }
}
