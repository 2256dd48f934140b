/** `npm run laws -- [programs] [seed]`: checks many generated programs, a batch at a time, and prints what it found. */
import { Command } from "commander";
import { count, wholeNumber } from "../../benchmarks/command-line.mjs";
import { checkPrograms } from "./check-programs.js";

const BATCH = 20_000;
const { processedArgs } = new Command("npm run laws --")
  .description("Checks many generated programs against the reference.")
  .argument("[programs]", "how many", count, 1_000_000)
  .argument("[seed]", "of the first one", wholeNumber, Math.floor(Math.random() * 2 ** 31))
  .parse();
// Both were read by what is named beside them.
const [programs, seed] = processedArgs as [number, number];

console.log(`${programs} programs, seed ${seed}`);
const from = performance.now();
let done = 0;
let failures = 0;
while (done < programs && failures === 0) {
  const { failure } = checkPrograms(Math.min(BATCH, programs - done), { seed: seed + done });
  if (failure !== null) {
    failures++;
    console.error(`${failure.report}\n\nAgain: npm run laws -- ${BATCH} ${seed + done}`);
  }
  done += Math.min(BATCH, programs - done);
  if (done % (5 * BATCH) === 0 && done < programs) console.log(`${done} so far`);
}
const ms = performance.now() - from;
console.log(
  `programs ${done}, violations ${failures}, ${(ms / done).toFixed(3)} ms per program, ${Math.round(ms / 1_000)} s, seed ${seed}`,
);
process.exitCode = failures === 0 ? 0 : 1;
