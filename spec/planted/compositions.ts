/** What people build of operations: races, timeouts, pools, caches, workers. */
import { expect } from "@jest/globals";
import {
  action,
  all,
  checkpoint,
  ensure,
  operation,
  race,
  resource,
  run,
  scoped,
  sleep,
  spawn,
  suspend,
  taskGroup,
  timeout,
  type Operable,
  type Operation,
  type Task,
} from "coppice";
import type { Scenario, Subject } from "./mistake.js";
import { perform } from "./semaphore.js";

type Race = (ops: readonly (() => Operation<unknown>)[]) => Operation<unknown>;

/** The loser goes on by itself. */
const leavesLoser: Race = operation(function* (ops) {
  let winner: Task<unknown> | undefined;
  const tasks = ops.map((op) => run(op));
  while (winner === undefined) {
    yield* sleep(1);
    winner = tasks.find((task) => task.state === "completed");
  }
  return winner.result();
});

/** The winner does not wait for the loser's cleanup. */
const hurries: Race = operation(function* (ops) {
  const tasks: Task<unknown>[] = [];
  for (const op of ops) tasks.push(run(op));
  yield* ensure(() => {
    for (const task of tasks) void task.cancel();
  });
  for (;;) {
    for (const task of tasks) if (task.state === "completed") return task.result();
    yield* sleep(1);
  }
});

function raceScenario(runs: Race): Scenario {
  let log: string[] = [];
  return {
    make: () => {
      log = [];
      return function* () {
        yield* runs([
          function* () {
            yield* sleep(5);
            return "first";
          },
          function* () {
            try {
              yield* sleep(50);
            } finally {
              yield* sleep(2);
              log.push("cleaned");
            }
          },
        ]);
        log.push("raced");
      };
    },
    check: ({ outcome }) => {
      if (outcome === "completed") expect(log).toEqual(["cleaned", "raced"]);
    },
  };
}

type Limit = (ms: number, op: Operation<unknown>) => Operation<unknown>;

/** The timer is not taken back. */
const keepsTimer: Limit = operation(function* (ms, op) {
  return yield* race([
    op,
    action<undefined>((resolve) => {
      setTimeout(resolve, ms * 20, undefined);
    }),
  ]);
});

/** Goes back to work when its time is up. */
const startsOver: Limit = operation(function* (_ms, op) {
  for (;;) {
    try {
      return yield* timeout(5, op);
    } finally {
      // eslint-disable-next-line no-unsafe-finally -- the mistake
      if (forever) continue;
    }
  }
});
const forever = Boolean(1);

function limitScenario(limit: Limit): Scenario {
  return { make: () => limit(50, suspendOr(20)) };
}

const suspendOr = operation(function* (ms: number) {
  yield* race([suspend(), sleep(ms)]);
});

/** A listener on a signal that lives longer. */
function listenerScenario(isRemoved: boolean): Scenario {
  const controller = new AbortController();
  return {
    make: () =>
      timeout(
        5,
        action((resolve) => {
          controller.signal.addEventListener("abort", resolve);
          return isRemoved ? () => controller.signal.removeEventListener("abort", resolve) : undefined;
        }),
        { otherwise: 0 },
      ),
    watch: [controller.signal],
  };
}

/** Connections that have to be closed; opening one takes a moment. */
class Connections {
  opened = 0;
  closed = 0;

  *open(): Generator<never, { close(): void }> {
    yield* sleep(2) as Iterable<never>;
    this.opened++;
    let isOpen = true;
    return {
      close: () => {
        expect(isOpen).toBe(true);
        isOpen = false;
        this.closed++;
      },
    };
  }
}

type UseTwo = (connections: Connections) => Operation<void>;

const usesResources: UseTwo = operation(function* (connections) {
  const connection = resource<number>(function* (provide) {
    const opened = yield* connections.open();
    try {
      yield* provide(1);
    } finally {
      opened.close();
    }
  });
  yield* connection;
  yield* connection;
  yield* sleep(5);
});

/** The first one is not closed when the second cannot be had. */
const opensBothFirst: UseTwo = operation(function* (connections) {
  const first = yield* connections.open();
  const second = yield* connections.open();
  try {
    yield* sleep(5);
  } finally {
    first.close();
    second.close();
  }
});

/** The cleanup is registered a moment too late. */
const registersLate: UseTwo = operation(function* (connections) {
  const connection = yield* connections.open();
  yield* checkpoint();
  yield* ensure(() => {
    connection.close();
  });
  yield* sleep(5);
});

/** The cleanup belongs to a scope that has ended by then, or never begins. */
const closesInTask: UseTwo = operation(function* (connections) {
  const connection = yield* connections.open();
  yield* spawn(function* () {
    yield* checkpoint();
    try {
      yield* suspend();
    } finally {
      connection.close();
    }
  });
  yield* sleep(5);
});

/** Closes at both ends of its life. */
const closesTwice: UseTwo = operation(function* (connections) {
  const connection = yield* connections.open();
  yield* ensure(() => {
    connection.close();
  });
  let isDone = false;
  try {
    yield* sleep(5);
    isDone = true;
  } finally {
    if (!isDone) connection.close();
  }
});

function connectionsScenario(useTwo: UseTwo): Scenario {
  let connections = new Connections();
  return {
    make: () => {
      connections = new Connections();
      return useTwo(connections);
    },
    check: () => expect(connections.closed).toBe(connections.opened),
  };
}

/** A pool that makes connections up to a limit. */
class PoolCopy {
  idle: number[] = [];
  made = 0;
  /** What was said to be made and is not. */
  making = 0;

  constructor(readonly limit: number) {}

  *take(): Generator<never, number> {
    for (;;) {
      const connection = this.idle.pop();
      if (connection !== undefined) return connection;
      if (this.made + this.making < this.limit) return yield* this.make();
      yield* sleep(1) as Iterable<never>;
    }
  }

  *make(): Generator<never, number> {
    this.making++;
    try {
      yield* sleep(3) as Iterable<never>;
      return ++this.made;
    } finally {
      this.making--;
    }
  }

  give(connection: number): void {
    this.idle.push(connection);
  }

  *with(op: Operable<unknown>): Generator<never, void> {
    const connection = yield* this.take();
    try {
      yield* perform(op);
    } finally {
      this.give(connection);
    }
  }
}

/** A connection that is cancelled while it is made counts for ever. */
class CountsUnmade extends PoolCopy {
  override *make(): Generator<never, number> {
    this.making++;
    yield* sleep(3) as Iterable<never>;
    this.making--;
    return ++this.made;
  }
}

/** Looks whether there is room, and makes a connection later. */
class LooksThenMakes extends PoolCopy {
  override *make(): Generator<never, number> {
    yield* sleep(3) as Iterable<never>;
    return ++this.made;
  }
}

/** Gives the same connection back twice. */
class GivesTwice extends PoolCopy {
  override *with(op: Operable<unknown>): Generator<never, void> {
    const connection = yield* this.take();
    let isGiven = false;
    try {
      yield* perform(op);
      this.give(connection);
      yield* checkpoint() as Iterable<never>;
      isGiven = true;
    } finally {
      if (!isGiven) this.give(connection);
    }
  }
}

function poolScenario(make: () => PoolCopy): Scenario {
  let pool = make();
  return {
    make: () => {
      pool = make();
      return taskGroup(function* (group) {
        for (let i = 0; i < 3; i++) group.spawn(timeout(20, () => pool.with(sleep(2)), { otherwise: 0 }));
        yield* sleep(1);
      });
    },
    check: () => {
      expect(pool.making).toBe(0);
      expect(pool.made).toBeLessThanOrEqual(pool.limit);
      expect([...pool.idle].sort()).toEqual(Array.from({ length: pool.made }, (_, i) => i + 1));
    },
  };
}

type Workers = (work: (item: number) => Operation<void>) => Operation<void>;

/** Each worker takes items until there are none. */
const workers: Workers = operation(function* (work) {
  const items = [1, 2, 3, 4];
  yield* taskGroup(function* (group) {
    for (let i = 0; i < 2; i++) {
      group.spawn(function* () {
        for (let item = items.shift(); item !== undefined; item = items.shift()) yield* work(item);
      });
    }
    yield* checkpoint();
  });
});

/** Does not say when an item fails. */
const swallows: Workers = operation(function* (work) {
  yield* taskGroup(function* (group) {
    for (const item of [1, 2, 3, 4]) {
      group.spawn(function* () {
        try {
          yield* work(item);
        } catch {
          // Swallowed.
        }
      });
    }
    yield* checkpoint();
  });
});

/** The list of tasks can be gone through once, and is gone through twice. */
const waitsForNobody: Workers = operation(function* (work) {
  const scope: Task<void>[] = [];
  for (const item of [1, 2, 3, 4]) scope.push(yield* spawn(work(item)));
  const tasks = scope.values();
  let count = 0;
  for (const task of tasks) count += task.state === "ready" ? 1 : 0;
  expect(count).toBeGreaterThan(0);
  for (const task of tasks) yield* task;
});

/** Two workers read the same item when they look at the same time. */
const takesTwice: Workers = operation(function* (work) {
  const items = [1, 2, 3, 4];
  yield* all(
    [0, 1].map(
      () =>
        function* () {
          while (items.length > 0) {
            const [item] = items;
            yield* checkpoint();
            if (item === undefined) return;
            items.splice(items.indexOf(item), 1);
            yield* work(item);
          }
        },
    ),
  );
});

function workersScenario(runs: Workers, isFailing = false): Scenario {
  let done: number[] = [];
  return {
    make: () => {
      done = [];
      const body = runs(
        operation(function* (item: number) {
          yield* sleep(item);
          if (isFailing && item === 3) throw new Error("three");
          done.push(item);
        }),
      );
      return isFailing ? expectFailure(body) : body;
    },
    check: ({ outcome, scope = "nothing" }) => {
      expect(new Set(done).size).toBe(done.length);
      // A group that is cancelled by itself ends quietly.
      if (outcome === "completed" && scope === "nothing" && !isFailing)
        expect([...done].sort()).toEqual([1, 2, 3, 4]);
    },
  };
}

function* expectFailure(op: Operation<unknown>): Generator<never, void> {
  let hasFailed = false;
  try {
    yield* scoped(op) as Iterable<never>;
  } catch {
    hasFailed = true;
  }
  expect(hasFailed).toBe(true);
}

/** Requests that are counted, so that a service can wait for them when it stops. */
class ServiceCopy {
  inFlight = 0;

  *handle(): Generator<never, void> {
    this.inFlight++;
    try {
      yield* sleep(5) as Iterable<never>;
    } finally {
      this.inFlight--;
    }
  }

  *stop(): Generator<never, void> {
    while (this.inFlight > 0) yield* sleep(1) as Iterable<never>;
  }
}

/** A request that is given up is never counted off. */
class CountsAbandoned extends ServiceCopy {
  override *handle(): Generator<never, void> {
    this.inFlight++;
    yield* sleep(5) as Iterable<never>;
    this.inFlight--;
  }
}

function serviceScenario(make: () => ServiceCopy): Scenario {
  return {
    make: () => {
      const service = make();
      return function* () {
        yield* all([
          timeout(3, () => service.handle(), { otherwise: 0 }),
          timeout(1_000, function* stop() {
            yield* checkpoint();
            yield* service.stop();
          }),
        ]);
      };
    },
  };
}

/** Money that is moved in two steps. */
function accountsScenario(isWhole: boolean): Scenario {
  let [a, b] = [100, 0];
  return {
    make: () => {
      [a, b] = [100, 0];
      return all(
        [10, 20].map(
          (amount) =>
            function* () {
              const before = a;
              if (!isWhole) yield* checkpoint();
              a = before - amount;
              b += amount;
              yield* checkpoint();
            },
        ),
      );
    },
    check: () => expect(a + b).toBe(100),
  };
}

export const compositions: Subject = {
  name: "race, timeout, resource, pools and workers",
  correct: [
    raceScenario((ops) => race(ops)),
    limitScenario((ms, op) => timeout(ms, op)),
    listenerScenario(true),
    connectionsScenario(usesResources),
    poolScenario(() => new PoolCopy(2)),
    workersScenario(workers),
    workersScenario(workers, true),
    serviceScenario(() => new ServiceCopy()),
    accountsScenario(true),
  ],
  mistakes: [
    { name: "the loser of a race goes on", scenario: raceScenario(leavesLoser) },
    {
      name: "a race does not wait for its loser's cleanup",
      like: "B8, B12, B13",
      scenario: raceScenario(hurries),
    },
    { name: "the timer of a timeout is not taken back", scenario: limitScenario(keepsTimer) },
    { name: "a loop does not let itself be cancelled", like: "B7", scenario: limitScenario(startsOver) },
    {
      name: "a listener is added for each wait and never removed",
      like: "B17",
      scenario: listenerScenario(false),
    },
    {
      name: "the first of two is not closed when the second does not come",
      like: "B14",
      scenario: connectionsScenario(opensBothFirst),
    },
    {
      name: "a cleanup is registered a moment too late",
      like: "B6",
      scenario: connectionsScenario(registersLate),
    },
    {
      name: "a task that is to clean up has not begun",
      like: "B13",
      scenario: connectionsScenario(closesInTask),
    },
    { name: "a cleanup runs twice", like: "B11", scenario: connectionsScenario(closesTwice) },
    {
      name: "what is cancelled while it is made counts for ever",
      like: "B6",
      scenario: poolScenario(() => new CountsUnmade(2)),
    },
    { name: "more are made than there may be", scenario: poolScenario(() => new LooksThenMakes(2)) },
    { name: "the same connection is given back twice", scenario: poolScenario(() => new GivesTwice(2)) },
    { name: "an error is swallowed", scenario: workersScenario(swallows, true) },
    {
      name: "a list that can be gone through once is gone through twice",
      like: "B16",
      scenario: workersScenario(waitsForNobody),
    },
    { name: "two workers take the same item", scenario: workersScenario(takesTwice) },
    {
      name: "stopping waits for a request that was given up",
      like: "B20",
      scenario: serviceScenario(() => new CountsAbandoned()),
    },
    { name: "an update is lost between read and write", scenario: accountsScenario(false) },
  ],
};
