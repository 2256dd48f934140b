/**
 * Works on messages, a limited number at a time.
 *
 * A message is acknowledged when its work has succeeded, and given back when it has not: another try, here or
 * elsewhere, comes after a pause. What is no webhook is refused, or it would come back for ever. What is in hand at the
 * end is finished, within the grace period.
 */
import { attempt, forEach, operation, Queue, sleep, taskGroup, timeout, type Operation } from "coppice";
import type { Received, Subscription } from "../broker.js";
import type { Log } from "../log.js";
import { reasonOf } from "../reason.js";
import type { Webhook } from "../webhook.js";
import type { Consumed } from "./consumed.js";
import type { Inbox } from "./inbox.js";

export interface ConsumeParts {
  readonly subscription: Subscription;
  readonly inbox: Inbox;
  readonly log: Log;
  /** Counts what becomes of them. */
  readonly consumed: Consumed;
  readonly work: (message: Webhook, context: { readonly isLate: boolean }) => Operation<void>;
}

export interface ConsumeOptions {
  readonly concurrency: number;
  /** What the work on one message may take; the deadline that it carries may leave less. */
  readonly timeoutMs: number;
  /** How long a message stays here after its work has failed, before it is given back. */
  readonly pauseMs: number;
  readonly graceMs: number;
  readonly stop: Operation<unknown>;
}

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Consumes until told to stop. Cancel: what is in hand goes back to the broker. */
export const consume = operation(function* (parts: ConsumeParts, options: ConsumeOptions) {
  const inHand = new Queue<Received>({ name: "in hand", capacity: 0 });
  yield* taskGroup(function* (group) {
    const receiving = group.spawn(
      function* () {
        for (;;) yield* inHand.put(yield* parts.subscription.receive());
      },
      { name: "receiver" },
    );
    const working = group.spawn(
      forEach(inHand, (received) => handle(parts, options, received), {
        concurrency: options.concurrency,
      }),
      { name: "workers" },
    );
    yield* options.stop;
    parts.log.info(`stopping: finishing what is in hand, for at most ${String(options.graceMs)} ms`);
    yield* receiving.cancel("the program is stopping");
    inHand.shutdown();
    yield* timeout(options.graceMs, working, { otherwise: undefined });
    yield* group.cancel("the program has stopped");
  });
});

const handle = operation(function* (parts: ConsumeParts, options: ConsumeOptions, received: Received) {
  const { consumed } = parts;
  const { id, body } = received.message;
  consumed.taken += 1;
  if (!ID.test(id)) {
    consumed.refused += 1;
    parts.log.error(`refused a message of ${String(body.length)} characters: it has no webhook-id`);
    received.refuse();
    return;
  }
  let isDone = false;
  try {
    const outcome = yield* attempt(workOn(parts, options, received.message));
    isDone = outcome.ok;
    if (outcome.ok) {
      if (outcome.value === "done") consumed.done += 1;
      else consumed.repeated += 1;
    } else {
      consumed.failed += 1;
      parts.log.warn(`cannot work on webhook ${id}: ${reasonOf(outcome.error)}`, { webhook: id });
      yield* sleep(options.pauseMs);
    }
  } finally {
    // Also when it was cancelled: others need not wait until the broker notices.
    if (isDone) {
      consumed.acknowledged += 1;
      received.acknowledge();
    } else {
      consumed.givenBack += 1;
      received.giveBack();
    }
  }
});

function* workOn({ inbox, work, consumed }: ConsumeParts, { timeoutMs }: ConsumeOptions, message: Webhook) {
  const leftMs = message.deadline - Date.now();
  const isLate = leftMs <= 0;
  if (isLate) consumed.late += 1;
  // Accepted is accepted: what comes too late for its sender is done all the same, with the usual time.
  const limitMs = isLate ? timeoutMs : Math.min(timeoutMs, leftMs);
  return yield* timeout(limitMs, inbox.once(message.id, work(message, { isLate })));
}
