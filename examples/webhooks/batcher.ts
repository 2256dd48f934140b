/**
 * Turns many small writes into few large ones.
 *
 * Whoever writes waits until its row is stored. A single writer takes everything that has gathered meanwhile
 * and stores it at once, so batches grow by themselves as the load does, and nothing waits for a timer.
 * What gathers is bounded by its writers: each of them waits here with one row. A batch that failed in passing is
 * sent again, with the rows that somebody still waits for.
 */
import { action, attempt, deadline, now, Queue, resource, sleep, spawn, type Operation } from "coppice";
import { DatabaseError } from "./database.js";

const LARGEST_BATCH = 500;
const LARGEST_BATCH_BYTES = 4 * 1024 * 1024;
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 320;

export interface Batcher<Row> {
  /**
   * Stores the row. A deadline around it goes on to the database.
   *
   * Cancel: a row that is on its way by then may be stored all the same, its writer just does not hear of it.
   * Throws: what `store` throws, unless it is a failure in passing: those are tried again until cancelled.
   */
  write(row: Row): Operation<void>;
}

export interface BatcherOptions<Row> {
  readonly name: string;
  /** Stores the rows, twice the same ones if it must be, in about so many ms at the most. */
  readonly store: (rows: readonly Row[], leftMs: number) => Operation<unknown>;
  /** About how much memory a row takes; without it only rows are counted. */
  readonly bytesOf?: (row: Row) => number;
}

interface Entry<Row> {
  readonly row: Row;
  readonly deadline: number;
  readonly stored: () => void;
  readonly failed: (error: unknown) => void;
  isWanted: boolean;
}

export const useBatcher = <Row>(options: BatcherOptions<Row>): Operation<Batcher<Row>> =>
  resource<Batcher<Row>>(function* (provide) {
    const entries = new Queue<Entry<Row>>({ name: options.name });
    yield* spawn(
      function* () {
        for (;;) yield* storeBatch(yield* gather(entries, options), options);
      },
      { name: `${options.name} writer` },
    );
    yield* provide({
      *write(row) {
        const due = yield* deadline();
        yield* action((resolve, reject) => {
          const entry = {
            row,
            deadline: due,
            stored: () => resolve(undefined),
            failed: reject,
            isWanted: true,
          };
          entries.tryPut(entry);
          return () => {
            entry.isWanted = false;
          };
        });
      },
    });
  });

function* gather<Row>(entries: Queue<Entry<Row>>, { bytesOf }: BatcherOptions<Row>) {
  const batch = [yield* entries.get()];
  // Every request that is about to arrive in this turn of the event loop gets on board.
  yield* endOfTurn();
  let bytes = 0;
  while (batch.length < LARGEST_BATCH && bytes < LARGEST_BATCH_BYTES) {
    const next = entries.tryGet();
    if (next === undefined) break;
    batch.push(next.value);
    bytes += bytesOf?.(next.value.row) ?? 0;
  }
  return batch;
}

function* storeBatch<Row>(batch: readonly Entry<Row>[], { store }: BatcherOptions<Row>) {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
    const wanted = batch.filter((entry) => entry.isWanted);
    if (wanted.length === 0) return;
    // The one that may take longest decides: nobody is cut short for a neighbour, and who has less time leaves.
    const last = wanted.reduce((latest, entry) => Math.max(latest, entry.deadline), 0);
    const rows = wanted.map((entry) => entry.row);
    const outcome = yield* attempt(store(rows, last - now()));
    if (outcome.ok) {
      for (const entry of wanted) entry.stored();
      return;
    }
    if (!(outcome.error instanceof DatabaseError && outcome.error.isPassing)) {
      for (const entry of wanted) entry.failed(outcome.error);
      return;
    }
    yield* sleep(pauseMs);
  }
}

const endOfTurn = (): Operation<void> =>
  action((resolve) => {
    const immediate = setImmediate(resolve);
    return () => clearImmediate(immediate);
  });
