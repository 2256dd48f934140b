import { EventEmitter } from "node:events";
import { describe, expect, it } from "@jest/globals";
import {
  action,
  attempt,
  checkpoint,
  Event,
  Lock,
  on,
  Queue,
  select,
  Semaphore,
  sleep,
  spawn,
  suspend,
  until,
  withResolvers,
} from "coppice";
import { answersSixQuestions, atOnce } from "../support/six-questions.js";
import { simulate, world } from "../support/virtual.js";

const lost = new Error("lost");

describe("select", () => {
  answersSixQuestions(
    () => {
      const { operation, resolve, reject } = withResolvers<string>();
      const event = new Event();
      return {
        operation: select({ stop: event.wait(), value: operation, late: sleep(1_000) }),
        complete: atOnce(() => resolve("a")),
        fail: atOnce(() => reject(lost)),
        left: () => event.statistics().waiting.length,
      };
    },
    { value: { name: "value", value: "a" }, error: lost },
  );

  it("gives the name of the one that happened, and its value", async () => {
    const queue = new Queue<number>();
    const chosen = await simulate(function* () {
      yield* spawn(function* () {
        queue.tryPut(7);
      });
      return yield* select({ item: queue.get(), idle: sleep(10) });
    });
    expect(chosen).toEqual({ name: "item", value: 7 });
  });

  it("gives the place of the one that happened for a list", async () => {
    const queue = new Queue<number>();
    const chosen = await simulate(select([queue.get(), sleep(10)]));
    expect(chosen).toEqual({ index: 1, value: undefined });
  });

  it("chooses the one named first of those that could happen at once, and the others have not happened", async () => {
    const [numbers, letters] = [new Queue<number>(), new Queue<string>()];
    numbers.tryPut(1);
    letters.tryPut("a");
    const semaphore = new Semaphore(1);
    const chosen = await simulate(
      select({ letter: letters.get(), number: numbers.get(), permit: semaphore.acquire() }),
    );
    expect(chosen).toEqual({ name: "letter", value: "a" });
    expect([letters.size, numbers.size, semaphore.free]).toEqual([0, 1, 1]);
  });

  it("commits exactly one when several become possible in the same turn", async () => {
    const [one, other] = [new Queue<number>(), new Queue<number>()];
    const event = new Event();
    const chosen = await simulate(function* () {
      const selecting = yield* spawn(select({ one: one.get(), other: other.get(), event: event.wait() }));
      yield* sleep(1);
      other.tryPut(2);
      one.tryPut(1);
      event.set();
      return yield* selecting;
    });
    expect(chosen).toEqual({ name: "other", value: 2 });
    expect([one.size, other.size]).toEqual([1, 0]);
  });

  it("takes part in every line in its turn, as if it waited there alone", async () => {
    const queue = new Queue<number>();
    const log: unknown[] = [];
    await simulate(function* () {
      yield* spawn(function* () {
        log.push(["before", yield* queue.get()]);
      });
      yield* spawn(function* () {
        log.push(["select", (yield* select({ item: queue.get(), never: suspend() })).value]);
      });
      yield* spawn(function* () {
        log.push(["after", yield* queue.get()]);
      });
      yield* sleep(1);
      for (const item of [1, 2, 3]) queue.tryPut(item);
      yield* sleep(1);
    });
    expect(log).toEqual([
      ["before", 1],
      ["select", 2],
      ["after", 3],
    ]);
  });

  it("leaves no trace in the lines of those that did not happen", async () => {
    const queue = new Queue<number>({ capacity: 0 });
    const [semaphore, lock, event] = [new Semaphore(1), new Lock(), new Event()];
    semaphore.tryAcquire();
    const { run, scheduler } = world();
    await run(function* () {
      yield* spawn(lock.with(sleep(5)));
      yield* sleep(1);
      yield* select([
        queue.get(),
        queue.put(1),
        semaphore.acquire(),
        lock.acquire(),
        event.wait(),
        sleep(2),
        sleep(9),
      ]);
      expect(queue.statistics()).toMatchObject({ getting: [], putting: [] });
      expect([semaphore.waiting, lock.statistics().waiting, event.statistics().waiting]).toEqual([0, [], []]);
      expect(scheduler.timers.size).toBe(1);
    });
    expect(scheduler.timers.size).toBe(0);
  });

  it("throws what the one that happened throws, and the others have not happened", async () => {
    const queue = new Queue<number>();
    const lock = new Lock();
    const outcome = await simulate(function* () {
      const selecting = yield* spawn(attempt(select({ item: queue.get(), never: suspend() })));
      yield* sleep(1);
      queue.shutdown();
      yield* attempt(select({ item: queue.get(), lock: lock.acquire() }));
      return yield* selecting;
    });
    expect(outcome).toMatchObject({ ok: false, error: { code: "COPPICE_QUEUE_SHUT_DOWN" } });
    expect(lock.isLocked).toBe(false);
  });

  it("cancelled while it waits commits none: what comes in the same turn goes to others", async () => {
    const queue = new Queue<number>();
    const semaphore = new Semaphore(1);
    semaphore.tryAcquire();
    await simulate(function* () {
      const selecting = yield* spawn(select([queue.get(), semaphore.acquire()]));
      yield* sleep(1);
      void selecting.cancel();
      queue.tryPut(1);
      semaphore.release();
      yield* sleep(1);
    });
    expect([queue.size, semaphore.free]).toEqual([1, 1]);
  });

  it("S6 has committed one when that came before the cancel of the same turn", async () => {
    const queue = new Queue<number>();
    const log: unknown[] = [];
    await simulate(function* () {
      const selecting = yield* spawn(function* () {
        log.push(yield* select({ item: queue.get(), idle: sleep(100) }));
        yield* sleep(1);
        log.push("never");
      });
      yield* sleep(1);
      queue.tryPut(1);
      yield* selecting.cancel();
    });
    expect(log).toEqual([{ name: "item", value: 1 }]);
  });

  it("can be run again and again", async () => {
    const queue = new Queue<number>();
    const choice = select({ item: queue.get(), idle: sleep(5) });
    const log: unknown[] = [];
    await simulate(function* () {
      yield* spawn(function* () {
        yield* sleep(7);
        queue.tryPut(1);
      });
      for (let i = 0; i < 3; i++) log.push((yield* choice).name);
    });
    expect(log).toEqual(["idle", "item", "idle"]);
  });

  it("is run by two tasks at the same time as if by one after the other", async () => {
    const queue = new Queue<number>();
    const choice = select({ item: queue.get() });
    const items = await simulate(function* () {
      const [one, other] = [yield* spawn(choice), yield* spawn(choice)];
      yield* sleep(1);
      queue.tryPut(1);
      queue.tryPut(2);
      return [(yield* one).value, (yield* other).value];
    });
    expect(items).toEqual([1, 2]);
  });

  it("waits for tasks, promises and callbacks too", async () => {
    const outcomes: unknown[] = [];
    await simulate(function* () {
      const task = yield* spawn(function* () {
        yield* sleep(3);
        return "done";
      });
      outcomes.push(yield* select({ task, idle: sleep(100) }));
      outcomes.push(yield* select({ promise: until(Promise.resolve("kept")), idle: sleep(100) }));
      outcomes.push(
        yield* select({ callback: action<string>((resolve) => resolve("called")), idle: sleep(100) }),
      );
    });
    expect(outcomes).toEqual([
      { name: "task", value: "done" },
      { name: "promise", value: "kept" },
      { name: "callback", value: "called" },
    ]);
  });

  it("waits for the events of an emitter, and for the error that ends them", async () => {
    const emitter = new EventEmitter();
    const outcomes = await simulate(function* () {
      const words = yield* on<[string]>(emitter, "word");
      yield* spawn(function* () {
        emitter.emit("word", "hello");
        yield* sleep(1);
        emitter.emit("error", lost);
      });
      const heard = yield* select({ word: words.get(), idle: sleep(100) });
      return [heard, yield* attempt(select({ word: words.get(), idle: sleep(100) }))];
    });
    expect(outcomes).toEqual([
      { name: "word", value: ["hello"] },
      { ok: false, error: lost },
    ]);
  });

  it("throws the error of a task that fails", async () => {
    const outcome = await simulate(function* () {
      const { run } = world();
      const failing = run(function* () {
        yield* sleep(0);
        throw lost;
      });
      return yield* attempt(select({ failing, idle: sleep(1e9) }));
    });
    expect(outcome).toEqual({ ok: false, error: lost });
  });

  it("gives whatever is ready now, or goes on, with sleep(0) or checkpoint() named last", async () => {
    const queue = new Queue<number>();
    const log: unknown[] = [];
    await simulate(function* () {
      log.push((yield* select({ item: queue.get(), nothing: sleep(0) })).name);
      queue.tryPut(1);
      log.push((yield* select({ item: queue.get(), nothing: checkpoint() })).name);
    });
    expect(log).toEqual(["nothing", "item"]);
  });

  it("stands in another select", async () => {
    const queue = new Queue<number>();
    const event = new Event();
    const outcome = await simulate(function* () {
      const selecting = yield* spawn(
        select({ inner: select({ item: queue.get(), stop: event.wait() }), late: sleep(100) }),
      );
      yield* sleep(1);
      event.set();
      queue.tryPut(1);
      return yield* selecting;
    });
    expect(outcome).toEqual({ name: "inner", value: { name: "stop", value: undefined } });
    expect(queue.size).toBe(1);
  });

  it("keeps the types of names, places and values", async () => {
    const queue = new Queue<number>();
    queue.tryPut(1);
    queue.tryPut(2);
    await simulate(function* () {
      const chosen = yield* select({ item: queue.get(), idle: sleep(1) });
      if (chosen.name === "item") chosen.value satisfies number;
      else expect(chosen.value).toBeUndefined();
      // @ts-expect-error there is no such name
      expect(chosen.name === "other").toBe(false);
      const placed = yield* select([queue.get(), sleep(1)]);
      if (placed.index === 0) placed.value satisfies number;
      // @ts-expect-error there is no such place
      expect(placed.index === 2).toBe(false);
      const list: Queue<number>[] = [queue];
      const any = yield* select([...list.map((each) => each.get()), sleep(1)]);
      any.index satisfies number;
    });
  });
});
