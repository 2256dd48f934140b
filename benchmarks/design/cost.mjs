/** How the scripts beside this one measure: the processor's time of many calls, the best of several rounds. */
const rounds = 7;

/**
 * @param {string} name
 * @param {number} count - how many times `act` does what is measured in one call
 * @param {() => unknown} act
 */
export function cost(name, count, act) {
  let best = Infinity;
  for (let round = 0; round < rounds; round++) {
    const from = process.cpuUsage();
    act();
    const { user, system } = process.cpuUsage(from);
    if (round > 0) best = Math.min(best, ((user + system) * 1e3) / count);
  }
  console.log(`${name.padEnd(64)} ${best.toFixed(best < 100 ? 1 : 0).padStart(8)} ns`);
}
