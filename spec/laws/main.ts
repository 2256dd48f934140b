/** `npm run laws -- [programs] [seed]`: checks many generated programs, a batch at a time, and prints what it found. */
import { checkPrograms } from "./check-programs.js";

const BATCH = 20_000;
const [count = 1_000_000, given] = process.argv.slice(2).map(Number);
const seed = given ?? Math.floor(Math.random() * 2 ** 31);

console.log(`${count} programs, seed ${seed}`);
const from = performance.now();
let done = 0;
let failures = 0;
while (done < count && failures === 0) {
  const { failure } = checkPrograms(Math.min(BATCH, count - done), { seed: seed + done });
  if (failure !== null) {
    failures++;
    console.error(`${failure.report}\n\nAgain: npm run laws -- ${BATCH} ${seed + done}`);
  }
  done += Math.min(BATCH, count - done);
  if (done % (5 * BATCH) === 0 && done < count) console.log(`${done} so far`);
}
const ms = performance.now() - from;
console.log(
  `programs ${done}, violations ${failures}, ${(ms / done).toFixed(3)} ms per program, ${Math.round(ms / 1_000)} s, seed ${seed}`,
);
process.exitCode = failures === 0 ? 0 : 1;
