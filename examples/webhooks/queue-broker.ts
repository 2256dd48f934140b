/**
 * The broker that is no more than a queue in this process, with one consumer.
 *
 * A queue in memory cannot answer for a message. So a message counts as published when the consumer is done
 * with it; what is in the queue when the process dies is published again after the next start.
 */
import { attempt, forEach, Queue, resource, spawn, type Operation } from "coppice";
import type { Broker, Consumer } from "./broker.js";
import type { Webhook } from "./webhook.js";

type Answer = { ok: true } | { ok: false; error: unknown };

interface Envelope {
  readonly message: Webhook;
  readonly answer: Queue<Answer>;
}

export const useQueueBroker = (capacity: number, consume: Consumer): Operation<Broker> =>
  resource<Broker>(function* (provide) {
    const messages = new Queue<Envelope>({ name: "published", capacity });
    const handle = function* ({ message, answer }: Envelope): Operation<void> {
      answer.tryPut(yield* attempt(consume(message)));
    };
    yield* spawn(forEach(messages, handle, { concurrency: 1 }), { name: "consumer" });
    yield* provide({
      description: "the built-in queue",
      isConnected: true,
      largestBody: Infinity,
      *publish(message) {
        const answer = new Queue<Answer>({ name: "answer", capacity: 1 });
        yield* messages.put({ message, answer });
        const outcome = yield* answer.get();
        if (!outcome.ok) throw outcome.error;
      },
    });
  });
