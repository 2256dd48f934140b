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
import { Command, InvalidArgumentError, Option } from "commander";
import { count, positive, wholeNumber, wordsOf } from "../command-line.mjs";
import { BROKERS, lostIn, openArena, type BrokerName } from "./arena.js";
import { PROGRAM_NAMES, ROOT, type ProgramName } from "./build.js";
import { describeLoad, describeRatios } from "./load-report.js";
import { runLoad, type LoadResult } from "./load-run.js";
import { PRIORITIES, type Priority } from "./priority.js";

/** Only the first "=" parts: a value may have more. */
function assigned(text: string, before: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("It must be KEY=VALUE, as in the environment: BACKLOG=2000.");
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

interface Given {
  readonly rate: number;
  readonly seconds: number;
  readonly warmUp: number;
  readonly runs: number;
  readonly overload: number;
  readonly programs: readonly ProgramName[];
  readonly broker: BrokerName;
  readonly servers: Priority;
  readonly together: boolean;
  readonly set: Readonly<Record<string, string>>;
}

const given = new Command("npm run load --")
  .description("Webhooks at fixed times at programs that do the same work.")
  .option("--rate <number>", "webhooks a second", positive, 833)
  .option("--seconds <number>", "for how long", positive, 30)
  .option("--warm-up <seconds>", "before that", wholeNumber, 5)
  .option("--runs <number>", "how often", count, 1)
  .option("--overload <seconds>", "twice what it can do, for so long", wholeNumber, 0)
  .option("--programs <names>", PROGRAM_NAMES.join(", "), wordsOf(PROGRAM_NAMES), PROGRAM_NAMES)
  .addOption(new Option("--broker <name>").choices(BROKERS).default("rabbitmq"))
  .addOption(new Option("--servers <priority>", "of the servers around").choices(PRIORITIES).default("idle"))
  .option("--together", "all programs at the same time", false)
  .option("--set <KEY=VALUE>", "a setting of the programs; may be given several times", assigned, {})
  .parse()
  .opts<Given>();

const { rate, seconds, programs } = given;
const options = {
  rate,
  seconds,
  warmUpSeconds: given.warmUp,
  overloadSeconds: given.overload,
  settings: given.set,
};
const results: LoadResult[] = [];
const run = (program: ProgramName): Promise<LoadResult> => runLoad(arena, program, options);
const arena = await openArena(given.broker, given.servers);
try {
  console.log(
    `${String(rate)} webhooks a second for ${String(seconds)} s at each of: ${programs.join(", ")}`,
  );
  for (let round = 0; round < given.runs; round++) {
    // Each one is first in turn, so that none always gets the fresh servers.
    const order = programs.map((_, index) => programs[(index + round) % programs.length] ?? "coppice");
    const finished = (result: LoadResult): void => {
      results.push(result);
      console.log(describeLoad(result));
    };
    // What else the machine does then hits all of them alike: the way to compare what they cost.
    if (given.together) (await Promise.all(order.map(run))).forEach(finished);
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
