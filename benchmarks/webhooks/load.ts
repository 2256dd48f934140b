/**
 * `npm run load`: fixed arrival times at three programs that do the same work, one after the other in the same run.
 *
 *   npm run load -- --rate 833 --seconds 30 --runs 1 --overload 8 --programs coppice,careful,naive --broker rabbitmq
 *   npm run load -- --rate 2500 --seconds 300 --programs coppice --set CONCURRENCY=100
 *   npm run load -- --rate 400 --runs 5 --programs coppice,careful --together
 *
 * The servers around get what the program and its senders leave of the processor; with `--servers usual`, their share.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { lostIn, openArena, type BrokerName } from "./arena.js";
import { ROOT, type ProgramName } from "./build.js";
import { describeLoad, describeRatios } from "./load-report.js";
import { runLoad, type LoadResult } from "./load-run.js";

const { values } = parseArgs({
  options: {
    rate: { type: "string", default: "833" },
    seconds: { type: "string", default: "30" },
    "warm-up": { type: "string", default: "5" },
    runs: { type: "string", default: "1" },
    overload: { type: "string", default: "0" },
    programs: { type: "string", default: "coppice,careful,naive" },
    broker: { type: "string", default: "rabbitmq" },
    servers: { type: "string", default: "idle" },
    together: { type: "boolean", default: false },
    set: { type: "string", multiple: true, default: [] },
  },
});

/** Only the first "=" parts: a value may have more. */
const assignment = (setting: string): [string, string] => {
  const at = setting.indexOf("=");
  if (at < 1) throw new Error(`--set needs KEY=VALUE, got "${setting}".`);
  return [setting.slice(0, at), setting.slice(at + 1)];
};

const options = {
  rate: Number(values.rate),
  seconds: Number(values.seconds),
  warmUpSeconds: Number(values["warm-up"]),
  overloadSeconds: Number(values.overload),
  // As in the environment: BACKLOG=2000.
  settings: Object.fromEntries(values.set.map(assignment)),
};
const priority = values.servers;
if (priority !== "idle" && priority !== "usual") {
  throw new Error(`--servers needs "idle" or "usual", got "${priority}".`);
}
// A name that is not known has no file, and the run ends with that.
const programs = values.programs.split(",") as ProgramName[];
const results: LoadResult[] = [];
const run = (program: ProgramName): Promise<LoadResult> => runLoad(arena, program, options);
const arena = await openArena(values.broker as BrokerName, priority);
try {
  console.log(`${values.rate} webhooks a second for ${values.seconds} s at each of: ${programs.join(", ")}`);
  for (let round = 0; round < Number(values.runs); round++) {
    // Each one is first in turn, so that none always gets the fresh servers.
    const order = programs.map((_, index) => programs[(index + round) % programs.length] ?? "coppice");
    const finished = (result: LoadResult): void => {
      results.push(result);
      console.log(describeLoad(result));
    };
    // What else the machine does then hits all of them alike: the way to compare what they cost.
    if (values.together) (await Promise.all(order.map(run))).forEach(finished);
    else for (const program of order) finished(await run(program));
  }
} finally {
  await arena.close();
}
console.log(describeRatios(results));
const directory = join(ROOT, "benchmarks/results");
await mkdir(directory, { recursive: true });
await writeFile(join(directory, "webhooks.json"), JSON.stringify({ options, results }, null, 2));

// What the others lose is what this is there to show.
const ours = results.filter(({ program }) => program === "coppice");
const lost = ours.reduce((sum, { findings }) => sum + lostIn(findings), 0);
const isUnclean = ours.some(({ ended, isDrained }) => ended.how !== 0 || !isDrained);
process.exit(lost > 0 || isUnclean ? 1 : 0);
