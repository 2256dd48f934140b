/**
 * `npm run faults`: the service under load while everything around it, and it itself, goes wrong.
 *
 *   npm run faults -- --rate 200 --longest 30000 --broker rabbitmq --program coppice --only database --seed 7
 */
import { Command, Option } from "commander";
import { positive, wholeNumber } from "../command-line.mjs";
import { BROKERS, openArena, type BrokerName } from "./arena.js";
import { PROGRAM_NAMES, type ProgramName } from "./build.js";
import { everything, FAULTS, randomFrom } from "./fault-kinds.js";
import { isStuck, runFault, type FaultResult } from "./fault-run.js";

interface Given {
  readonly rate: number;
  readonly longest: number;
  readonly grace: number;
  readonly broker: BrokerName;
  readonly program: ProgramName;
  readonly only: string;
  readonly seed: number;
}

const command = new Command("npm run faults --")
  .description("The service under load, while everything around it, and it itself, goes wrong.")
  .option("--rate <number>", "webhooks a second", positive, 200)
  .option("--longest <ms>", "how long a fault lasts at the most", positive, 30_000)
  .option("--grace <ms>", "what the service may take to end", positive, 5_000)
  .addOption(new Option("--broker <name>").choices(BROKERS).default("rabbitmq"))
  .addOption(new Option("--program <name>").choices(PROGRAM_NAMES).default("coppice"))
  .option("--only <parts>", "faults whose name has one of these in it, with commas between", "")
  .option("--seed <number>", "of what is left to chance", wholeNumber, Date.now() % 100_000)
  .parse();
const { program, rate, longest: longestMs, grace: graceMs, broker, only, seed } = command.opts<Given>();
const options = { program, rate, longestMs, graceMs };
const random = randomFrom(seed);
const all = everything(Math.min(3_000, longestMs), random, (name) => console.log(`    … ${name}`));
const known = [...FAULTS, all];
const faults = known.filter(({ name }) => only.split(",").some((part) => name.includes(part)));
if (faults.length === 0) {
  command.error(
    `error: no fault has "${only}" in its name. There are: ${known.map(({ name }) => name).join(", ")}.`,
  );
}

console.log(
  `${program}, ${String(rate)} webhooks a second, ${broker}, seed ${String(seed)}: ${String(faults.length)} faults`,
);
const arena = await openArena(broker);
const results: FaultResult[] = [];
try {
  for (const fault of faults) {
    const result = await runFault(arena, fault, options);
    results.push(result);
    console.log(describe(result));
  }
} finally {
  await arena.close();
}
const bad = results.filter((result) => result.violations.length > 0 || isStuck(result));
console.log(
  bad.length === 0
    ? `All ${String(results.length)} faults survived: no crash, nothing lost, back within a second, ended in time.`
    : `${String(bad.length)} of ${String(results.length)} faults with violations: ${bad.map(({ name }) => name).join(", ")}`,
);
process.exit(bad.length === 0 ? 0 : 1);

function describe(result: FaultResult): string {
  const { name, accepted, recoveryMs, findings, stuck, ended, violations } = result;
  const { acknowledged, notInDatabase, notForwarded, notPublished, forwardedAgain, publishedAgain } =
    findings;
  const parts = [
    name.padEnd(26),
    `accepted ${(accepted * 100).toFixed(0).padStart(3)} % meanwhile`,
    `back after ${recoveryMs === undefined ? "never" : `${recoveryMs.toFixed(0)} ms`}`,
    `acknowledged ${String(acknowledged)}`,
    `missing ${String(notInDatabase)}/${String(notForwarded)}/${String(notPublished)}`,
    `again ${String(forwardedAgain)}/${String(publishedAgain)}`,
    `open files +${String(stuck)}`,
    ended === undefined ? "" : `SIGTERM: ${String(ended.how)} after ${ended.afterMs.toFixed(0)} ms`,
  ];
  return [parts.join("  "), ...violations.map((text) => `    VIOLATION: ${text}`)].join("\n");
}
