/** The way in for a new webhook: a place in the backlog, a row in the database, its turn to be forwarded. */
import { randomUUID } from "node:crypto";
import { operation } from "coppice";
import type { Backlog } from "./backlog.js";
import type { Counters } from "./counters.js";
import type { Store } from "./store.js";
import { UnavailableError } from "./unavailable-error.js";

export interface IntakeParts {
  readonly backlog: Backlog;
  readonly store: Store;
  readonly counters: Counters;
  readonly log: (line: string) => void;
}

/**
 * Takes in a webhook and returns its id, once it is stored.
 *
 * Throws: UnavailableError when the backlog is full or the database did not take it.
 */
export const accept = operation(function* (parts: IntakeParts, source: string, body: string) {
  const { backlog, store, counters, log } = parts;
  const webhook = { id: randomUUID(), source, body };
  const delivery = backlog.tryEnter(webhook);
  if (delivery === undefined) throw new UnavailableError("The backlog is full.");
  try {
    yield* store.insert(webhook);
  } catch (cause) {
    delivery.leave();
    log(`cannot store a webhook: ${String(cause)}`);
    throw new UnavailableError("The webhook could not be stored.", { cause });
  }
  counters.stored += 1;
  // From here on its place is given back by whoever forwards or publishes it.
  backlog.deliveries.tryPut(delivery);
  return webhook.id;
});
