/** Every sample is a fresh process. Plain async/await has nothing to import. */
const importing = (load, name) => async () => async () => typeof (await load())[name];

export const work = {
  title: "import",
  explains: "`await import(…)` of the package in a fresh process, from a warm disk cache",
  isFresh: true,
  runs: 15,
  unit: "ms",
  per: "import",
  items: () => 1,
  sizes: [1],
  headline: 1,
  expected: () => "function",
  peers: {
    coppice: importing(() => import("coppice"), "run"),
    effection: importing(() => import("effection"), "run"),
    effect: importing(async () => (await import("effect")).Effect, "runPromise"),
    saga: importing(() => import("redux-saga"), "runSaga"),
    co: importing(() => import("co"), "default"),
  },
};
