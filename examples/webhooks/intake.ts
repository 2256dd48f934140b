/** The way in for a new webhook: a place in the backlog, a row in the outbox, its turn to be forwarded. */
import { randomUUID } from "node:crypto";
import { operation, timeout, TimeoutError } from "coppice";
import type { Backlog } from "./backlog.js";
import type { Breaker } from "./breaker.js";
import type { Counters } from "./counters.js";
import type { Log } from "./log.js";
import { reasonOf } from "./reason.js";
import type { Store } from "./store.js";
import { UnavailableError } from "./unavailable-error.js";

export interface IntakeParts {
  readonly backlog: Backlog;
  readonly breaker: Breaker;
  readonly store: Store;
  readonly counters: Counters;
  readonly outbox: { readonly hasRoom: boolean };
  readonly log: Log;
}

export interface Incoming {
  readonly source: string;
  readonly body: string;
  /** How long the sender waits. */
  readonly timeoutMs: number;
}

/**
 * Takes in a webhook and returns its id, once it is stored. The time that the sender gave is the limit of all of it.
 *
 * Throws: UnavailableError when there is no room or the database did not take it in time.
 */
export const accept = operation(function* (parts: IntakeParts, incoming: Incoming) {
  const { backlog, breaker, store, counters, outbox } = parts;
  const { source, body, timeoutMs } = incoming;
  const webhook = { id: randomUUID(), source, body, deadline: Date.now() + timeoutMs };
  const delivery = backlog.tryEnter(webhook);
  if (delivery === undefined) throw new UnavailableError("The backlog is full.");
  // While the downstream is away, the outbox takes what this process need not hold in memory.
  const isPutOff = breaker.isOpen;
  try {
    if (isPutOff && !outbox.hasRoom) throw new UnavailableError("The outbox is full.");
    yield* timeout(timeoutMs, store.insert(webhook, { isPutOff }));
  } catch (cause) {
    delivery.leave();
    throw unavailable(parts, cause);
  }
  counters.stored += 1;
  // From here on its place is given back by whoever forwards or publishes it.
  if (!isPutOff && backlog.deliveries.tryPut(delivery)) return webhook.id;
  if (isPutOff) counters.putOff += 1;
  delivery.leave();
  return webhook.id;
});

function unavailable({ log }: IntakeParts, cause: unknown): UnavailableError {
  if (cause instanceof UnavailableError) return cause;
  const what = cause instanceof TimeoutError ? "in time" : "";
  log.warn(`cannot store a webhook: ${reasonOf(cause)}`);
  return new UnavailableError(`The webhook could not be stored ${what}`.trimEnd() + ".", { cause });
}
