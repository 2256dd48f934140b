/**
 * `npm run soak -- [part]`: does everything of works.ts, or so small a part of it, and shows that nothing of it stays
 * in memory. A tenth is done first, so that what is allocated once is; then the heap may not grow.
 */
import { currentScheduler } from "../../lib/kernel/index.js";
import { Command } from "commander";
import { run } from "coppice";
import { positive } from "../../benchmarks/command-line.mjs";
import { works, type Work } from "./works.js";

/** Engines keep a little: code, maps, the profile of what is hot. */
const MOST_GROWTH_KIB = 1_024;

const collect: unknown = Reflect.get(globalThis, "gc");
if (typeof collect !== "function") throw new Error("Run it with --expose-gc.");

const { processedArgs } = new Command("npm run soak --")
  .description("Does everything of works.ts, and shows that nothing of it stays in memory.")
  .argument("[part]", "how much of it: 0.1 is a tenth", positive, 1)
  .parse();
// Read by what is named beside it.
const [part] = processedArgs as [number];

/** In KiB, when all that can be collected is. */
async function heap(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setImmediate(resolve));
    (collect as () => void)();
  }
  return process.memoryUsage().heapUsed / 1_024;
}

interface Measured {
  readonly row: Readonly<Record<string, string>>;
  readonly isFlat: boolean;
}

async function measure({ name, count, times, left }: Work): Promise<Measured> {
  const many = Math.max(1_000, Math.round(count * part));
  await run(() => times(Math.max(1_000, many / 10)));
  const before = await heap();
  const from = performance.now();
  await run(() => times(many));
  const ms = performance.now() - from;
  const after = await heap();
  const scheduler = currentScheduler();
  const remaining = left() + scheduler.timers.size + scheduler.readyCount + [...scheduler.roots].length;
  return {
    row: {
      what: name,
      times: many.toLocaleString("en"),
      "heap before, KiB": before.toFixed(0),
      "heap after, KiB": after.toFixed(0),
      "growth, KiB": (after - before).toFixed(0),
      left: String(remaining),
      "ns each": ((ms / many) * 1e6).toFixed(0),
    },
    isFlat: after - before <= MOST_GROWTH_KIB && remaining === 0,
  };
}

const measured: Measured[] = [];
for (const work of works) measured.push(await measure(work));
console.table(Object.fromEntries(measured.map(({ row: { what = "", ...rest } }) => [what, rest])));
const growing = measured.filter(({ isFlat }) => !isFlat);
console.log(growing.length === 0 ? "flat" : `not flat: ${growing.map(({ row }) => row["what"]).join(", ")}`);
process.exitCode = growing.length === 0 ? 0 : 1;
