import { clip } from "../errors/index.js";
import { checkCount, checkOptions } from "../kernel/index.js";
import { Receiver, Sender } from "./channel-ends.js";
import { Channel } from "./channel.js";

/** How to make a channel. */
export interface ChannelOptions {
  /** How many items it holds at the most; without a limit when left out, and 0 is a rendezvous. */
  readonly capacity?: number;
  /** For messages and snapshots. */
  readonly name?: string;
}

/**
 * Makes a queue with two ends, to be handed to different tasks: who sends and who receives is settled by who has which
 * end. It ends by itself when all ends of one side are closed.
 *
 * Model:   Trio open_memory_channel.
 *
 * @returns the send end and the receive end
 * @example
 * const [sender, receiver] = createChannel<Job>({ name: "jobs", capacity: 10 });
 * yield* sender.send(job); // elsewhere: const job = yield* receiver.receive();
 * sender.close(); // no more jobs: receivers get a ChannelEnded when nothing is left
 */
export function createChannel<T>(options: ChannelOptions = {}): readonly [Sender<T>, Receiver<T>] {
  checkOptions("createChannel()", ["capacity", "name"], options);
  const { capacity = Infinity, name = "channel" } = options;
  checkCount("createChannel()", "capacity", 0, capacity);
  const channel = new Channel<T>(clip(name, 200), capacity);
  return [new Sender(channel), new Receiver(channel)];
}
