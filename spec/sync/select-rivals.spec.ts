import { describe, expect, it } from "@jest/globals";
import {
  action,
  attempt,
  Broadcast,
  createChannel,
  Event,
  Limiter,
  Lock,
  Queue,
  RateLimit,
  run,
  select,
  Semaphore,
  sleep,
  spawn,
  timeout,
  type Operation,
} from "coppice";
import { simulate, world } from "../support/virtual.js";

const still = { otherwise: "still waiting" } as const;

describe("the waits of one select", () => {
  it("do not serve one another: a put does not hand to the take beside it", async () => {
    const rendezvous = new Queue<number>({ capacity: 0 });
    const [sender, receiver] = createChannel<number>({ capacity: 0 });
    const outcomes = await simulate(function* () {
      return [
        yield* timeout(5, select([rendezvous.put(1), rendezvous.get()]), still),
        yield* timeout(5, select([rendezvous.get(), rendezvous.put(1)]), still),
        yield* timeout(5, select([sender.send(1), receiver.receive()]), still),
      ];
    });
    expect(outcomes).toEqual(["still waiting", "still waiting", "still waiting"]);
    expect(rendezvous.unfinished).toBe(0);
  });

  it("are served by others beside them, and serve others", async () => {
    const rendezvous = new Queue<string>({ capacity: 0 });
    const outcomes = await simulate(function* () {
      const one = yield* spawn(select({ put: rendezvous.put("one's"), get: rendezvous.get() }));
      yield* sleep(1);
      const other = yield* select({ put: rendezvous.put("other's"), get: rendezvous.get() });
      return [yield* one, other];
    });
    expect(outcomes).toEqual([
      { name: "get", value: "other's" },
      { name: "put", value: undefined },
    ]);
  });

  it("leave an item where it belongs when a put comes beside a take of the same queue", async () => {
    const queue = new Queue<number>({ capacity: 5 });
    const chosen = await simulate(select({ get: queue.get(), put: queue.put(1) }));
    expect(chosen).toEqual({ name: "put", value: undefined });
    expect([queue.size, queue.statistics().getting]).toEqual([1, []]);
  });

  it("of nested selects do not serve one another either", async () => {
    const rendezvous = new Queue<number>({ capacity: 0 });
    const chosen = await simulate(
      timeout(5, select([select([rendezvous.put(1)]), select([rendezvous.get()])]), still),
    );
    expect(chosen).toBe("still waiting");
  });

  it("may stand in one line twice, and take once", async () => {
    const [semaphore, limiter, lock] = [new Semaphore(2), new Limiter(2), new Lock()];
    semaphore.tryAcquire();
    semaphore.tryAcquire();
    await simulate(function* () {
      const selecting = yield* spawn(select([semaphore.acquire(), semaphore.acquire(), sleep(100)]));
      yield* sleep(1);
      semaphore.release();
      semaphore.release();
      expect((yield* selecting).index).toBe(0);
      yield* select([limiter.acquire(), limiter.acquire()]);
      yield* select([lock.acquire(), lock.acquire()]);
    });
    expect([semaphore.free, limiter.borrowed, lock.isLocked]).toEqual([1, 1, true]);
  });

  it("of a broadcast see an item that is sent beside them as others do", async () => {
    const broadcast = new Broadcast<number>();
    const outcome = await simulate(function* () {
      const subscription = yield* broadcast.subscribe();
      const chosen = yield* select({ got: subscription.get(), sent: broadcast.put(1) });
      return [chosen.name, subscription.size];
    });
    expect(outcome).toEqual(["sent", 1]);
  });

  it("take one turn of a rate limit, and no more", async () => {
    const limit = new RateLimit(1, 100);
    const { host, run: start } = world();
    await start(function* () {
      yield* limit.acquire();
      yield* select([limit.acquire(), limit.acquire()]);
      yield* limit.acquire();
    });
    expect(host.now()).toBe(200);
  });
});

describe("the losers of a select", () => {
  it("are gone before the winner's task goes on, also when it is woken from outside", () => {
    const queue = new Queue<number>();
    const event = new Event();
    const log: unknown[] = [];
    void run(function* () {
      const { name } = yield* select({ stop: event.wait(), item: queue.get() });
      log.push(name, event.statistics().waiting.length, queue.tryPut(2), queue.size);
    });
    queue.tryPut(1);
    expect(log).toEqual(["item", 0, true, 1]);
  });

  it("run their cleanup: callbacks are taken back, whether another one has happened or all are cancelled", async () => {
    const log: string[] = [];
    const listening = (name: string): Operation<never> =>
      action(() => {
        log.push(`${name} on`);
        return () => log.push(`${name} off`);
      });
    await simulate(function* () {
      yield* select([listening("a"), listening("b"), sleep(1)]);
      const selecting = yield* spawn(select([listening("c"), sleep(1_000)]));
      yield* sleep(1);
      yield* selecting.cancel();
    });
    expect(log).toEqual(["a on", "b on", "a off", "b off", "c on", "c off"]);
  });

  it("are never begun when one named before them happens at once", async () => {
    const log: string[] = [];
    const event = new Event();
    event.set();
    await simulate(select([event.wait(), action(() => void log.push("begun"))]));
    expect(log).toEqual([]);
  });

  it("that settle while another one begins decide, once", async () => {
    const event = new Event();
    const log: string[] = [];
    const chosen = await simulate(
      select({
        event: event.wait(),
        eager: action<string>((resolve) => {
          event.set();
          resolve("too late");
          return () => log.push("taken back");
        }),
      }),
    );
    expect([chosen.name, log]).toEqual(["event", ["taken back"]]);
  });

  it("do not take the value back when their cleanup throws: that is an error of the boundary's end (B3)", async () => {
    const queue = new Queue<number>();
    queue.tryPut(1);
    const broken = new Error("cleanup broke");
    const log: unknown[] = [];
    const outcome = await simulate(
      attempt(function* () {
        yield* spawn(function* () {
          yield* sleep(1);
          event.set();
        });
        const event = new Event();
        log.push(
          (yield* select({
            broken: action(() => () => {
              throw broken;
            }),
            event: event.wait(),
          })).name,
        );
      }),
    );
    expect([log, outcome]).toEqual([["event"], { ok: false, error: broken }]);
  });
});
