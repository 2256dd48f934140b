/**
 * The bundle is run, too, for the value it exports, so that nothing the program needs can be missing from it.
 */
const programs = {
  coppice: `
    import { operation, run, sleep, spawn, timeout } from "coppice";
    const child = operation(function* (value) {
      yield* sleep(1);
      return value;
    });
    export const total = await run(function* () {
      const left = yield* spawn(child(1));
      const right = yield* spawn(child(2));
      return yield* timeout(1000, function* () {
        return (yield* left) + (yield* right);
      });
    });`,
  async: `
    async function withTimeout(ms, work) {
      const controller = new AbortController();
      const timer = setTimeout(() => controller.abort(new Error("timed out")), ms);
      try {
        return await work(controller.signal);
      } finally {
        clearTimeout(timer);
      }
    }
    function sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(resolve, ms);
        signal.addEventListener("abort", () => {
          clearTimeout(timer);
          reject(signal.reason);
        });
      });
    }
    async function child(value, signal) {
      await sleep(1, signal);
      return value;
    }
    export const total = await withTimeout(1000, async (signal) => {
      const [left, right] = await Promise.all([child(1, signal), child(2, signal)]);
      return left + right;
    });`,
  effection: `
    import { race, run, sleep, spawn } from "effection";
    function* child(value) {
      yield* sleep(1);
      return value;
    }
    function* expiry(ms) {
      yield* sleep(ms);
      throw new Error("timed out");
    }
    function* both(left, right) {
      return (yield* left) + (yield* right);
    }
    export const total = await run(function* () {
      const left = yield* spawn(() => child(1));
      const right = yield* spawn(() => child(2));
      return yield* race([both(left, right), expiry(1000)]);
    });`,
  effect: `
    import { Effect, Fiber } from "effect";
    const child = Effect.fnUntraced(function* (value) {
      yield* Effect.sleep(1);
      return value;
    });
    const main = Effect.gen(function* () {
      const left = yield* Effect.forkChild(child(1));
      const right = yield* Effect.forkChild(child(2));
      const [a, b] = yield* Fiber.joinAll([left, right]).pipe(Effect.timeout(1000));
      return a + b;
    });
    export const total = await Effect.runPromise(main);`,
  saga: `
    import { runSaga } from "redux-saga";
    import { call, delay, fork, join, race } from "redux-saga/effects";
    function* child(value) {
      yield delay(1);
      return value;
    }
    function* both(left, right) {
      const [a, b] = yield join([left, right]);
      return a + b;
    }
    function* main() {
      const left = yield fork(child, 1);
      const right = yield fork(child, 2);
      const { value, isLate } = yield race({ value: call(both, left, right), isLate: delay(1000) });
      if (isLate) throw new Error("timed out");
      return value;
    }
    export const total = await runSaga({}, main).toPromise();`,
};

const bundling = (peer) => async () => async (_size, gauge) => {
  const { build } = await import("esbuild");
  const { gzipSync } = await import("node:zlib");
  const { outputFiles } = await build({
    stdin: { contents: programs[peer], resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    external: ["node:*"],
    target: "es2022",
    define: { "process.env.NODE_ENV": '"production"' },
    write: false,
  });
  const code = outputFiles[0].contents;
  gauge.record(gzipSync(code, { level: 9 }).length);
  const { total } = await import(`data:text/javascript;base64,${Buffer.from(code).toString("base64")}`);
  return total;
};

export const work = {
  title: "size of a small program",
  explains: "a program that runs, spawns, sleeps and has a timeout, bundled and minified by esbuild, gzipped",
  gauge: "own",
  isFresh: true,
  runs: 1,
  unit: "bytes",
  per: "program",
  sizes: [1],
  headline: 1,
  expected: () => 3,
  peers: {
    coppice: bundling("coppice"),
    async: bundling("async"),
    effection: bundling("effection"),
    effect: bundling("effect"),
    saga: bundling("saga"),
  },
};
