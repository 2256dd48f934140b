/**
 * What must be refused, row by row: each refusal names the function, shows a short safe form of what it got, and says
 * what to write instead. What is taken although it looks odd is in accepted.spec.ts.
 */
import { describe, expect, it } from "@jest/globals";
import {
  all,
  any,
  attempt,
  Barrier,
  cancelScope,
  Condition,
  createContext,
  createScope,
  ensure,
  Limiter,
  Lock,
  operation,
  Queue,
  race,
  RateLimit,
  resource,
  run,
  select,
  Semaphore,
  shield,
  sleep,
  sleepUntil,
  spawn,
  suspend,
  taskGroup,
  timeout,
  until,
  waiting,
  type Operation,
} from "coppice";
import { failureOf, thrownBy } from "../support/failure.js";

/** Code without types: what TypeScript would refuse. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- that is what it stands for
type Loose = (...args: any[]) => any;
const loose = (fn: unknown): Loose => fn as Loose;

async function load(): Promise<void> {
  await Promise.resolve();
}

function* once(): Operation<number> {
  yield* sleep(1);
  return 1;
}

function used(): Operation<number> {
  const generator = once();
  void run(generator);
  return generator;
}

function yielding(value: unknown): Promise<string> {
  return failureOf(function* work() {
    yield value as never;
  });
}

async function endedScope(): Promise<string> {
  const scope = createScope({ name: "request" });
  await scope.cancel();
  return thrownBy(() => scope.spawn(sleep(1), { name: "poll" }));
}

const holding = (act: (lock: Lock) => Operation<unknown>): Promise<string> => {
  const lock = new Lock({ name: "cache" });
  return failureOf(lock.with(act(lock)));
};

type Row = readonly [input: string, refusal: () => string | Promise<string>, text: RegExp];

const yields: readonly Row[] = [
  ["yields a number", () => yielding(42), /Task "work" yielded the number 42, .* Write yield\*/],
  ["yields a string", () => yielding("x".repeat(500)), /yielded the string "x{39}…", /],
  ["yields undefined", () => yielding(undefined), /yielded undefined, .* Write yield\*/],
  ["yields an object", () => yielding({ secret: 1 }), /yielded an object of class Object, /],
  ["yields an array", () => yielding([1]), /yielded an array, /],
  [
    "yields a promise",
    () => yielding(Promise.resolve()),
    /yielded a Promise, .* Use yield\* until\(promise\)\./,
  ],
  ["yield on an operation", () => yielding(sleep(1)), /used `yield` on an operation\. Write `yield\*`\./],
  ["yields a function", () => yielding(once), /Call it: yield\* once\(…\)\./],
];

const operations: readonly Row[] = [
  [
    "an async function",
    () => thrownBy(() => loose(run)(load)),
    /run\(\) .* the async function "load"\. Write a function\*, or use call\(load\)\./,
  ],
  [
    "an async function to define",
    () => thrownBy(() => loose(operation)(load)),
    /operation\(\) .* async function "load"/,
  ],
  [
    "an async function to spawn",
    () => thrownBy(() => loose(spawn)(load)),
    /spawn\(\) .* async function "load"/,
  ],
  [
    "an async function in a list",
    () => thrownBy(() => loose(all)([load])),
    /all\(\) .* async function "load"/,
  ],
  [
    "a promise",
    () => thrownBy(() => loose(run)(Promise.resolve())),
    /run\(\) .* a Promise\. Use until\(promise\)\./,
  ],
  ["a promise in a race", () => thrownBy(() => loose(race)([Promise.resolve()])), /race\(\) .* a Promise\./],
  [
    "a generator that runs",
    () => thrownBy(() => run(used())),
    /can run only once, .* Pass the function\*, or call it again\./,
  ],
  [
    "the same generator spawned twice",
    () =>
      failureOf(function* () {
        const generator = once();
        yield* spawn(generator);
        yield* spawn(generator);
      }),
    /can run only once/,
  ],
  [
    "an operation spread",
    () => thrownBy(() => [...(sleep(1) as unknown as Iterable<never>)]),
    /outside any task\. Run it with `run\(operation\)`/,
  ],
  ["next() by hand", () => thrownBy(() => sleep(1)[Symbol.iterator]().next()), /outside any task/],
  [
    "await of an operation",
    () => Promise.resolve(sleep(1)).then(String, String),
    /An operation was awaited\. Use `yield\* operation`/,
  ],
  [
    "an empty race",
    () => thrownBy(() => race([])),
    /race\(\) needs at least one operation, got none: it would never end\./,
  ],
  ["an empty any", () => thrownBy(() => any([])), /any\(\) needs at least one operation/],
  ["an empty select", () => thrownBy(() => select([])), /select\(\) needs at least one wait/],
  [
    "a function* in a select",
    () => thrownBy(() => loose(select)([once])),
    /select\(\) needs single waits, got the function "once" at 0\./,
  ],
  [
    "no function for a resource",
    () => thrownBy(() => loose(resource)(5)),
    /resource\(\) needs a function\*, got the number 5\./,
  ],
  [
    "no function for a cleanup",
    () => thrownBy(() => loose(ensure)(5)),
    /ensure\(\) .* got the number 5\. Write ensure\(\(\) => …\)\./,
  ],
  [
    "no function for a wait",
    () => thrownBy(() => loose(waiting)(5)),
    /waiting\(\) .* got the number 5\. Write waiting\(\(\) => new MyWait\(\)\)\./,
  ],
  [
    "no wait from that function",
    () => failureOf(loose(waiting)(() => 5) as Operation<unknown>),
    /waiting\(\) .* got the number 5 from it\. Extend Wait\./,
  ],
  ["no operation to attempt", () => thrownBy(() => loose(attempt)(null)), /attempt\(\) .* got null\./],
  [
    "no promise",
    () => thrownBy(() => loose(until)(5)),
    /until\(\) needs a promise, got the number 5\. Use the value as it is/,
  ],
];

const numbers: readonly Row[] = [
  [
    "a negative timeout",
    () => thrownBy(() => timeout(-1, suspend())),
    /RangeError .*timeout\(\) .* 0 or more, got -1\./,
  ],
  ["NaN as a timeout", () => thrownBy(() => timeout(NaN, suspend())), /RangeError .* got NaN\./],
  [
    "a text as a timeout",
    () => thrownBy(() => loose(timeout)("5s", suspend())),
    /TypeError .* got the string "5s"\./,
  ],
  [
    "a bigint as a timeout",
    () => thrownBy(() => loose(timeout)(5n, suspend())),
    /TypeError .* got the bigint 5\./,
  ],
  ["a negative sleep", () => thrownBy(() => sleep(-1)), /sleep\(\) .* got -1\./],
  [
    "a negative shield",
    () => thrownBy(() => shield(suspend(), { timeout: -1 })),
    /shield\(\) .* `timeout` .* got -1\./,
  ],
  [
    "a Date to sleep until",
    () => thrownBy(() => loose(sleepUntil)(new Date())),
    /sleepUntil\(\) .* such as now\(\) \+ 500, got a Date\./,
  ],
  [
    "a negative grace",
    () => thrownBy(() => run(sleep(0)).cancel("", { grace: -1 })),
    /cancel\(\) .* `grace` .* got -1\./,
  ],
  [
    "a negative capacity",
    () => thrownBy(() => new Queue({ capacity: -1 })),
    /new Queue\(\) .* `capacity`, got -1\./,
  ],
  [
    "half a capacity",
    () => thrownBy(() => new Queue({ capacity: 1.5 })),
    /whole number of at least 0 as `capacity`, got 1\.5\./,
  ],
  ["NaN permits", () => thrownBy(() => new Semaphore(NaN)), /new Semaphore\(\) .* `permits`, got NaN\./],
  ["no permits", () => thrownBy(() => new Semaphore(0)), /at least 1 as `permits`, got 0\./],
  [
    "more free than there are",
    () => thrownBy(() => new Semaphore(2, { free: 3 })),
    /`free` to be at most its 2 permits, got 3\./,
  ],
  ["a barrier for nobody", () => thrownBy(() => new Barrier(0)), /new Barrier\(\) .* `parties`, got 0\./],
  [
    "a limiter of a text",
    () => thrownBy(() => new (Limiter as unknown as new (total: string) => Limiter)("2")),
    /new Limiter\(\) .* got the string "2"\./,
  ],
  ["a rate of nothing", () => thrownBy(() => new RateLimit(0, 5)), /new RateLimit\(\) .* `limit`, got 0\./],
  [
    "no concurrency",
    () => thrownBy(() => taskGroup(() => sleep(0), { concurrency: 0 })),
    /taskGroup\(\) .* `concurrency`, got 0\./,
  ],
];

const options: readonly Row[] = [
  [
    "a misspelt option",
    () => thrownBy(() => loose(shield)(suspend(), { timout: 5 })),
    /shield\(\) has no option "timout"\. Did you mean "timeout"\?/,
  ],
  [
    "null as options",
    () => thrownBy(() => loose(run)(suspend(), null)),
    /run\(\) needs an object of options, got null\. Write \{ signal: … \}\./,
  ],
  ["a callback as options", () => thrownBy(() => loose(run)(suspend(), load)), /got the function "load"\./],
  [
    "a __proto__ key",
    () => thrownBy(() => loose(run)(suspend(), JSON.parse('{"__proto__":{"name":"x"}}'))),
    /run\(\) has no option "__proto__"\./,
  ],
  [
    "a name that is no text",
    () => thrownBy(() => loose(run)(suspend(), { name: 5 })),
    /run\(\) needs a string as `name`, got the number 5\./,
  ],
  [
    "a context without a name",
    () => thrownBy(() => loose(createContext)()),
    /createContext\(\) needs a string as `name`, got undefined\./,
  ],
  [
    "no signal",
    () => thrownBy(() => loose(run)(suspend(), { signal: {} })),
    /AbortSignal as `signal`, .* Pass controller\.signal\./,
  ],
  [
    "a deadline that is no time",
    () => thrownBy(() => cancelScope(() => suspend(), { deadline: NaN })),
    /cancelScope\(\) needs a time of the runtime's clock .* got NaN\./,
  ],
];

const states: readonly Row[] = [
  [
    "a put into a closed queue",
    () => failureOf(closed().put(1)),
    /QueueShutDown .*Cannot put into queue "jobs": it was shut down\./,
  ],
  ["a get from one", () => failureOf(closed().get()), /Cannot get from queue "jobs": it was shut down\./],
  [
    "a release without an acquire",
    () => thrownBy(() => new Semaphore(1, { name: "s" }).release()),
    /Semaphore "s" has all its 1 permits back\. Release once for every acquire\./,
  ],
  [
    "a lock's release by nobody",
    () => thrownBy(() => new Lock({ name: "cache" }).release()),
    /released lock "cache", but nobody holds it\./,
  ],
  [
    "a re-entrant lock",
    () => holding((lock) => lock.acquire()),
    /acquired lock "cache", which it holds already, .* Release it first\./,
  ],
  [
    "a lock's release by another task",
    () =>
      holding((lock) =>
        all([
          function* b() {
            lock.release();
          },
        ]),
      ),
    /Task "b" released lock "cache", but task ".*" holds it\./,
  ],
  [
    "a limiter's release without a permit",
    () =>
      failureOf(function* () {
        new Limiter(1, { name: "l" }).release();
      }),
    /gave a permit of limiter "l" back, but has none\./,
  ],
  [
    "a condition without its lock",
    () => failureOf(new Condition({ name: "full" }).wait()),
    /waited for condition "full" without holding its lock: .* Do it inside condition\.with\(\)\./,
  ],
  [
    "taskDone too often",
    () => thrownBy(() => new Queue({ name: "jobs" }).taskDone()),
    /Queue "jobs" has no unfinished items\. Call taskDone\(\) once/,
  ],
  [
    "a spawn into a scope that has ended",
    endedScope,
    /Cannot spawn "poll" in scope "request": it has ended\. .* use a longer-lived scope\./,
  ],
  [
    "the result of a task that runs",
    resultTooEarly,
    /has not ended, so it has no result yet\. Wait for it with `yield\* task`\./,
  ],
  [
    "a task returned from its owner",
    () =>
      failureOf(function* work() {
        return yield* spawn(suspend(), { name: "child" });
      }),
    /"work" returned the task "child", which is cancelled when "work" ends\./,
  ],
];

function closed(): Queue<number> {
  const queue = new Queue<number>({ name: "jobs" });
  queue.shutdown();
  return queue;
}

function resultTooEarly(): string {
  const task = run(suspend());
  try {
    return thrownBy(() => task.result());
  } finally {
    void task.cancel();
  }
}

describe.each([
  ["a task that", yields],
  ["where an operation is wanted,", operations],
  ["where a number is wanted,", numbers],
  ["where options are wanted,", options],
  ["at the wrong time,", states],
])("%s", (_, rows) => {
  it.each(rows)("E5 %s is refused, in words", async (_input, refusal, text) => {
    const message = await refusal();
    expect(message).toMatch(text);
    expect(message).not.toMatch(/is not a function|Cannot read|is not iterable/);
  });
});
