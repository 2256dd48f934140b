import { EventEmitter } from "node:events";
import { expect } from "@jest/globals";
import {
  action,
  all,
  attempt,
  call,
  on,
  once,
  sleep,
  spawn,
  until,
  use,
  useAbortSignal,
  useWriter,
} from "coppice";
import { crowd, story, type Story } from "./story.js";

export const bridges: readonly Story[] = [
  story(["until()"], () => ({
    op: crowd(2, function* () {
      yield* until(Promise.resolve(1));
      yield* attempt(until(Promise.reject(new Error("refused"))));
    }),
  })),
  story(["call()"], () => {
    const signals: AbortSignal[] = [];
    let begun = 0;
    let ended = 0;
    return {
      op: crowd(2, function* () {
        yield* call(async (signal) => {
          begun++;
          signals.push(signal);
          try {
            await Promise.resolve();
          } finally {
            ended++;
          }
        });
      }),
      // What was called is awaited, cancelled or not.
      check: () => {
        expect(ended).toBe(begun);
      },
    };
  }),
  story(["action()"], () => {
    let [begun, cleaned] = [0, 0];
    return {
      op: crowd(2, function* () {
        yield* action<number>((resolve) => {
          begun++;
          queueMicrotask(() => {
            resolve(1);
          });
          return () => {
            cleaned++;
          };
        });
      }),
      check: () => {
        expect(cleaned).toBe(begun);
      },
    };
  }),
  story(["once()", "on()"], () => {
    const emitter = new EventEmitter();
    const seen: unknown[] = [];
    return {
      op: all([
        once(emitter, "line"),
        function* listen() {
          const lines = yield* on<[number]>(emitter, "line");
          for (let i = 0; i < 3; i++) {
            seen.push(yield* lines.get());
            yield* sleep(1);
          }
        },
        function* emit() {
          for (let i = 0; i < 3; i++) {
            yield* sleep(2);
            emitter.emit("line", i);
          }
        },
      ]),
      check: () => {
        expect(emitter.listenerCount("line")).toBe(0);
        expect(seen.length).toBeLessThanOrEqual(3);
      },
    };
  }),
  story(["useAbortSignal()"], () => {
    const signals: AbortSignal[] = [];
    return {
      op: crowd(2, function* () {
        const signal = yield* useAbortSignal();
        signals.push(signal);
        expect(signal.aborted).toBe(false);
        yield* sleep(2);
      }),
      check: () => {
        for (const signal of signals) expect(signal.aborted).toBe(true);
      },
    };
  }),
  story(["use()"], () => {
    let [opened, closed] = [0, 0];
    return {
      op: crowd(2, function* () {
        yield* spawn(function* () {
          opened++;
          yield* use({
            async [Symbol.asyncDispose]() {
              await Promise.resolve();
              closed++;
            },
          });
          yield* sleep(2);
        });
        opened++;
        yield* use({
          [Symbol.dispose]: () => {
            closed++;
          },
        });
        yield* sleep(3);
      }),
      check: () => {
        expect(closed).toBe(opened);
      },
    };
  }),
  story(["useWriter()"], () => {
    const written: number[] = [];
    let end = "open";
    let hasBegun = false;
    return {
      op: (function* () {
        const writer = yield* useWriter(
          new WritableStream<number>({
            start: () => void (hasBegun = true),
            write: (chunk) => void written.push(chunk),
            close: () => void (end = "closed"),
            abort: () => void (end = "aborted"),
          }),
        );
        for (const chunk of [1, 2]) {
          yield* writer.write(chunk);
          yield* sleep(1);
        }
      })(),
      check: () => {
        expect(written).toEqual([1, 2].slice(0, written.length));
        if (hasBegun) expect(end).not.toBe("open");
      },
    };
  }),
];
