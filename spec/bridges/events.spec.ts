import { describe, expect, it } from "@jest/globals";
import { EventEmitter, getEventListeners } from "node:events";
import {
  attempt,
  EventOverflow,
  forEach,
  on,
  once,
  operation,
  QueueShutDown,
  sleep,
  spawn,
  timeout,
  type EventQueue,
} from "coppice";
import { answersSixQuestions, atOnce } from "../support/six-questions.js";
import { simulate } from "../support/virtual.js";

class Tick extends Event {
  constructor(readonly n: number) {
    super("tick");
  }
}

const ticks = (target: EventTarget): number => getEventListeners(target, "tick").length;

describe("once on an EventTarget", () => {
  const event = new Tick(1);
  answersSixQuestions(
    () => {
      const target = new EventTarget();
      return {
        operation: once(target, "tick"),
        complete: atOnce(() => target.dispatchEvent(event)),
        left: () => ticks(target),
      };
    },
    { value: event },
  );
});

describe("once on an EventEmitter", () => {
  const error = new Error("broken");
  answersSixQuestions(
    () => {
      const emitter = new EventEmitter();
      return {
        operation: once(emitter, "tick"),
        complete: atOnce(() => emitter.emit("tick", 1, "two")),
        fail: atOnce(() => emitter.emit("error", error)),
        left: () => emitter.listenerCount("tick") + emitter.listenerCount("error"),
      };
    },
    { value: [1, "two"], error },
  );

  it("gives an error event that is what it waits for", async () => {
    const emitter = new EventEmitter();
    const given = await simulate(function* () {
      yield* spawn(atOnce(() => emitter.emit("error", error)));
      return yield* once(emitter, "error");
    });
    expect(given).toEqual([error]);
  });

  it("takes its listeners back when the event comes while it adds them", async () => {
    const emitter = new EventEmitter();
    emitter.on("newListener", (name, listener: (...args: unknown[]) => void) => {
      if (name === "tick") listener("at once");
    });
    expect(await simulate(once(emitter, "tick"))).toEqual(["at once"]);
    expect(emitter.eventNames()).toEqual(["newListener"]);
  });
});

describe("on", () => {
  it("misses nothing between two reads", async () => {
    const target = new EventTarget();
    const seen = await simulate(function* () {
      const queue = yield* on(target, "tick");
      for (let n = 0; n < 3; n++) target.dispatchEvent(new Tick(n));
      const first = yield* queue.get();
      target.dispatchEvent(new Tick(3));
      yield* sleep(5);
      const rest = [first];
      while (!queue.isEmpty) rest.push(yield* queue.get());
      return rest;
    });
    expect(seen.map((event) => (event as Tick).n)).toEqual([0, 1, 2, 3]);
  });

  it("gives an emitter's events as the lists of their arguments", async () => {
    const emitter = new EventEmitter();
    const symbol = Symbol("event");
    const seen = await simulate(function* () {
      const queue = yield* on<[number, string]>(emitter, symbol);
      emitter.emit(symbol, 1, "a");
      return yield* queue.get();
    });
    expect(seen).toEqual([1, "a"]);
  });

  it("B2 removes the listener and shuts the queue down at the end of the boundary", async () => {
    const emitter = new EventEmitter();
    const target = new EventTarget();
    const listeners = (): number =>
      ticks(target) + emitter.listenerCount("tick") + emitter.listenerCount("error");
    await simulate(function* () {
      const open = operation(function* () {
        const queues = [yield* on(target, "tick"), yield* on(emitter, "tick")] as const;
        expect(listeners()).toBe(3);
        emitter.emit("tick");
        return queues;
      });
      const [first, second] = yield* open();
      expect(listeners()).toBe(0);
      expect([first.isShutDown, second.size]).toEqual([true, 0]);
      expect(yield* attempt(second.get())).toEqual({ ok: false, error: expect.any(QueueShutDown) });
    });
  });

  it("removes the listener when the boundary is cancelled", async () => {
    const target = new EventTarget();
    await simulate(function* () {
      yield* timeout(
        5,
        function* () {
          yield* forEach(yield* on(target, "tick"), function* () {
            yield* sleep(1);
          });
        },
        { otherwise: undefined },
      );
    });
    expect(ticks(target)).toBe(0);
  });

  it("feeds forEach until the boundary ends", async () => {
    const target = new EventTarget();
    const seen: number[] = [];
    await simulate(function* () {
      const queue: EventQueue<Event> = yield* on(target, "tick");
      yield* spawn(function* () {
        for (let n = 0; n < 3; n++) {
          target.dispatchEvent(new Tick(n));
          yield* sleep(1);
        }
        queue.shutdown();
      });
      yield* forEach(queue, function* (event) {
        seen.push((event as Tick).n);
        yield* sleep(0);
      });
    });
    expect(seen).toEqual([0, 1, 2]);
  });

  it("lets the queue fail with an emitter's error, after what came before it", async () => {
    const emitter = new EventEmitter();
    const error = new Error("broken");
    await simulate(function* () {
      const queue = yield* on<[number]>(emitter, "tick");
      emitter.emit("tick", 1);
      emitter.emit("error", error);
      emitter.emit("tick", 2);
      emitter.emit("error", new Error("a second one"));
      expect(yield* queue.get()).toEqual([1]);
      expect(yield* attempt(queue.get())).toEqual({ ok: false, error });
      expect(() => queue.tryGet()).toThrow(error);
    });
  });

  it("lets a reader that waits fail with an emitter's error", async () => {
    const emitter = new EventEmitter();
    const error = new Error("broken");
    await simulate(function* () {
      const queue = yield* on(emitter, "tick");
      yield* spawn(atOnce(() => emitter.emit("error", error)));
      expect(yield* attempt(queue.get())).toEqual({ ok: false, error });
    });
  });

  describe("with a capacity", () => {
    function* overflowing(options: { overflow?: "fail" | "drop-oldest" | "drop-newest" }) {
      const target = new EventTarget();
      const queue = yield* on(target, "tick", { capacity: 2, ...options });
      for (let n = 0; n < 5; n++) target.dispatchEvent(new Tick(n));
      const read: unknown[] = [];
      for (let n = 0; n < 2; n++) read.push(((yield* queue.get()) as Tick).n);
      return { read, dropped: queue.dropped, queue };
    }

    it("fails when it is exceeded, after what is in the queue was read", async () => {
      await simulate(function* () {
        const { read, queue } = yield* overflowing({});
        expect(read).toEqual([0, 1]);
        const end = yield* attempt(queue.get());
        expect(end).toEqual({ ok: false, error: expect.any(EventOverflow) });
        expect(!end.ok && String(end.error)).toBe(
          'EventOverflow: Queue "tick" is full with 2 events that nobody has read, and one more came. Read faster, or choose what to lose with `overflow`.',
        );
      });
    });

    it("drops the oldest events, and counts them", async () => {
      expect(await simulate(() => overflowing({ overflow: "drop-oldest" }))).toMatchObject({
        read: [3, 4],
        dropped: 3,
      });
    });

    it("drops the newest events, and counts them", async () => {
      expect(await simulate(() => overflowing({ overflow: "drop-newest" }))).toMatchObject({
        read: [0, 1],
        dropped: 3,
      });
    });
  });

  it("E5 refuses what has no events, and bad options", () => {
    // @ts-expect-error -- no target
    expect(() => on({}, "tick")).toThrow(
      "on() needs an EventTarget or an EventEmitter, got an object of class Object.",
    );
    // @ts-expect-error -- no target
    expect(() => once(null, "tick")).toThrow("once() needs an EventTarget or an EventEmitter, got null.");
    expect(() => on(new EventTarget(), "tick", { capacity: 0 })).toThrow(RangeError);
    // @ts-expect-error -- misspelt
    expect(() => on(new EventTarget(), "tick", { capacty: 1 })).toThrow(/Did you mean "capacity"/);
    // @ts-expect-error -- no policy
    expect(() => on(new EventTarget(), "tick", { overflow: "block" })).toThrow(/"drop-oldest"/);
  });

  it("is typed by the target's on… property", async () => {
    await simulate(function* () {
      const controller = new AbortController();
      yield* spawn(
        atOnce(() => {
          controller.abort();
        }),
      );
      const event: Event = yield* once(controller.signal, "abort");
      expect(event.type).toBe("abort");
    });
  });
});
