/** What the specs of the bridge share: steps of theirs that take a turn, and waiting until they stand where they should. */
import * as theirs from "effection";
import { until, type Operation } from "coppice";

/** A step of theirs that waits for a turn of the host. */
export const theirTurn = (): theirs.Operation<void> =>
  theirs.action((resolve) => {
    const immediate = setImmediate(resolve);
    return () => clearImmediate(immediate);
  });

/** A step of ours that waits for a turn of the host. */
export const ourTurn = (): Operation<void> => until(turn());

export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** All that is on its way has arrived. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 10; i++) await turn();
}

/** Waits in theirs and logs, as they are halted, what cleanup does, in two steps that take time. */
export function* theirCleanup(log: unknown[], name = "theirs"): theirs.Operation<void> {
  try {
    log.push(`${name} waits`);
    yield* theirs.suspend();
  } finally {
    yield* theirTurn();
    log.push(`${name} gone`);
  }
}

/** A resource of theirs whose giving back takes time. */
export const theirThing = (log: unknown[], name: string): theirs.Operation<string> =>
  theirs.resource(function* (provide) {
    try {
      yield* provide(name);
    } finally {
      yield* theirTurn();
      log.push(`${name} given back`);
    }
  });
