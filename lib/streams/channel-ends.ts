import { waiting, type Operation } from "../kernel/index.js";
import type { Channel, ChannelStatistics } from "./channel.js";
import { Get, Put } from "./exchange.js";

/** The end of a channel that items go into; made by `createChannel`. */
export class Sender<T> implements Disposable {
  readonly #channel: Channel<T>;

  /** @internal */
  constructor(channel: Channel<T>) {
    this.#channel = channel;
    channel.sending.open.add(this);
  }

  /** The channel's name, for messages and snapshots. */
  get name(): string {
    return this.#channel.name;
  }

  get isClosed(): boolean {
    return !this.#channel.sending.open.has(this);
  }

  /**
   * Sends an item.
   *
   * Waits:   until there is room and everybody before has sent theirs; with capacity 0, until it is received.
   * Cancel:  the item is not sent.
   * Throws:  ChannelBroken when all receive ends are closed, ChannelClosed when this end is; also while waiting.
   */
  send(item: T): Operation<void> {
    const channel = this.#channel;
    return waiting(() => new Send<T>(channel, item, this));
  }

  /**
   * Sends an item if that needs no waiting. A plain call.
   *
   * @returns whether it did
   * @throws as `send`
   */
  trySend(item: T): boolean {
    this.#channel.sending.demandOpen(this);
    return this.#channel.tryPut(item, null);
  }

  /** Makes another send end of the same channel, with a life of its own. Throws ChannelClosed when this one is closed. */
  clone(): Sender<T> {
    this.#channel.sending.demandOpen(this);
    return new Sender(this.#channel);
  }

  /** Closes this end; its clones stay open. A plain call; a second one changes nothing. */
  close(): void {
    this.#channel.sending.close(this);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** How full the channel is, how many ends are open, and who waits. */
  statistics(): ChannelStatistics {
    return this.#channel.statistics();
  }
}

/** The end of a channel that items come out of; made by `createChannel`. */
export class Receiver<T> implements Disposable {
  readonly #channel: Channel<T>;
  readonly #receive: Operation<T>;

  /** @internal */
  constructor(channel: Channel<T>) {
    this.#channel = channel;
    this.#receive = waiting(() => new Receive<T>(channel, this));
    channel.receiving.open.add(this);
  }

  /** The channel's name, for messages and snapshots. */
  get name(): string {
    return this.#channel.name;
  }

  get isClosed(): boolean {
    return !this.#channel.receiving.open.has(this);
  }

  /**
   * Receives the oldest item; each item goes to one receiver.
   *
   * Waits:   until there is one and everybody before has received theirs.
   * Cancel:  receives none. An item that was handed over before is the task's (S6).
   * Throws:  ChannelEnded when all send ends are closed and nothing is left, ChannelClosed when this end is closed.
   */
  receive(): Operation<T> {
    return this.#receive;
  }

  /** The same as `receive`, under the name by which `forEach`, `map` and `each` take items. */
  get(): Operation<T> {
    return this.#receive;
  }

  /**
   * Receives the oldest item if that needs no waiting. A plain call.
   *
   * @returns the item in a box, or undefined
   * @throws as `receive`
   */
  tryReceive(): { readonly value: T } | undefined {
    this.#channel.receiving.demandOpen(this);
    return this.#channel.tryGet();
  }

  /** Makes another receive end of the same channel, with a life of its own. Throws ChannelClosed when this one is closed. */
  clone(): Receiver<T> {
    this.#channel.receiving.demandOpen(this);
    return new Receiver(this.#channel);
  }

  /** Closes this end; its clones stay open. A plain call; a second one changes nothing. */
  close(): void {
    this.#channel.receiving.close(this);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** How full the channel is, how many ends are open, and who waits. */
  statistics(): ChannelStatistics {
    return this.#channel.statistics();
  }
}

class Send<T> extends Put<T> {
  constructor(
    private readonly channel: Channel<T>,
    item: T,
    readonly end: Sender<T>,
  ) {
    super(channel, item);
  }

  override begin(): void {
    this.channel.sending.demandOpen(this.end);
    super.begin();
  }
}

class Receive<T> extends Get<T> {
  constructor(
    private readonly channel: Channel<T>,
    readonly end: Receiver<T>,
  ) {
    super(channel);
  }

  override begin(): void {
    this.channel.receiving.demandOpen(this.end);
    super.begin();
  }
}
