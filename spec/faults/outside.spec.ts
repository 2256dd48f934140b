/** Faults of what is outside, tried one by one: callbacks, promises, signals, emitters, streams, other copies, the process. */
import { EventEmitter } from "node:events";
import { describe, expect, it } from "@jest/globals";
import {
  abandonedWork,
  action,
  attempt,
  call,
  createScope,
  each,
  Limiter,
  on,
  Queue,
  run,
  Semaphore,
  sleep,
  spawn,
  suspend,
  timeout,
  until,
  type Operation,
} from "coppice";
import { runInNode, bundle } from "../support/chromium.js";
import { deferredPromise } from "../support/deferred.js";
import { leftIn, NOTHING, quiet } from "../support/ways-to-cancel.js";
import { simulate, world } from "../support/virtual.js";

describe("a callback that", () => {
  it("comes twice settles once", async () => {
    const got = await simulate(
      action<number>((resolve, reject) => {
        resolve(1);
        resolve(2);
        reject(new Error("too late"));
      }),
    );
    expect(got).toBe(1);
  });

  it("never comes can be timed out, and is undone", async () => {
    const log: string[] = [];
    const got = await simulate(
      timeout(
        5,
        action<number>(() => () => void log.push("undone")),
        { otherwise: "late" },
      ),
    );
    expect([got, log]).toEqual(["late", ["undone"]]);
  });

  it("comes after the cancel changes nothing", async () => {
    const late: ((value: number) => void)[] = [];
    const { run: start, scheduler } = world();
    const task = start(action<number>((resolve) => void late.push(resolve)));
    await task.cancel();
    late[0]?.(1);
    expect([task.state, leftIn(scheduler)]).toEqual(["cancelled", NOTHING]);
  });

  it("throws fails the wait", async () => {
    const failed = simulate(
      action(() => {
        throw new Error("no such file");
      }),
    );
    await expect(failed).rejects.toThrow("no such file");
  });
});

describe("a promise that", () => {
  it("settles after the cancel changes nothing, and is no unhandled rejection", async () => {
    const { promise, reject } = deferredPromise<never>();
    const { run: start, host } = world();
    const task = start(until(promise));
    await task.cancel();
    reject(new Error("too late"));
    await quiet();
    expect([task.state, host.unobservedErrors]).toEqual(["cancelled", []]);
  });

  it("is a thenable which calls both handlers settles once", async () => {
    const thenable = {
      then(resolve: (value: number) => void, reject: (error: unknown) => void) {
        resolve(1);
        reject(new Error("as well"));
      },
    };
    expect(await simulate(until(thenable as PromiseLike<number>))).toBe(1);
  });

  it("is a thenable which throws when it is asked fails the wait", async () => {
    const thenable = {
      then() {
        throw new Error("no then");
      },
    };
    await expect(simulate(until(thenable as unknown as PromiseLike<number>))).rejects.toThrow("no then");
  });

  it("does not heed its abort signal is waited for until it settles", async () => {
    const { promise, resolve } = deferredPromise<number>();
    const { run: start } = world();
    const log: string[] = [];
    const task = start(call(() => promise));
    const ended = Promise.resolve(task.cancel()).then(() => log.push("gone"));
    await quiet();
    expect(log).toEqual([]);
    resolve(1);
    await ended;
    expect(task.state).toBe("cancelled");
  });
});

describe("a signal that", () => {
  it("is aborted already starts nothing", async () => {
    const log: string[] = [];
    const task = run(
      function* () {
        log.push("STARTED");
      },
      { signal: AbortSignal.abort("too late") },
    );
    await expect(task).rejects.toBe("too late");
    expect(log).toEqual([]);
  });
});

describe("an emitter that", () => {
  it("throws in another listener loses no event of ours", async () => {
    const emitter = new EventEmitter();
    const got = await simulate(function* () {
      const events = yield* on<[number]>(emitter, "tick");
      emitter.on("tick", () => {
        throw new Error("of another listener");
      });
      expect(() => emitter.emit("tick", 1)).toThrow("of another listener");
      return yield* events.get();
    });
    expect([got].flat()).toEqual([1]);
    expect(emitter.listenerCount("tick")).toBe(1);
  });
});

describe("an async iterator", () => {
  function source(finish: (() => Promise<IteratorResult<number>>) | undefined): AsyncIterable<number> {
    return {
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.resolve({ done: false, value: 1 }),
        ...(finish === undefined ? {} : { return: finish }),
      }),
    };
  }

  function* first(from: AsyncIterable<number>): Operation<number> {
    const loop = each(from);
    return (yield* loop.next()) ? loop.value : -1;
  }

  it("without a return can be left", async () => {
    expect(await simulate(first(source(undefined)))).toBe(1);
  });

  it("whose return hangs is ended by grace", async () => {
    const { run: start } = world();
    const task = start(function* () {
      yield* first(source(() => new Promise(() => undefined)));
      yield* suspend();
    });
    await quiet();
    const failure: unknown = await Promise.resolve(task.cancel("", { grace: 5 })).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: "COPPICE_CLEANUP" });
    expect(task.state).toBe("failed");
  });
});

describe("a stream", () => {
  it("that is destroyed while it is read fails the reader", async () => {
    const stream = new ReadableStream<number>({
      start(controller) {
        controller.enqueue(1);
        queueMicrotask(() => controller.error(new Error("destroyed")));
      },
    });
    const failed = simulate(function* () {
      const loop = each(stream);
      while (yield* loop.next()) expect(loop.value).toBe(1);
    });
    await expect(failed).rejects.toThrow("destroyed");
  });
});

describe("what is shared", () => {
  it("closed with waiters on both sides ends them all", async () => {
    const queues = [new Queue<number>({ capacity: 0 }), new Queue<number>({ capacity: 0 })];
    const ended = await simulate(function* () {
      const putter = yield* spawn(attempt(queues[0]?.put(1) ?? suspend()));
      const getter = yield* spawn(attempt(queues[1]?.get() ?? suspend()));
      yield* sleep(1);
      for (const queue of queues) queue.shutdown();
      return [(yield* putter).ok, (yield* getter).ok];
    });
    expect(ended).toEqual([false, false]);
  });

  it("made smaller than what is out takes back what comes, and no more", async () => {
    const limiter = new Limiter(3);
    await simulate(function* () {
      for (const name of ["a", "b", "c"]) yield* limiter.acquireOnBehalfOf(name);
      limiter.total = 1;
      limiter.releaseOnBehalfOf("a");
      expect([limiter.available, limiter.tryAcquireOnBehalfOf("d")]).toEqual([-1, false]);
    });
  });

  it("released too often says so, and stays as it was", () => {
    const semaphore = new Semaphore(2);
    expect(() => semaphore.release()).toThrow(/Release once for every acquire/);
    expect(semaphore.free).toBe(2);
  });
});

describe("the process", () => {
  it("with an unhandled rejection elsewhere keeps its tasks", async () => {
    const before = 'process.on("unhandledRejection", () => undefined);';
    const module = await bundle(`
      import { run, sleep } from "coppice";
      export default async function () {
        void Promise.reject(new Error("elsewhere"));
        return await run(function* () { yield* sleep(2); return "fine"; });
      }
    `);
    expect(await runInNode(module, before)).toBe("fine");
  }, 30_000);

  it("with two copies of the library runs both, each with its own tasks", async () => {
    const copy = await bundle('export { run, sleep, until } from "coppice";');
    const url = `data:text/javascript;base64,${Buffer.from(copy).toString("base64")}`;
    const module = await bundle(`
      import { run, sleep, until } from "coppice";
      export default async function () {
        const other = await import(${JSON.stringify(url)});
        const theirs = other.run(function* () { yield* other.sleep(1); return "theirs"; });
        const ours = await run(function* () { yield* sleep(1); return [yield* until(theirs), "ours"]; });
        const mixed = await run(function* () { yield* other.sleep(1); }).then(() => "ran", (error) => error.code);
        return [...ours, mixed];
      }
    `);
    const [theirs, ours, mixed] = (await runInNode(module)) as string[];
    expect([theirs, ours]).toEqual(["theirs", "ours"]);
    expect(mixed).toMatch(/^COPPICE_/);
  }, 30_000);
});

it("work that does not heed its signal is known by name while it goes on", async () => {
  const scope = createScope();
  const { promise, resolve } = deferredPromise<number>();
  const task = scope.run(call(() => promise, { name: "slow" }));
  await Promise.resolve(task.cancel("", { grace: 0 })).catch(() => undefined);
  const names = abandonedWork().map(({ name }) => name);
  resolve(1);
  await scope.cancel().then(undefined, () => undefined);
  expect(names).toContain("slow");
});
