/**
 * C4 as a program without a test library, to be bundled and run anywhere: each case is cancelled while it waits, and
 * gives what it did. Nothing in it takes time: a step waits for a promise.
 */
import { ensure, operation, run, scoped, suspend, until, type Operation } from "coppice";

type Log = (event: string) => void;

/** A wait that really parks its task. */
const step = (): Operation<void> => until(Promise.resolve());

const threeSteps = operation(function* threeSteps(log: Log) {
  for (const n of [1, 2, 3]) {
    yield* step();
    log(`step ${n}`);
  }
});

function* threePlainSteps(log: Log): Operation<void> {
  for (const n of [1, 2, 3]) {
    yield* step();
    log(`plain ${n}`);
  }
}

function* delegate(log: Log): Operation<void> {
  try {
    yield* suspend();
  } finally {
    yield* threeSteps(log);
    log("AFTER CLEANUP");
  }
  log("AFTER FINALLY");
}

function* helper(log: Log): Operation<void> {
  yield* delegate(log);
  log("RESUMED");
}

function* caller(log: Log): Operation<void> {
  try {
    yield* helper(log);
    log("RESUMED");
  } finally {
    log("caller cleaned");
  }
  log("RESUMED");
}

const inner = operation(function* inner(log: Log) {
  try {
    yield* suspend();
  } finally {
    for (const n of [1, 2]) {
      yield* step();
      log(`inner ${n}`);
    }
  }
  log("RESUMED");
});

/** Name, and what is run. */
const cases: readonly (readonly [string, (log: Log) => Operation<unknown>])[] = [
  [
    "own finally, several steps",
    function* (log) {
      try {
        yield* suspend();
      } finally {
        yield* step();
        log("first");
        yield* step();
        log("second");
      }
      log("RESUMED");
    },
  ],
  [
    "own finally that calls a helper",
    function* (log) {
      try {
        yield* suspend();
      } finally {
        yield* threePlainSteps(log);
        log("and goes on");
      }
    },
  ],
  ["delegated finally", caller],
  ["delegated finally in operation()", operation(caller)],
  [
    "delegated finally that delegates further",
    function* (log) {
      function* further(): Operation<void> {
        try {
          yield* suspend();
        } finally {
          yield* threePlainSteps(log);
          log("AFTER CLEANUP");
        }
      }
      yield* further();
      log("RESUMED");
    },
  ],
  [
    "operation() called from a finally's owner",
    function* (log) {
      try {
        yield* inner(log);
        log("RESUMED");
      } finally {
        yield* step();
        yield* threeSteps(log);
      }
      log("RESUMED");
    },
  ],
  [
    "two waits on one line",
    function* (log) {
      // prettier-ignore
      try { yield* suspend(); yield* step(); log("RESUMED"); } finally { yield* step(); log("one"); yield* step(); log("two"); }
    },
  ],
  [
    "ensure",
    function* (log) {
      yield* ensure(() => threeSteps(log));
      yield* scoped(function* () {
        yield* ensure(() => threePlainSteps(log));
        yield* caller(log);
      });
      log("RESUMED");
    },
  ],
];

/** What one case did, and how it ended. */
export interface Observed {
  readonly name: string;
  readonly events: readonly string[];
  readonly ended: string;
}

export default async function observe(): Promise<Observed[]> {
  const observed: Observed[] = [];
  for (const [name, make] of cases) {
    const events: string[] = [];
    const task = run(() => make((event) => events.push(event)));
    await Promise.resolve();
    await task.cancel();
    observed.push({ name, events, ended: task.state });
  }
  return observed;
}
