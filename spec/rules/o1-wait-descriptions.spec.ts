import { describe, expect, it } from "@jest/globals";
import {
  action,
  all,
  Barrier,
  call,
  checkpoint,
  Condition,
  Event,
  Lock,
  operation,
  Queue,
  race,
  resource,
  scoped,
  select,
  Semaphore,
  shield,
  sleep,
  spawn,
  suspend,
  taskGroup,
  timeout,
  until,
  Wait,
  waiting,
  withResolvers,
  type Operation,
  type WaitDescription,
} from "coppice";
import { nodeOf, type TaskNode } from "../../lib/kernel/index.js";
import { allTasks } from "../support/parked.js";
import { world } from "../support/virtual.js";

const never = new Promise<never>(() => undefined);

/** The descriptions of everything that waits below an operation, some time after it was started. */
async function descriptionsOf(op: Operation<unknown>): Promise<Record<string, WaitDescription>> {
  const { run, scheduler } = world();
  const main = run(function* main() {
    yield* spawn(op, { name: "subject" });
    yield* sleep(5);
    const found: Record<string, WaitDescription> = {};
    for (const { name, wait } of allTasks(scheduler))
      if (wait !== null && name !== "main") found[name] = described(wait);
    return found;
  });
  return main;
}

/** A description without what is not known. */
function described(wait: { describe(): WaitDescription }): WaitDescription {
  return JSON.parse(JSON.stringify(wait.describe())) as WaitDescription;
}

function fetchUser(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => {
      reject(new DOMException("The operation was aborted", "AbortError"));
    });
  });
}

function full<T>(queue: Queue<T>, item: T): Queue<T> {
  queue.tryPut(item);
  return queue;
}

const subjects: readonly [name: string, op: () => Operation<unknown>, description: WaitDescription][] = [
  ["sleep", () => sleep(100), { kind: "sleep", due: 100 }],
  ["sleep without end", () => sleep(Infinity), { kind: "sleep" }],
  ["suspend", () => suspend(), { kind: "suspend" }],
  ["until", () => until(never), { kind: "promise", isOutside: true }],
  ["call", () => call(fetchUser), { kind: "call", on: "fetchUser", isOutside: true }],
  [
    "action",
    () =>
      action<never>(function opened() {
        return undefined;
      }),
    { kind: "action", on: "opened", isOutside: true },
  ],
  ["queue.get", () => new Queue({ name: "jobs" }).get(), { kind: "queue get", on: "jobs" }],
  [
    "queue.put",
    () => new Queue<number>({ name: "jobs", capacity: 0 }).put(1),
    { kind: "queue put", on: "jobs" },
  ],
  [
    "queue.join",
    () => full(new Queue<number>({ name: "jobs" }), 1).join(),
    { kind: "queue join", on: "jobs" },
  ],
  ["event.wait", () => new Event({ name: "ready" }).wait(), { kind: "event", on: "ready" }],
  ["barrier.wait", () => new Barrier(2, { name: "start" }).wait(), { kind: "barrier", on: "start" }],
  [
    "withResolvers",
    () => withResolvers<number>({ name: "answer" }).operation,
    { kind: "deferred", on: "answer" },
  ],
  [
    "the end of a boundary's children",
    () =>
      taskGroup(
        function* (group) {
          group.spawn(suspend(), { name: "child" });
        },
        { name: "workers" },
      ),
    { kind: "children", on: "workers" },
  ],
  ["race", () => race([suspend()]), { kind: "race" }],
  ["scoped, by what it waits for inside", () => scoped(sleep(100)), { kind: "sleep", due: 100 }],
  ["shield, by what it waits for inside", () => shield(sleep(100)), { kind: "sleep", due: 100 }],
  ["timeout, by what it waits for inside", () => timeout(50, suspend()), { kind: "suspend" }],
  [
    "operation(), by what it waits for inside",
    () =>
      operation(function* outer() {
        yield* suspend();
      })(),
    { kind: "suspend" },
  ],
  [
    "resource, while it is acquired",
    () =>
      resource<number>(function* usePool() {
        yield* suspend();
      }),
    { kind: "resource", on: "usePool" },
  ],
];

describe("O1 every wait describes itself when asked", () => {
  it.each(subjects)("O1 %s", async (_, op, description) => {
    expect((await descriptionsOf(op()))["subject"]).toEqual(description);
  });

  it("O1 a resource that is in use says so", async () => {
    const found = await descriptionsOf(
      scoped(function* () {
        yield* resource<number>(function* usePool(provide) {
          yield* provide(1);
        });
        yield* suspend();
      }),
    );
    expect(found["usePool"]).toEqual({ kind: "provide" });
  });

  it("O1 a checkpoint is over before anybody can look, and says what it is all the same", async () => {
    const { run, scheduler } = world();
    const kinds = await run(function* () {
      yield* spawn(checkpoint(), { name: "subject" });
      yield* checkpoint();
      return allTasks(scheduler).flatMap(({ name, wait }) =>
        name === "subject" && wait !== null ? [wait.describe().kind] : [],
      );
    });
    expect(kinds).toEqual(["checkpoint"]);
  });

  it("O1 a join names the task and says that it is the one who holds it", async () => {
    const { run } = world();
    const seen = await run(function* () {
      const target = yield* spawn(suspend(), { name: "target" });
      const waiter = yield* spawn(target);
      yield* sleep(1);
      const { wait } = nodeOf(waiter);
      return wait === null ? null : described(wait);
    });
    expect(seen).toMatchObject({
      kind: "join",
      on: "target",
      heldBy: ["target"],
      holders: [expect.any(Number)],
    });
  });

  it("O1 who waits for a cancel names whose cleanup it is", async () => {
    const { run } = world();
    const seen = await run(function* () {
      const target = yield* spawn(
        function* () {
          try {
            yield* suspend();
          } finally {
            yield* sleep(10);
          }
        },
        { name: "target" },
      );
      yield* sleep(1);
      const canceller = yield* spawn(target.cancel());
      yield* sleep(1);
      const { wait } = nodeOf(canceller);
      return wait === null ? null : described(wait);
    });
    expect(seen).toMatchObject({ kind: "cancel", on: "target", heldBy: ["target"] });
  });

  it("O1 a select says which waits would do", async () => {
    const [jobs, stop] = [new Queue<number>({ name: "jobs" }), new Event({ name: "stop" })];
    const { subject } = await descriptionsOf(select([jobs.get(), stop.wait()]));
    expect(subject).toMatchObject({
      kind: "select",
      anyOf: [
        { kind: "queue get", on: "jobs" },
        { kind: "event", on: "stop" },
      ],
    });
  });

  it("O1 says since when, in ms of the host's clock", async () => {
    const { run, scheduler } = world();
    const since = await run(function* () {
      yield* spawn(
        function* () {
          yield* sleep(30);
          yield* suspend();
        },
        { name: "subject" },
      );
      yield* sleep(100);
      return allTasks(scheduler).flatMap(({ name, wait }) =>
        name === "subject" && wait !== null ? [wait.since] : [],
      );
    });
    expect(since).toEqual([30]);
  });

  it("O1 costs nothing when nobody asks: a description that cannot be made is never missed", async () => {
    class Mute extends Wait<string> {
      begin(): void {
        setImmediate(() => {
          this.succeed("value");
        });
      }
      withdraw(): boolean {
        return true;
      }
      describe(): never {
        throw new Error("asked");
      }
    }
    const { run } = world();
    const value = await run(timeout(1_000, race([waiting(() => new Mute()), sleep(500)])));
    expect(value).toBe("value");
  });

  it("O1 a name with control characters, or as long as a book, stays harmless in a description", async () => {
    const queue = new Queue({ name: `a\u001b[2J${"x".repeat(100_000)}` });
    const { subject } = await descriptionsOf(queue.get());
    // eslint-disable-next-line no-control-regex -- there must be none
    expect([subject?.on?.length, /[\u0000-\u001f]/.test(subject?.on ?? "")]).toEqual([200, false]);
  });
});

describe("O1 who holds it", () => {
  it("O1 a lock names its owner, a semaphore those who have its permits", async () => {
    const [lock, semaphore] = [new Lock({ name: "cache" }), new Semaphore(2, { name: "limit" })];
    const found = await descriptionsOf(
      all([
        function* () {
          yield* spawn(() => hold(lock.acquire()), { name: "owner" });
          yield* spawn(() => hold(semaphore.acquire()), { name: "first" });
          yield* spawn(() => hold(semaphore.acquire()), { name: "second" });
          yield* sleep(0);
          yield* spawn(lock.acquire(), { name: "wants the lock" });
          yield* spawn(semaphore.acquire(), { name: "wants a permit" });
          yield* suspend();
        },
      ]),
    );
    expect(found["wants the lock"]).toMatchObject({ kind: "lock", on: "cache", heldBy: ["owner"] });
    expect(found["wants a permit"]).toMatchObject({
      kind: "semaphore",
      on: "limit",
      heldBy: ["first", "second"],
    });
  });

  it("O1 a condition's wait names the condition, and the lock when it wants that back", async () => {
    const condition = new Condition({ name: "not empty" });
    const found = await descriptionsOf(
      operation(function* waits() {
        yield* condition.lock.acquire();
        yield* condition.wait();
      })(),
    );
    expect(found["subject"]).toMatchObject({ kind: "condition", on: "not empty" });
  });

  it("O1 a deadlock can be followed from wait to holder until it closes", async () => {
    const [left, right] = [new Lock({ name: "left" }), new Lock({ name: "right" })];
    const { run, scheduler } = world();
    const philosopher = (first: Lock, second: Lock) =>
      operation(function* philosopher() {
        yield* first.acquire();
        yield* sleep(1);
        yield* second.acquire();
      })();
    const cycle = await run(function* () {
      yield* spawn(philosopher(left, right), { name: "Plato" });
      yield* spawn(philosopher(right, left), { name: "Kant" });
      yield* sleep(10);
      return cycleFrom("Plato", allTasks(scheduler));
    });
    expect(cycle).toEqual(["Plato waits for lock right", "Kant waits for lock left"]);
  });
});

function* hold(acquired: Operation<unknown>) {
  yield* acquired;
  yield* suspend();
}

/** Follows the holders from a task until it comes back to it. */
function cycleFrom(name: string, tasks: readonly TaskNode[]): string[] {
  const steps: string[] = [];
  let next: string | undefined = name;
  while (next !== undefined && steps.length < 10) {
    const wait: Wait<unknown> | null | undefined = tasks.find((task) => task.name === next)?.wait;
    const description = wait?.describe();
    if (description === undefined) break;
    steps.push(`${next} waits for ${description.kind} ${description.on ?? ""}`);
    next = description.heldBy?.[0];
    if (next === name) return steps;
  }
  return [...steps, "no cycle"];
}
