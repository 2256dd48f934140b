/**
 * Channels: the two ends of a queue as things of their own, that can be handed to different tasks, cloned, and closed.
 * The queue itself is an Exchange, the same as that of `Queue`; what is added is who may still send and receive.
 *
 * C1 When the last send end is closed, the receivers get what is left, then a ChannelEnded.
 * C2 When the last receive end is closed, what is left is dropped, and senders get a ChannelBroken.
 * C3 A closed end fails its own waits with a ChannelClosed; those of its clones go on.
 */
import { asOneChange, tasksOf, type TaskSince } from "../sync/index.js";
import { Exchange, type Get, type Put } from "./exchange.js";
import { Fifo } from "./fifo.js";
import { QueueShutDown } from "./queue.js";

/** Thrown by a receive end when all send ends are closed and nothing is left. Loops take it for the end, as any QueueShutDown. */
export class ChannelEnded extends QueueShutDown {
  override readonly name: string = "ChannelEnded";
}

/** Thrown by a send end when all receive ends are closed: nobody would ever get the item. */
export class ChannelBroken extends Error {
  override readonly name: string = "ChannelBroken";
  readonly code = "COPPICE_CHANNEL_BROKEN";
}

/** Thrown by an end that was closed itself. */
export class ChannelClosed extends Error {
  override readonly name: string = "ChannelClosed";
  readonly code = "COPPICE_CHANNEL_CLOSED";
}

/** What `statistics()` of either end gives. */
export interface ChannelStatistics {
  readonly size: number;
  readonly capacity: number;
  /** How many send ends are open. */
  readonly senders: number;
  /** How many receive ends are open. */
  readonly receivers: number;
  readonly sending: readonly TaskSince[];
  readonly receiving: readonly TaskSince[];
}

/** What all ends of a channel share. */
export class Channel<T> extends Exchange<T> {
  readonly sending = new Side<T>("send to", this.name, this.putting, () => {
    this.close(this.#ended, this.#ended, false);
  });
  readonly receiving = new Side<T>("receive from", this.name, this.getting, () => {
    this.close(this.#broken, this.#broken, true);
  });

  constructor(name: string, capacity: number) {
    super("channel", name, capacity, new Fifo<T>());
  }

  statistics(): ChannelStatistics {
    const ends = { senders: this.sending.open.size, receivers: this.receiving.open.size };
    const waits = { sending: tasksOf(this.putting), receiving: tasksOf(this.getting) };
    return { size: this.items.size, capacity: this.capacity, ...ends, ...waits };
  }

  readonly #ended = (): Error =>
    new ChannelEnded(
      `Cannot receive from channel "${this.name}": all send ends are closed and nothing is left.`,
    );

  readonly #broken = (): Error =>
    new ChannelBroken(`Cannot send to channel "${this.name}": all receive ends are closed.`);
}

/** One side of a channel: its open ends, and the waits at them. */
class Side<T> {
  readonly open = new Set<object>();

  constructor(
    private readonly what: string,
    private readonly channel: string,
    private readonly line: Iterable<Get<T> | Put<T>>,
    private readonly lastClosed: () => void,
  ) {}

  demandOpen(end: object): void {
    if (!this.open.has(end)) throw this.closedError();
  }

  close(end: object): void {
    if (!this.open.delete(end)) return;
    const waits = Array.from(this.line).filter((wait) => "end" in wait && wait.end === end);
    asOneChange(waits[0] ?? null, () => {
      for (const wait of waits) {
        wait.withdraw();
        wait.fail(this.closedError());
      }
      if (this.open.size === 0) this.lastClosed();
    });
  }

  private closedError(): ChannelClosed {
    return new ChannelClosed(`Cannot ${this.what} channel "${this.channel}": this end was closed.`);
  }
}
