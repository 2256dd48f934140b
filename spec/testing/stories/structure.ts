import { expect } from "@jest/globals";
import {
  all,
  allSettled,
  any,
  attempt,
  cancellation,
  cancelScope,
  checkpoint,
  createContext,
  deadline,
  ensure,
  forEach,
  map,
  now,
  operation,
  race,
  resource,
  retry,
  scoped,
  shield,
  sleep,
  sleepUntil,
  spawn,
  supervise,
  suspend,
  taskGroup,
  timeout,
  timeoutAt,
  useScope,
  type Operation,
} from "coppice";
import { crowd, story, type Story } from "./story.js";

const user = createContext<string>("user", "nobody");

/** Work of which it is known how much has begun and has been cleaned up. */
class Work {
  begun = 0;
  ended = 0;

  readonly do = operation((ms: number) => this.#run(ms, () => ms));

  readonly fail = operation((ms: number) =>
    this.#run(ms, () => {
      throw new Error(`after ${ms} ms`);
    }),
  );

  *#run(ms: number, end: () => number): Operation<number> {
    this.begun++;
    yield* ensure(() => {
      this.ended++;
    });
    yield* sleep(ms);
    return end();
  }

  check = (): void => {
    expect(this.ended).toBe(this.begun);
  };
}

/** A story about work that is always cleaned up. */
function working(covers: readonly string[], op: (work: Work) => Operation<unknown>): Story {
  return story(covers, () => {
    const work = new Work();
    return { op: op(work), check: work.check };
  });
}

export const structure: readonly Story[] = [
  working(["all()", "operation()"], (work) => all([work.do(1), work.do(2), work.do(2)])),
  working(["allSettled()"], (work) => allSettled([work.do(2), work.fail(1), work.do(1)])),
  working(["any()"], (work) => any([work.fail(1), work.do(2), work.do(3)])),
  working(["race()"], (work) => race([work.do(1), work.do(1), race([work.do(2), suspend()])])),
  working(["attempt()"], function* (work) {
    const results = [yield* attempt(work.fail(1)), yield* attempt(work.do(1))];
    expect(results.map((result) => result.ok)).toEqual([false, true]);
  }),
  working(["spawn()", "scoped()"], function* (work) {
    yield* scoped(function* () {
      const task = yield* spawn(work.do(3));
      yield* spawn(work.do(50));
      yield* task;
    });
  }),
  working(["useScope()"], function* (work) {
    const scope = yield* useScope();
    const task = scope.run(work.do(2));
    yield* sleep(1);
    yield* task;
  }),
  working(["taskGroup()"], (work) =>
    taskGroup(function* (group) {
      group.spawn(work.do(1));
      yield* group.start(function* (started) {
        yield* sleep(1);
        started();
        yield* work.do(2);
      });
      yield* work.do(1);
    }),
  ),
  working(["cancelScope()"], (work) =>
    cancelScope(function* (scope) {
      yield* spawn(work.do(3));
      yield* sleep(1);
      if (!scope.isCancelled) scope.deadline = now() + 1;
      yield* work.do(50);
    }),
  ),
  working(["timeout()", "timeoutAt()"], function* (work) {
    yield* timeout(2, work.do(50), { otherwise: 0 });
    yield* timeoutAt(now() + 5, timeout(2, work.do(1)));
  }),
  working(["shield()"], function* (work) {
    yield* spawn(shield(work.do(2)));
    yield* shield(work.do(1), { timeout: 10 });
  }),
  working(["map()", "forEach()"], function* (work) {
    expect(yield* map([1, 2, 1], (ms) => work.do(ms), { concurrency: 2 })).toEqual([1, 2, 1]);
    yield* forEach([2, 1, 1], (ms) => work.do(ms), { concurrency: 2 });
  }),
  working(["retry()"], function* (work) {
    let failures = 0;
    const unreliable = operation(function* () {
      if (failures++ < 2) yield* work.fail(1);
      else yield* work.do(1);
    });
    yield* retry(unreliable, { attempts: 3, delay: 2, jitter: 0 });
  }),
  working(["supervise()"], (work) => {
    let failures = 0;
    return supervise(function* (supervisor) {
      supervisor.spawn(
        operation(function* () {
          if (failures++ < 1) yield* work.fail(1);
          else yield* work.do(50);
        }),
        { delay: 1, jitter: 0 },
      );
      yield* sleep(6);
      void supervisor.cancel();
    });
  }),
  working(["resource()", "ensure()"], function* (work) {
    const connection = resource<number>(function* (provide) {
      yield* work.do(1);
      try {
        yield* provide(1);
      } finally {
        yield* work.do(1);
      }
    });
    yield* ensure(() => work.do(1));
    yield* connection;
    yield* scoped(function* () {
      yield* connection;
      yield* sleep(1);
    });
    yield* sleep(1);
  }),
  story(["sleep()", "sleep(0)", "sleepUntil()", "checkpoint()"], () => ({
    op: crowd(2, function* () {
      yield* sleep(0);
      yield* checkpoint();
      const from = now();
      yield* sleepUntil(from + 2);
      expect(now()).toBe(from + 2);
      yield* sleep(1);
    }),
  })),
  story(["suspend()"], () => {
    const tasks: { readonly state: string }[] = [];
    return {
      op: scoped(function* () {
        tasks.push(yield* spawn(suspend()));
        yield* timeout(1, suspend(), { otherwise: 0 });
      }),
      check: () => {
        expect(tasks.map((task) => task.state)).toEqual(tasks.map(() => "cancelled"));
      },
    };
  }),
  story(["context.get()", "context.set()", "context.expect()", "context.with()"], () => ({
    op: crowd(2, function* (i) {
      yield* user.set(`visitor ${i}`);
      yield* user.with("guest", function* () {
        yield* sleep(1);
        expect(yield* user.get()).toBe("guest");
      });
      expect(yield* user.expect()).toBe(`visitor ${i}`);
    }),
  })),
  story(["deadline()", "cancellation()"], () => {
    const reasons: unknown[] = [];
    return {
      op: timeout(
        2,
        operation(function* () {
          expect(yield* deadline()).toBeLessThan(Infinity);
          yield* ensure(function* () {
            reasons.push((yield* cancellation())?.kind);
            yield* sleep(1);
          });
          yield* sleep(50);
        }),
        { otherwise: 0 },
      ),
      check: () => {
        for (const kind of reasons) expect(kind).toBeDefined();
      },
    };
  }),
];
