/**
 * `npm run faults`: the service under load while everything around it, and it itself, goes wrong.
 *
 *   npm run faults -- --rate 200 --longest 30000 --broker rabbitmq --program coppice --only database --seed 7
 */
import { parseArgs } from "node:util";
import { openArena, type BrokerName } from "./arena.js";
import type { ProgramName } from "./build.js";
import { everything, FAULTS, randomFrom } from "./fault-kinds.js";
import { isStuck, runFault, type FaultResult } from "./fault-run.js";

const { values } = parseArgs({
  options: {
    rate: { type: "string", default: "200" },
    longest: { type: "string", default: "30000" },
    grace: { type: "string", default: "5000" },
    broker: { type: "string", default: "rabbitmq" },
    program: { type: "string", default: "coppice" },
    only: { type: "string", default: "" },
    seed: { type: "string", default: String(Date.now() % 100_000) },
  },
});

const options = {
  // Both are checked by what is done with them: a name that is not known has no file and no server.
  program: values.program as ProgramName,
  rate: Number(values.rate),
  longestMs: Number(values.longest),
  graceMs: Number(values.grace),
};
const random = randomFrom(Number(values.seed));
const all = everything(Math.min(3_000, options.longestMs), random, (name) => console.log(`    … ${name}`));
const faults = [...FAULTS, all].filter(({ name }) =>
  values.only.split(",").some((part) => name.includes(part)),
);

console.log(
  `${options.program}, ${values.rate} webhooks a second, ${values.broker}, seed ${values.seed}: ${String(faults.length)} faults`,
);
const arena = await openArena(values.broker as BrokerName);
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
