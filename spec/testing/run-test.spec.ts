import { EventEmitter } from "node:events";
import { readFile } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import {
  action,
  all,
  call,
  checkpoint,
  Lock,
  once,
  Queue,
  run,
  Semaphore,
  sleep,
  spawn,
  suspend,
  timeout,
  until,
  Wait,
  waiting,
  type Operation,
} from "coppice";
import { createVirtualClock, DeadlockError, LeftBehindError, runTest, SpinningError } from "coppice/testing";

const realDelay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function failureOf(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => new Error("did not fail"),
    (error: unknown) => error as Error,
  );
}

describe("runTest", () => {
  it("jumps over an hour of sleep in no time", async () => {
    const began = performance.now();
    const value = await runTest(function* (clock) {
      yield* sleep(3_600_000);
      return clock.now;
    });
    expect(value).toBe(3_600_000);
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it("fires timers in the order of their times", async () => {
    const log: string[] = [];
    await runTest(function* () {
      yield* all(
        [30, 10, 20].map(
          (ms) =>
            function* () {
              yield* sleep(ms);
              log.push(`${ms}`);
            },
        ),
      );
    });
    expect(log).toEqual(["10", "20", "30"]);
  });

  it("lets real completions come before time jumps", async () => {
    const log: string[] = [];
    await runTest(function* (clock) {
      yield* all([
        function* () {
          yield* call(() => realDelay(20));
          log.push(`real at ${clock.now}`);
        },
        function* () {
          yield* sleep(10);
          log.push("virtual");
        },
      ]);
    });
    expect(log).toEqual(["real at 0", "virtual"]);
  });

  it("gives the operation's error", async () => {
    await expect(
      runTest(function* () {
        yield* sleep(1);
        throw new RangeError("boom");
      }),
    ).rejects.toThrow(RangeError);
  });

  it("does not wait long for a promise that never settles when a timer is set", async () => {
    await expect(runTest(timeout(60_000, until(new Promise(() => undefined))))).rejects.toThrow(
      "took longer than 60000 ms",
    );
  });

  it("waits for a promise that was under way before", async () => {
    const slow = realDelay(150);
    await runTest(function* () {
      yield* until(slow);
    });
  });

  it("reports a deadlock at once, with its cycle", async () => {
    const a = new Lock({ name: "a" });
    const b = new Lock({ name: "b" });
    const began = performance.now();
    const error = await failureOf(
      runTest(function* test() {
        yield* all([
          function* left() {
            yield* a.acquire();
            yield* checkpoint();
            yield* b.acquire();
          },
          function* right() {
            yield* b.acquire();
            yield* checkpoint();
            yield* a.acquire();
          },
        ]);
      }),
    );
    expect(performance.now() - began).toBeLessThan(500);
    expect(error).toBeInstanceOf(DeadlockError);
    expect((error as DeadlockError).cycle).toEqual(["left", "right"]);
    expect(error.message).toMatch(
      /left" #\d+ waits for lock "b", held by "right", at spec\/testing\/run-test\.spec\.ts:\d+:\d+/,
    );
  });

  it("reports a deadlock of a single task", async () => {
    const error = await failureOf(runTest(new Queue<number>({ name: "jobs" }).get()));
    expect(error).toBeInstanceOf(DeadlockError);
    expect(error.message).toContain('queue get "jobs"');
  });

  it("reports a deadlock on a promise that never settles", async () => {
    const error = await failureOf(runTest(until(new Promise(() => undefined)), { patience: 50 }));
    expect(error).toBeInstanceOf(DeadlockError);
  });

  it("fails when a task is left behind", async () => {
    const error = await failureOf(
      runTest(function* test() {
        run(function* poller() {
          yield* sleep(1_000);
        });
        yield* sleep(1);
      }),
    );
    expect(error).toBeInstanceOf(LeftBehindError);
    expect((error as LeftBehindError).findings).toEqual([
      expect.stringMatching(/^task: task "poller" #\d+ waits for sleep/),
    ]);
  });

  it("fails when a host timer is left behind", async () => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const error = await failureOf(
      runTest(function* () {
        yield* timeout(
          5,
          action(() => {
            timer = setTimeout(() => undefined, 10_000);
          }),
          { otherwise: undefined },
        );
      }),
    );
    clearTimeout(timer);
    expect((error as LeftBehindError).findings).toEqual([
      "timer: 1 setTimeout or setInterval of the host, still running",
    ]);
  });

  it.each<[string, () => EventEmitter | EventTarget]>([
    ["an emitter", () => new EventEmitter()],
    ["an event target", () => new EventTarget()],
    ["an abort signal", () => new AbortController().signal],
  ])("fails when a listener is left on %s that lives on", async (_, make) => {
    const target = make();
    const leave = function* (): Operation<void> {
      if (target instanceof EventTarget) target.addEventListener("abort", () => undefined);
      else target.once("abort", () => undefined);
      yield* sleep(1);
    };
    const error = await failureOf(runTest(leave));
    expect(error).toBeInstanceOf(LeftBehindError);
    expect(error.message).toMatch(/listener of "abort" on .* added at .*run-test\.spec\.ts:\d+/);
    await runTest(leave, { allow: ["listener"] });
  });

  it("takes no offence at a listener on what goes with the operation, or that was removed", async () => {
    const emitter = new EventEmitter();
    await runTest(function* () {
      const own = new EventTarget();
      own.addEventListener("done", () => own);
      yield* timeout(
        1,
        call(
          (signal) =>
            new Promise((_, reject) => {
              signal.addEventListener("abort", () => {
                reject(signal.reason as Error);
              });
            }),
        ),
        { otherwise: 0 },
      );
      const listener = (): void => undefined;
      emitter.on("done", listener);
      yield* sleep(1);
      emitter.off("done", listener);
    });
  });

  it("leaves emitters and targets as they were when it is over", async () => {
    const methods = (): unknown[] => [
      Reflect.get(EventEmitter.prototype, "on"),
      Reflect.get(EventTarget.prototype, "addEventListener"),
    ];
    const before = methods();
    await runTest(sleep(1));
    expect(methods()).toEqual(before);
  });

  it("fails when a watched emitter has more listeners than before", async () => {
    const emitter = new EventEmitter();
    const error = await failureOf(
      runTest(
        function* () {
          yield* timeout(
            5,
            action((resolve) => void emitter.on("tick", resolve)),
            { otherwise: undefined },
          );
        },
        { watch: [emitter] },
      ),
    );
    expect(error.message).toContain("listeners of tick was 0 before, and is 1 now");
    await runTest(timeout(5, once(emitter, "tock"), { otherwise: undefined }), { watch: [emitter] });
  });

  it("fails when a watched signal has more listeners than before", async () => {
    const { signal } = new AbortController();
    const error = await failureOf(
      runTest(
        function* () {
          signal.addEventListener("abort", () => undefined);
          yield* sleep(1);
        },
        { watch: [signal] },
      ),
    );
    expect(error.message).toContain("listeners of abort was 0 before, and is 1 now");
  });

  it("fails when a watched semaphore does not have its permits back", async () => {
    const semaphore = new Semaphore(2, { name: "slots" });
    const error = await failureOf(runTest(semaphore.acquire(), { watch: [semaphore] }));
    expect(error.message).toContain('Semaphore "slots": free was 2 before, and is 1 now');
  });

  it("fails when something was handed to a waiter that was gone", async () => {
    class Careless extends Wait<void> {
      begin(): void {
        kept.push(this);
      }
      withdraw(): boolean {
        return true;
      }
      describe() {
        return { kind: "careless" };
      }
    }
    const kept: Careless[] = [];
    const error = await failureOf(
      runTest(function* () {
        yield* timeout(
          5,
          waiting(() => new Careless()),
          { otherwise: undefined },
        );
        kept[0]?.succeed();
      }),
    );
    expect(error.message).toContain("waiter: careless was settled for");
  });

  it("fails with the error of a task that nobody looked at", async () => {
    await expect(
      runTest(function* () {
        run(function* () {
          yield* checkpoint();
          throw new Error("unseen");
        });
        yield* sleep(1);
      }),
    ).rejects.toThrow("unseen");
  });

  it("fails when a task never waits for anything", async () => {
    const error = await failureOf(
      runTest(function* spinner() {
        for (;;) yield* checkpoint();
      }),
    );
    expect(error).toBeInstanceOf(SpinningError);
  });

  it("fails when there is no end of timers", async () => {
    const error = await failureOf(
      runTest(
        function* poller() {
          for (;;) yield* sleep(1);
        },
        { timers: 1_000 },
      ),
    );
    expect(error).toBeInstanceOf(SpinningError);
    expect(error.message).toContain("1000 timers have fired");
  });

  it("lets the timers come for a task that polls without waiting", async () => {
    let isReady = false;
    await runTest(function* () {
      yield* spawn(function* () {
        yield* sleep(500);
        isReady = true;
      });
      while (!isReady) yield* checkpoint();
    });
    expect(isReady).toBe(true);
  });

  it("rejects when the operation is cancelled from outside", async () => {
    const controller = new AbortController();
    const running = runTest(suspend(), { signal: controller.signal });
    controller.abort(new Error("enough"));
    await expect(running).rejects.toThrow("enough");
  });

  it("stands still for a request whose callback puts into a queue", async () => {
    const size = await runTest(function* (clock) {
      const files = new Queue<number>();
      readFile(import.meta.filename, (_, bytes) => files.tryPut(bytes.length));
      const bytes = yield* timeout(1, files.get());
      expect(clock.now).toBe(0);
      return bytes;
    });
    expect(size).toBeGreaterThan(1_000);
  });

  it("keeps working with an emitter that fires in real time", async () => {
    const emitter = new EventEmitter();
    setTimeout(() => emitter.emit("done", 7), 30);
    await expect(runTest(once<[number]>(emitter, "done"))).resolves.toEqual([7]);
  });

  it("refuses options it does not know", async () => {
    await expect(runTest(sleep(1), { timout: 1 } as object)).rejects.toThrow('no option "timout"');
  });

  it("refuses what is no operation", async () => {
    await expect(runTest(42 as never)).rejects.toThrow("runTest() needs an operation");
  });
});

describe("createVirtualClock", () => {
  it("stands still until it is moved", async () => {
    const clock = createVirtualClock();
    const log: number[] = [];
    const task = clock.run(function* () {
      for (;;) {
        yield* sleep(100);
        log.push(clock.now);
      }
    });
    await realDelay(5);
    expect(log).toEqual([]);
    void clock.advance(250);
    expect(log).toEqual([100, 200]);
    expect(clock.now).toBe(250);
    await task.cancel();
  });

  it("lets promises settle between the timers on the way", async () => {
    const clock = createVirtualClock();
    const task = clock.run(function* () {
      yield* until(Promise.resolve());
      yield* sleep(10);
      yield* until(Promise.resolve());
      yield* sleep(10);
      return clock.now;
    });
    await clock.advance(100);
    await expect(task).resolves.toBe(20);
    expect(clock.now).toBe(100);
  });

  it("stops for promises that come up only on the way", async () => {
    const clock = createVirtualClock();
    let ticks = 0;
    clock.run(function* () {
      for (;;) {
        yield* sleep(1_000);
        yield* until(Promise.resolve());
        ticks++;
      }
    });
    await clock.advance(5_000);
    expect([ticks, clock.now]).toEqual([5, 5_000]);
  });

  it("is moved by an operation that runs on it", async () => {
    const log: string[] = [];
    await runTest(function* (clock) {
      yield* spawn(function* () {
        yield* sleep(10);
        log.push("child");
      });
      yield* clock.advance(5);
      log.push(`at ${clock.now}`);
      yield* clock.advance(5);
      log.push(`at ${clock.now}`);
    });
    expect(log).toEqual(["at 5", "child", "at 10"]);
  });

  it("is jumped by runTest as well", async () => {
    const clock = createVirtualClock();
    await runTest(sleep(1_000), { clock });
    expect(clock.now).toBe(1_000);
  });

  it("refuses to be moved back or for ever", () => {
    expect(() => createVirtualClock().advance(-1)).toThrow(RangeError);
    expect(() => createVirtualClock().advance(Infinity)).toThrow(RangeError);
  });
});
