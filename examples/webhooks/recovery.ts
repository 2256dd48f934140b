/**
 * Takes up again what earlier runs accepted and did not finish: after a crash, a grace period that was too
 * short, or a downstream that was down.
 *
 * It reads a page at a time and waits for a place in the backlog, so that any number of them can be there.
 * It looks only at what was stored before this run, never at what this run has in its hands already.
 */
import { attempt, operation, sleep } from "coppice";
import type { Backlog } from "./backlog.js";
import type { Counters } from "./counters.js";
import type { Store, Unfinished } from "./store.js";

/** How many are read, and in the backlog, at a time. */
export const PAGE = 50;
const PAUSE_AFTER_ERROR_MS = 1_000;

export interface RecoveryParts {
  readonly store: Store;
  readonly backlog: Backlog;
  readonly counters: Counters;
  readonly log: (line: string) => void;
}

export const recovery = operation(function* (parts: RecoveryParts, unfinished: Unfinished) {
  const { store, backlog, counters, log } = parts;
  if (unfinished.count === 0) return;
  let position = "0";
  for (;;) {
    const page = yield* attempt(store.readUnfinished(position, unfinished.last, PAGE));
    if (!page.ok) {
      log(`cannot read unfinished webhooks, trying again: ${String(page.error)}`);
      yield* sleep(PAUSE_AFTER_ERROR_MS);
      continue;
    }
    if (page.value.length === 0) return;
    for (const webhook of page.value) {
      yield* backlog.deliveries.put(yield* backlog.enterRecovered(webhook));
      counters.recovered += 1;
      position = webhook.position;
    }
  }
});
