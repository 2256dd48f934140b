/**
 * Turns many small writes into few large ones.
 *
 * Whoever writes waits until its row is stored. A single writer takes everything that has gathered meanwhile
 * and stores it at once, so batches grow by themselves as the load does, and nothing waits for a timer.
 * What gathers is bounded by its writers: each of them waits here with one row.
 */
import { action, attempt, call, Queue, resource, spawn, type Operation } from "coppice";

const LARGEST_BATCH = 500;
const LARGEST_BATCH_BYTES = 4 * 1024 * 1024;

export interface Batcher<Row> {
  /** Stores the row. Cancel: a row that was not sent yet is still sent, its writer just does not hear of it. */
  write(row: Row): Operation<void>;
}

export interface BatcherOptions<Row> {
  readonly name: string;
  readonly store: (rows: readonly Row[]) => Promise<unknown>;
  /** About how much memory a row takes; without it only rows are counted. */
  readonly bytesOf?: (row: Row) => number;
}

interface Entry<Row> {
  readonly row: Row;
  readonly stored: () => void;
  readonly failed: (error: unknown) => void;
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
      write: (row) =>
        action((resolve, reject) => {
          entries.tryPut({ row, stored: resolve, failed: reject });
        }),
    });
  });

function* gather<Row>(entries: Queue<Entry<Row>>, { bytesOf }: BatcherOptions<Row>) {
  const batch = [yield* entries.get()];
  // Every request that is about to arrive in this turn of the event loop gets on board.
  yield* endOfTurn();
  let bytes = 0;
  while (entries.size > 0 && batch.length < LARGEST_BATCH && bytes < LARGEST_BATCH_BYTES) {
    const entry = yield* entries.get();
    batch.push(entry);
    bytes += bytesOf?.(entry.row) ?? 0;
  }
  return batch;
}

function* storeBatch<Row>(batch: readonly Entry<Row>[], { store }: BatcherOptions<Row>) {
  const outcome = yield* attempt(call(() => store(batch.map((entry) => entry.row))));
  for (const entry of batch) {
    if (outcome.ok) entry.stored();
    else entry.failed(outcome.error);
  }
}

const endOfTurn = (): Operation<void> =>
  action((resolve) => {
    const immediate = setImmediate(resolve);
    return () => clearImmediate(immediate);
  });
