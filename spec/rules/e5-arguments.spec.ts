import { createContext as createRealm, runInContext } from "node:vm";
import { describe, expect, it } from "@jest/globals";
import {
  all,
  allSettled,
  any,
  attempt,
  Broadcast,
  call,
  cancelScope,
  createChannel,
  createContext,
  createScope,
  ensure,
  Event as CoppiceEvent,
  Limiter,
  Lock,
  on,
  once,
  operation,
  Queue,
  race,
  RateLimit,
  resource,
  retry,
  run,
  scoped,
  Semaphore,
  shield,
  sleep,
  spawn,
  suspend,
  taskGroup,
  timeout,
  timeoutAt,
  until,
  useWriter,
  withResolvers,
} from "coppice";
import { thrownBy } from "../support/failure.js";
import { simulate, world } from "../support/virtual.js";

const user = createContext<string>("user");

/** Every function that takes an operation, with the name by which its messages call it. */
const takers: readonly [name: string, take: (op: never) => unknown][] = [
  ["run", (op) => run(op)],
  ["spawn", (op) => spawn(op)],
  ["scoped", (op) => scoped(op)],
  ["shield", (op) => shield(op)],
  ["timeout", (op) => timeout(5, op)],
  ["attempt", (op) => attempt(op)],
  ["all", (op) => all([op])],
  ["allSettled", (op) => allSettled([op])],
  ["race", (op) => race([op])],
  ["any", (op) => any([op])],
  ["retry", (op) => retry(op)],
  ["timeoutAt", (op) => timeoutAt(5, op)],
  ["Lock.with", (op) => new Lock().with(op)],
  ["Limiter.with", (op) => new Limiter(1).with(op)],
  ["user.with", (op) => user.with("somebody", op)],
  ["Semaphore.with", (op) => new Semaphore(1).with(op)],
  ["run", (op) => createScope().run(op)],
];

/** What people pass in place of an operation. */
const mistakes: readonly [name: string, given: unknown, found: string][] = [
  ["undefined", undefined, "undefined."],
  ["null", null, "null."],
  ["a number", 5, "the number 5."],
  ["a string", "load", 'the string "load".'],
  ["an array", [1, 2], "an array."],
  ["an object", { load: 1 }, "an object of class Object."],
  ["a promise", Promise.resolve(1), "a Promise. Use until(promise)."],
  [
    "an async function",
    async function load() {
      await Promise.resolve();
    },
    'the async function "load". Write a function*, or use call(load).',
  ],
  [
    "an async function*",
    async function* pages() {
      yield await Promise.resolve(1);
    },
    'the async function "pages". Write a function*, or use call(pages).',
  ],
  [
    "an async arrow function",
    (
      () => async () =>
        Promise.resolve(1)
    )(),
    "an async function. Write a function*, or use call(fn).",
  ],
];

describe("E5 what is no operation", () => {
  for (const [name, take] of takers) {
    it.each(mistakes)(`E5 ${name}() refuses %s where it is called`, async (_, given, found) => {
      // `spawn` of what is no function is looked at when it runs; both are the line of the mistake.
      const message = thrownBy(() => take(given as never));
      const late =
        name === "spawn" && message === "nothing"
          ? await simulate(spawn(given as never)).then(String, String)
          : "";
      expect(
        late === "" ? message : `TypeError COPPICE_NOT_AN_OPERATION: ${late.slice("TypeError: ".length)}`,
      ).toBe(`TypeError COPPICE_NOT_AN_OPERATION: ${name}() needs an operation or a function*, got ${found}`);
    });
  }

  it.each([
    ["a number", () => 5, '"work" returned the number 5, which is not an operation. Write a function*.'],
    ["nothing", () => undefined, '"work" returned undefined, which is not an operation. Write a function*.'],
    [
      "a promise",
      () => Promise.resolve(1),
      '"work" returned a Promise, which is not an operation. Use call(work) or a function*.',
    ],
  ])("E5 a plain function that returns %s is refused when it is run, by name", async (_, work, message) => {
    const named = Object.defineProperty(work, "name", { value: "work" });
    await expect(simulate(named as never).then(String, String)).resolves.toBe(`TypeError: ${message}`);
    await expect(simulate(operation(named as never) as never).then(String, String)).resolves.toBe(
      `TypeError: ${message}`,
    );
  });
});

describe("E5 lengths of time", () => {
  const taking: readonly [text: string, take: (ms: never) => unknown][] = [
    ["sleep() needs a number of milliseconds that is 0 or more", (ms) => sleep(ms)],
    [
      "new RateLimit() needs a number of milliseconds as `intervalMs` that is 0 or more",
      (ms) => new RateLimit(1, ms),
    ],
    ["timeout() needs a number of milliseconds that is 0 or more", (ms) => timeout(ms, suspend())],
    [
      "shield() needs a number of milliseconds as `timeout` that is 0 or more",
      (ms) => shield(suspend(), { timeout: ms }),
    ],
    [
      "cancel() needs a number of milliseconds as `grace` that is 0 or more",
      (ms) => createScope().cancel("", { grace: ms }),
    ],
  ];

  for (const [text, take] of taking) {
    it.each([
      [-1, "RangeError", "-1"],
      [-0.001, "RangeError", "-0.001"],
      [-Infinity, "RangeError", "-Infinity"],
      [NaN, "RangeError", "NaN"],
      ["5", "TypeError", 'the string "5"'],
      ["5s", "TypeError", 'the string "5s"'],
      [5n, "TypeError", "the bigint 5"],
      [null, "TypeError", "null"],
      [true, "TypeError", "the boolean true"],
      [new Date(0), "TypeError", "a Date"],
      [[5], "TypeError", "an array"],
    ])(`E5 ${text.split(" ")[0] ?? ""} refuses %p`, (ms, name, shown) => {
      expect(thrownBy(() => take(ms as never))).toBe(`${name} COPPICE_DURATION: ${text}, got ${shown}.`);
    });

    it.each([0, 0.5, 5, 2 ** 31, Number.MAX_VALUE, Infinity])(
      `E5 ${text.split(" ")[0] ?? ""} takes %p`,
      (ms) => {
        expect(thrownBy(() => take(ms as never))).toBe("nothing");
      },
    );
  }
});

describe("E5 options", () => {
  const taking: readonly [name: string, known: string, take: (options: never) => unknown][] = [
    ["run()", "signal", (options) => run(sleep(0), options)],
    ["spawn()", "name", (options) => spawn(sleep(0), options)],
    ["createScope()", "name", (options) => createScope(options)],
    ["taskGroup()", "name", (options) => taskGroup(() => sleep(0), options)],
    ["timeout()", "otherwise", (options) => timeout(5, sleep(0), options)],
    ["shield()", "timeout", (options) => shield(sleep(0), options)],
    ["new Queue()", "capacity", (options) => new Queue(options)],
    ["new Semaphore()", "name", (options) => new Semaphore(1, options)],
    ["shutdown()", "immediate", (options) => new Queue().shutdown(options)],
    ["cancel()", "grace", (options) => createScope().cancel("", options)],
    ["call()", "name", (options) => call(() => 1, options)],
    ["cancelScope()", "name", (options) => cancelScope(() => sleep(0), options)],
    ["createChannel()", "capacity", (options) => createChannel(options)],
    ["new Broadcast()", "name", (options) => new Broadcast(options)],
    ["new Event()", "name", (options) => new CoppiceEvent(options)],
    ["new Limiter()", "name", (options) => new Limiter(1, options)],
    ["new Lock()", "name", (options) => new Lock(options)],
    ["new RateLimit()", "name", (options) => new RateLimit(1, 5, options)],
    ["on()", "capacity", (options) => on(new EventTarget(), "ready", options)],
    ["withResolvers()", "name", (options) => withResolvers(options)],
  ];
  /** One letter is missing. */
  const misspelt = (name: string): string => `${name.slice(0, 2)}${name.slice(3)}`;

  it.each(taking)("E5 %s refuses a misspelt option and names the nearest", (name, known, take) => {
    const key = misspelt(known);
    expect(thrownBy(() => take({ [key]: 1 } as never))).toBe(
      `TypeError COPPICE_OPTIONS: ${name} has no option "${key}". Did you mean "${known}"?`,
    );
  });

  it.each(taking)("E5 %s lists what it takes when nothing is near", (name, _, take) => {
    expect(thrownBy(() => take({ somethingElseAltogether: 1 } as never))).toMatch(
      new RegExp(
        `^TypeError COPPICE_OPTIONS: ${name.replace(/[()]/g, "\\$&")} has no option "somethingElseAltogether"\\. It takes .+\\.$`,
      ),
    );
  });

  it.each(taking)("E5 %s refuses what is no object of options", (name, _, take) => {
    for (const [given, shown] of [
      [5, "the number 5"],
      ["fast", 'the string "fast"'],
      [null, "null"],
      [true, "the boolean true"],
      [() => 1, "a function"],
    ] as const) {
      expect(thrownBy(() => take(given as never))).toContain(
        `TypeError COPPICE_OPTIONS: ${name} needs an object of options, got ${shown}. Write {`,
      );
    }
  });

  it.each(taking)(
    "E5 %s takes frozen options, options without a prototype and options from another realm",
    (_, known, take) => {
      const value =
        known === "name"
          ? "n"
          : known === "signal"
            ? new AbortController().signal
            : known === "immediate"
              ? true
              : 5;
      const bare = Object.assign(Object.create(null) as object, { [known]: value });
      const foreign = runInContext(
        `({ set(key, value) { const made = {}; made[key] = value; return made; } })`,
        createRealm({}),
      ) as {
        set(key: string, value: unknown): object;
      };
      for (const options of [Object.freeze({ [known]: value }), bare, foreign.set(known, value)]) {
        expect(thrownBy(() => take(options as never))).toBe("nothing");
      }
    },
  );

  it.each(taking)("E5 %s refuses a __proto__ key, and pollutes nothing", (name, _, take) => {
    const options: unknown = JSON.parse('{ "__proto__": { "polluted": true } }');
    expect(thrownBy(() => take(options as never))).toContain(
      `TypeError COPPICE_OPTIONS: ${name} has no option "__proto__".`,
    );
    expect("polluted" in {}).toBe(false);
  });

  it("E5 clips an unknown option that is a book, and takes control characters out of it", () => {
    const message = thrownBy(() => run(sleep(0), { [`a\u0007${"x".repeat(1_000_000)}`]: 1 }));
    // eslint-disable-next-line no-control-regex -- there must be none
    expect([message.length < 200, /[\u0000-\u001f]/.test(message)]).toEqual([true, false]);
  });
});

describe("E5 names", () => {
  it.each<[string, (name: never) => unknown]>([
    ["run() needs a string as `name`", (name) => run(sleep(0), { name })],
    ["spawn() needs a string as `name`", (name) => spawn(sleep(0), { name })],
    ["createScope() needs a string as `name`", (name) => createScope({ name })],
    ["taskGroup() needs a string as `name`", (name) => taskGroup(() => sleep(0), { name })],
    ["new Queue() needs a string as `name`", (name) => new Queue({ name })],
    ["new Semaphore() needs a string as `name`", (name) => new Semaphore(1, { name })],
    ["createContext() needs a string as `name`", (name) => createContext(name)],
    ["call() needs a string as `name`", (name) => call(() => 1, { name })],
    ["new Lock() needs a string as `name`", (name) => new Lock({ name })],
    ["withResolvers() needs a string as `name`", (name) => withResolvers({ name })],
  ])("E5 %s", (text, take) => {
    for (const [given, shown] of [
      [5, "the number 5"],
      [Symbol("s"), "the symbol Symbol(s)"],
      [{}, "an object of class Object"],
      [null, "null"],
    ] as const) {
      expect(thrownBy(() => take(given as never))).toBe(`TypeError COPPICE_NAME: ${text}, got ${shown}.`);
    }
  });

  it("E5 a name that is a book is cut at 200 characters, and holds no control characters", async () => {
    const book = `a\nb\u0007${"x".repeat(1_000_000)}`;
    const { run: start } = world();
    const task = start(suspend(), { name: book });
    const names = [task.name, new Queue({ name: book }).name, new Semaphore(1, { name: book }).name];
    await task.cancel();
    // eslint-disable-next-line no-control-regex -- there must be none
    for (const name of names) expect([name.length, /[\u0000-\u001f]/.test(name)]).toEqual([200, false]);
  });
});

describe("E5 signals, functions and lists", () => {
  it.each([
    [
      5,
      "TypeError COPPICE_SIGNAL: run() needs an AbortSignal as `signal`, got the number 5. Pass controller.signal.",
    ],
    [
      null,
      "TypeError COPPICE_SIGNAL: run() needs an AbortSignal as `signal`, got null. Pass controller.signal.",
    ],
    [
      new AbortController(),
      "TypeError COPPICE_SIGNAL: run() needs an AbortSignal as `signal`, got a AbortController. Pass controller.signal.",
    ],
  ])("E5 run() refuses %p as a signal, and starts nothing", (signal, message) => {
    let started = 0;
    const op = function* () {
      started++;
      yield* sleep(0);
    };
    expect(thrownBy(() => run(op, { signal: signal as never }))).toBe(message);
    expect(started).toBe(0);
  });

  it("E5 takes a signal from another realm, or one that only looks like one", async () => {
    const { run: start } = world();
    const lookalike = Object.assign(new EventTarget(), { aborted: false, reason: "from afar" });
    const task = start(suspend(), { signal: lookalike as never });
    lookalike.dispatchEvent(new Event("abort"));
    await expect(task).rejects.toBe("from afar");
  });

  it.each<[string, (given: never) => unknown]>([
    ["operation() needs a function*", (given) => operation(given)],
    ["resource() needs a function*", (given) => resource(given)],
    ["taskGroup() needs a function*", (given) => taskGroup(given)],
    ["ensure() needs a function or a function*", (given) => ensure(given)],
  ])("E5 %s", (text, take) => {
    for (const [given, shown] of [
      [undefined, "undefined"],
      [5, "the number 5"],
      [sleep(1), "an operation"],
      [Promise.resolve(), "a Promise"],
    ] as const) {
      expect(thrownBy(() => take(given as never))).toContain(
        `TypeError COPPICE_NOT_A_FUNCTION: ${text}, got ${shown}.`,
      );
    }
  });

  it.each([
    [undefined, "undefined"],
    [5, "the number 5"],
    [{}, "an object of class Object"],
  ])("E5 on() and once() refuse %p as the name of an event, and as a source of events", (given, shown) => {
    const name = "the name of an event, a string or a symbol";
    const source = "an EventTarget or an EventEmitter";
    expect([
      thrownBy(() => on(new EventTarget(), given as never)),
      thrownBy(() => on(given as never, "ready")),
    ]).toEqual([
      `TypeError COPPICE_EVENT_NAME: on() needs ${name}, got ${shown}.`,
      `TypeError COPPICE_NO_EVENTS: on() needs ${source}, got ${shown}.`,
    ]);
    expect([
      thrownBy(() => once(new EventTarget(), given as never)),
      thrownBy(() => once(given as never, "ready")),
    ]).toEqual([
      `TypeError COPPICE_EVENT_NAME: once() needs ${name}, got ${shown}.`,
      `TypeError COPPICE_NO_EVENTS: once() needs ${source}, got ${shown}.`,
    ]);
  });

  it.each([
    [null, "null"],
    [5, "the number 5"],
    [{}, "an object of class Object"],
  ])("E5 useWriter() refuses %p", (given, shown) => {
    expect(thrownBy(() => useWriter(given as never))).toBe(
      `TypeError COPPICE_NOT_A_STREAM: useWriter() needs a WritableStream, got ${shown}.`,
    );
  });

  it("E5 until() refuses what is no promise, and an empty race is no race", () => {
    expect(thrownBy(() => until(5 as never))).toBe(
      "TypeError COPPICE_NOT_A_PROMISE: until() needs a promise, got the number 5. Use the value as it is, or yield* an operation.",
    );
    expect(thrownBy(() => race([]))).toBe(
      "RangeError COPPICE_EMPTY_RACE: race() needs at least one operation, got none: it would never end.",
    );
  });
});
