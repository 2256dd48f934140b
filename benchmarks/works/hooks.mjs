/**
 * Both builds take turns within one process, so that whatever else the machine does falls on both; which one is loaded
 * first changes from process to process.
 */
const trips = 4_000;
const pairs = 1_000;
const warmUps = 100;

export const work = {
  title: "hooks for looking inside, unused",
  explains:
    "a trip through the scheduler with the hooks in the kernel that nobody uses, against a build from which they were taken out; the two take turns, a thousand times in each process",
  gauge: "own",
  isFresh: true,
  runs: 7,
  unit: "%",
  sizes: [1],
  headline: 1,
  expected: () => trips,
  peers: {
    async coppice() {
      const { loadWithHooks, loadWithoutHooks } = await import("../parts/without-hooks.mjs");
      const { quantile } = await import("../statistics.mjs");
      const loaders = [loadWithHooks, loadWithoutHooks];
      const isSwapped = process.pid % 2 === 1;
      const programs = [];
      for (const load of isSwapped ? loaders.reverse() : loaders) programs.push(program(await load()));
      const [withHooks, without] = isSwapped ? programs.reverse() : programs;
      return async (_size, gauge) => {
        for (let count = 0; count < warmUps; count++) await timePair(withHooks, without);
        const ratios = [];
        for (let count = 0; count < pairs; count++) ratios.push(await timePair(withHooks, without));
        gauge.record(100 * (quantile(ratios, 0.5) - 1));
        return withHooks();
      };
    },
  },
};

function program({ checkpoint, operation, run }) {
  const main = operation(function* () {
    let count = 0;
    while (count < trips) {
      yield* checkpoint();
      count += 1;
    }
    return count;
  });
  return () => run(main());
}

/** A, B, B, A: what drifts evenly falls on both alike. */
async function timePair(a, b) {
  const spent = [0, 0];
  for (const turn of /** @type {const} */ ([0, 1, 1, 0])) {
    const from = performance.now();
    await (turn === 0 ? a : b)();
    spent[turn] += performance.now() - from;
  }
  return spent[0] / spent[1];
}
