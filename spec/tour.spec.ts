/**
 * The whole library as one story: start here. A small shop takes orders, asks other services about them, stores them,
 * and is shut down in the middle of its work. Each chapter adds one idea to those before it.
 */
import { describe, expect, it } from "@jest/globals";
import {
  all,
  attempt,
  call,
  CancelledError,
  createContext,
  createScope,
  ensure,
  ExceptionGroup,
  operation,
  Queue,
  QueueShutDown,
  race,
  resource,
  run,
  Semaphore,
  shield,
  sleep,
  spawn,
  suspend,
  taskGroup,
  timeout,
  TimeoutError,
  useAbortSignal,
  type Operation,
} from "coppice";
import { simulate, world } from "./support/virtual.js";

interface Order {
  readonly id: string;
  readonly price: number;
}

/** A service that answers after some time, or fails; like `fetch`, it stops when its signal is aborted. */
function remote<T>(ms: number, answer: T | Error): Operation<T> {
  return operation(function* remote() {
    yield* sleep(ms);
    if (answer instanceof Error) throw answer;
    return answer;
  })();
}

/** The price of an order, from a service that is slow for some. */
const fetchPrice = operation(function* fetchPrice(id: string) {
  if (id === "lost") return yield* remote(10, new Error(`There is no order "${id}".`));
  return yield* remote(id === "slow" ? 10_000 : 20, id.length * 10);
});

const fetchOrder = operation(function* fetchOrder(id: string) {
  const price = yield* fetchPrice(id);
  return { id, price } as Order;
});

describe("A tour of coppice", () => {
  it("1 an operation is a description: nothing happens until it is run", async () => {
    const log: string[] = [];
    const greet = operation(function* greet(name: string) {
      log.push(`hello ${name}`);
      yield* sleep(0);
      return name.length;
    });
    const described = greet("Ada");
    expect(log).toEqual([]);
    await expect(run(described)).resolves.toBe(3);
    expect(log).toEqual(["hello Ada"]);
  });

  it("2 operations call each other with yield*, and read like ordinary code", async () => {
    const total = operation(function* total(ids: readonly string[]) {
      let sum = 0;
      for (const id of ids) sum += (yield* fetchOrder(id)).price;
      return sum;
    });
    const { run, host } = world();
    await expect(run(total(["ab", "abc"]))).resolves.toBe(50);
    expect(host.now()).toBe(40);
  });

  it("3 errors are thrown and caught as ever", async () => {
    const found = await simulate(function* () {
      try {
        return yield* fetchOrder("lost");
      } catch (error) {
        return (error as Error).message;
      }
    });
    expect(found).toBe('There is no order "lost".');
  });

  it("4 several run at the same time: all of them, or the first", async () => {
    const { run, host } = world();
    const orders = await run(all([fetchOrder("a"), fetchOrder("bb"), fetchOrder("ccc")]));
    expect([orders.map(({ price }) => price), host.now()]).toEqual([[10, 20, 30], 20]);
    const first = await run(race([fetchOrder("slow"), fetchOrder("quick")]));
    expect([first.id, host.now()]).toEqual(["quick", 40]);
  });

  it("5 when one fails the others are cancelled, and gone before the error arrives", async () => {
    const { run, host } = world();
    const log: string[] = [];
    const patient = operation(function* patient() {
      try {
        yield* fetchOrder("slow");
      } finally {
        yield* sleep(5);
        log.push(`gave up at ${host.now()}`);
      }
    });
    await expect(run(all([patient(), fetchOrder("lost")]))).rejects.toThrow("There is no order");
    expect(log).toEqual(["gave up at 15"]);
  });

  it("6 everything can be given a deadline", async () => {
    await expect(simulate(timeout(1_000, fetchOrder("slow")))).rejects.toBeInstanceOf(TimeoutError);
    await expect(simulate(timeout(1_000, fetchOrder("slow"), { otherwise: null }))).resolves.toBeNull();
  });

  it("7 cancelling runs the finally blocks, innermost first, and no catch", async () => {
    const log: string[] = [];
    const work = operation(function* work() {
      try {
        yield* suspend();
      } catch {
        log.push("never: a cancellation is no error");
      } finally {
        log.push("inner finally");
      }
    });
    const task = simulate(function* () {
      try {
        yield* work();
        log.push("never: nobody goes on as if the call had returned");
      } finally {
        log.push("outer finally");
      }
    });
    await task.cancel("the shop closes");
    expect(log).toEqual(["inner finally", "outer finally"]);
    await expect(task).rejects.toBeInstanceOf(CancelledError);
  });

  it("8 what a boundary starts does not outlive it", async () => {
    const log: string[] = [];
    const visit = operation(function* visit() {
      yield* spawn(function* music() {
        try {
          for (;;) {
            log.push("la");
            yield* sleep(10);
          }
        } finally {
          log.push("silence");
        }
      });
      yield* sleep(25);
      return "bought nothing";
    });
    await expect(simulate(visit())).resolves.toBe("bought nothing");
    expect(log).toEqual(["la", "la", "la", "silence"]);
  });

  it("9 what is acquired is given back, after all that used it", async () => {
    const log: string[] = [];
    const useDatabase = () =>
      resource<{ store(order: Order): void }>(function* useDatabase(provide) {
        log.push("connect");
        try {
          yield* provide({ store: ({ id }) => void log.push(`store ${id}`) });
        } finally {
          yield* sleep(5);
          log.push("disconnect");
        }
      });
    await simulate(function* () {
      const database = yield* useDatabase();
      yield* ensure(() => void log.push("last words"));
      database.store(yield* fetchOrder("a"));
    });
    expect(log).toEqual(["connect", "store a", "last words", "disconnect"]);
  });

  it("10 a task group owns its tasks, and tells of all that went wrong", async () => {
    const outcome = await simulate(
      attempt(
        taskGroup(function* (group) {
          group.spawn(fetchOrder("lost"));
          group.spawn(timeout(10, fetchOrder("slow")));
          group.spawn(fetchOrder("fine"));
        }),
      ),
    );
    const group = outcome.ok ? null : (outcome.error as ExceptionGroup);
    const [timeouts, others] = group?.split(TimeoutError) ?? [];
    expect([timeouts?.errors.length, others?.errors.map(String)]).toEqual([
      1,
      ['Error: There is no order "lost".'],
    ]);
  });

  it("11 producers and consumers meet at a queue, which makes the fast wait for the slow", async () => {
    const { run, host } = world();
    const stored: string[] = [];
    await run(
      taskGroup(function* (group) {
        const orders = new Queue<Order>({ name: "orders", capacity: 2 });
        group.spawn(function* producer() {
          for (const id of ["a", "b", "c", "d"]) yield* orders.put({ id, price: 1 });
          orders.shutdown();
        });
        group.spawn(function* consumer() {
          try {
            for (;;) {
              const { id } = yield* orders.get();
              yield* sleep(10);
              stored.push(`${id} at ${host.now()}`);
            }
          } catch (error) {
            if (!(error instanceof QueueShutDown)) throw error;
          }
        });
      }),
    );
    expect(stored).toEqual(["a at 10", "b at 20", "c at 30", "d at 40"]);
  });

  it("12 a semaphore lets so many in at a time", async () => {
    const { run, host } = world();
    const limit = new Semaphore(2);
    const orders = await run(all(["a", "b", "c", "d"].map((id) => limit.with(fetchOrder(id)))));
    expect([orders.map(({ id }) => id).join(""), host.now()]).toEqual(["abcd", 40]);
  });

  it("13 a value goes down the tree without being passed on by hand", async () => {
    const customer = createContext<string>("customer", "nobody");
    const greeting = operation(function* greeting() {
      return `Dear ${yield* customer.expect()}`;
    });
    const letters = await simulate(all([greeting(), customer.with("Ada", greeting())]));
    expect(letters).toEqual(["Dear nobody", "Dear Ada"]);
  });

  it("14 promises and operations call each other, and a signal goes both ways", async () => {
    const seen: unknown[] = [];
    const controller = new AbortController();
    const task = run(
      function* () {
        seen.push(yield* call(() => Promise.resolve("an answer")));
        const own = yield* useAbortSignal();
        own.addEventListener("abort", () => seen.push(own.reason));
        yield* suspend();
      },
      { signal: controller.signal },
    );
    setImmediate(() => controller.abort("the customer left"));
    await expect(task).rejects.toBe("the customer left");
    expect(seen).toEqual(["an answer", "the customer left"]);
  });

  it("15 what must be finished is shielded, and the cancellation lands right after", async () => {
    const { run, host } = world();
    const log: string[] = [];
    const pay = operation(function* pay() {
      yield* shield(function* () {
        yield* sleep(50);
        log.push(`paid at ${host.now()}`);
      });
      log.push("never: the receipt is not printed");
    });
    const task = run(pay());
    await task.cancel("fire alarm");
    expect(log).toEqual(["paid at 50"]);
  });

  it("16 a service is one group of its parts, and shuts down in order (A9)", async () => {
    const { run } = world();
    const log: string[] = [];
    const service = operation(function* service() {
      yield* resource<undefined>(function* useDatabase(provide) {
        try {
          yield* provide(undefined);
        } finally {
          log.push("database closed");
        }
      });
      yield* taskGroup(function* (group) {
        for (const part of ["intake", "delivery"]) {
          group.spawn(function* () {
            try {
              yield* suspend();
            } finally {
              yield* sleep(part === "intake" ? 1 : 10);
              log.push(`${part} drained`);
            }
          });
        }
      });
    });
    const task = run(service());
    await run(sleep(5));
    await task.cancel("SIGTERM", { grace: 1_000 });
    expect([task.state, ...log]).toEqual([
      "cancelled",
      "intake drained",
      "delivery drained",
      "database closed",
    ]);
  });

  it("17 a framework keeps a scope, and runs each request in it", async () => {
    const log: string[] = [];
    {
      await using requests = createScope({ name: "requests" });
      await expect(requests.run(remote(1, "answered"))).resolves.toBe("answered");
      requests.run(function* () {
        try {
          yield* suspend();
        } finally {
          log.push("hung up");
        }
      });
    }
    expect(log).toEqual(["hung up"]);
  });
});
