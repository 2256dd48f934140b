/**
 * `npm run soak:webhooks`: load for a long time, and then nothing may be left of it.
 *
 *   npm run soak:webhooks -- --minutes 10 --rate 400
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { Command } from "commander";
import { positive } from "../command-line.mjs";
import { audit, drained, lostIn, openArena, settingsFor } from "./arena.js";
import { bundle } from "./build.js";
import { Generator } from "./generator.js";
import { acknowledgedIn } from "./phase.js";
import type { Count } from "./soak-program.js";

const { minutes, rate } = new Command("npm run soak:webhooks --")
  .description("Load for a long time; nothing may be left of it.")
  .option("--minutes <number>", "for how long", positive, 10)
  .option("--rate <number>", "webhooks a second", positive, 400)
  .parse()
  .opts<{ readonly minutes: number; readonly rate: number }>();
/** What the heap may grow from the first minute of load to the last. */
const MOST_GROWTH_MIB = 4;
/** Longer than connections that are not used are kept. */
const SETTLE_MS = 12_000;
const RUN = "soak";

const arena = await openArena("rabbitmq");
const program = fork(await bundle("soak", "benchmarks/webhooks/soak-program.ts"), {
  execArgv: ["--expose-gc"],
  env: { ...process.env, ...settingsFor(arena, RUN), PORT: "0" },
});
const [url] = (await once(program, "message")) as [string];
const counts: Count[] = [];
program.on("message", (message: Count) => counts.push(message));

await pause(5_000);
const before = latest();
const generator = new Generator({ url: () => url, rate });
await generator.start();
for (let minute = 0; minute < minutes; minute += 0.5) {
  await pause(Math.min(30_000, minutes * 60_000));
  console.log(describe(latest()));
}
const busy = counts.length;
await generator.stop();
await drained(arena, RUN, 60_000);
await pause(SETTLE_MS);
const after = latest();
console.log(`before: ${describe(before)}\nafter:  ${describe(after)}`);

const exited = once(program, "exit");
program.kill("SIGTERM");
const [code] = (await exited) as [number | null];
const ids = acknowledgedIn(generator.readShots());
const findings = await audit(arena, RUN, ids);
await arena.close();

const quarter = Math.floor(busy / 4);
const heap = (from: number, to: number): number =>
  Math.min(...counts.slice(from, to).map(({ heapMiB }) => heapMiB));
const growth = heap(busy - quarter, busy) - heap(quarter, 2 * quarter);
const problems = [
  growth > MOST_GROWTH_MIB && `the heap grew by ${growth.toFixed(1)} MiB`,
  after.tasks > before.tasks && `${String(after.tasks - before.tasks)} tasks are left`,
  after.timers > before.timers + 2 && `${String(after.timers - before.timers)} timers are left`,
  after.listeners > before.listeners && `${String(after.listeners - before.listeners)} listeners are left`,
  code !== 0 && `it ended with ${String(code)}`,
  lostIn(findings) > 0 && `${String(lostIn(findings))} acknowledged webhooks are missing`,
].filter((problem) => problem !== false);
console.log(
  `${String(ids.length)} acknowledged, ${String(lostIn(findings))} missing; heap ${growth >= 0 ? "+" : ""}${growth.toFixed(1)} MiB ` +
    `from the second quarter to the last; exit code ${String(code)}`,
);
console.log(problems.length === 0 ? "Nothing is left over." : `PROBLEMS: ${problems.join("; ")}`);
process.exit(problems.length === 0 ? 0 : 1);

function latest(): Count {
  const count = counts.at(-1);
  if (count === undefined) throw new Error("The program does not count.");
  return count;
}

function describe({ heapMiB, tasks, timers, sockets, listeners }: Count): string {
  return `heap ${heapMiB.toFixed(1)} MiB, tasks ${String(tasks)}, timers ${String(timers)}, sockets ${String(sockets)}, listeners ${String(listeners)}`;
}
