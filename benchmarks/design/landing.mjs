/**
 * What a cancellation costs by what the cancelled functions look like: with no cleanup, with a `finally` that cannot
 * yield, with one that can and does. For docs/design/003. Needs the build: `npm run build`.
 *
 * node benchmarks/design/landing.mjs
 */
import { checkpoint, operation, run, spawn, suspend } from "coppice";

const many = 20_000;
let cleaned = 0;
let parked = 0;

const kinds = {
  "no finally": operation(function* () {
    parked += 1;
    yield* suspend();
  }),
  "a finally that cannot yield": operation(function* () {
    try {
      parked += 1;
      yield* suspend();
    } finally {
      cleaned += 1;
    }
  }),
  "a finally that could yield, and does not": operation(function* (isPolite = false) {
    try {
      parked += 1;
      yield* suspend();
    } finally {
      cleaned += 1;
      if (isPolite) yield* checkpoint();
    }
  }),
  "a finally that yields": operation(function* () {
    try {
      parked += 1;
      yield* suspend();
    } finally {
      cleaned += 1;
      yield* checkpoint();
    }
  }),
};

const cancelAll = operation(function* (child) {
  parked = 0;
  const parent = yield* spawn(function* () {
    for (let index = 0; index < many; index++) yield* spawn(child());
    yield* suspend();
  });
  while (parked < many) yield* checkpoint();
  const from = process.cpuUsage();
  yield* parent.cancel();
  const { user, system } = process.cpuUsage(from);
  return ((user + system) * 1e3) / many;
});

for (const [name, child] of Object.entries(kinds)) {
  let best = Infinity;
  for (let round = 0; round < 6; round++) best = Math.min(best, await run(cancelAll(child)));
  console.log(`${name.padEnd(48)} ${best.toFixed(0).padStart(7)} ns a task`);
}
if (cleaned === 0) throw new Error("No cleanup ran.");
