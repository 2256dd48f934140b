/** The figures of a run as text. */
import { lostIn } from "./arena.js";
import { AROUND, type LoadResult } from "./load-run.js";

export function describeLoad(result: LoadResult): string {
  const { program, steady, cpuPerThousand, aroundPerThousand, memory, overload, findings, ended, isDrained } =
    result;
  const lines = [
    `${program}:`,
    `  steady    ${count(steady.accepted)} of ${count(steady.due)} accepted, ${count(steady.refused)} refused, ` +
      `${count(steady.errors)} errors; p50 ${ms(steady.p50)}, p99 ${ms(steady.p99)}, most ${ms(steady.most)}; sent late p99 ${ms(steady.lateP99)}` +
      (steady.errors > 0 ? `; answers ${JSON.stringify(steady.kinds)}` : ""),
    `  cost      ${cpuPerThousand.toFixed(2)} s of processor time per 1,000; memory ${memory.now.toFixed(0)} MiB, at the most ${memory.most.toFixed(0)} MiB`,
    `  around    ${AROUND.map((part) => `${part} ${aroundPerThousand[part].toFixed(2)} s`).join(", ")} per 1,000${stolen(result)}`,
  ];
  if (overload !== undefined) {
    const { rate, phase, recoveryMs } = overload;
    lines.push(
      `  overload  ${count(rate)} a second: ${count(phase.accepted)} accepted (p99 ${ms(phase.p99)}), ` +
        `${count(phase.refused)} refused (p50 ${ms(phase.refusedP50)}, p99 ${ms(phase.refusedP99)}), ${count(phase.errors)} errors; sent late p99 ${ms(phase.lateP99)}${stolen(overload)}; ` +
        `back to normal after ${recoveryMs === undefined ? "never" : ms(recoveryMs)}`,
    );
  }
  lines.push(
    `  books     ${count(findings.acknowledged)} acknowledged, ${count(lostIn(findings))} missing ` +
      `(database ${count(findings.notInDatabase)}, downstream ${count(findings.notForwarded)}, broker ${count(findings.notPublished)}); ` +
      `again: downstream ${count(findings.forwardedAgain)}, broker ${count(findings.publishedAgain)}` +
      (isDrained ? "" : "; not all was delivered in time"),
    `  end       SIGTERM: ${String(ended.how)} after ${ms(ended.afterMs)}`,
  );
  return lines.join("\n");
}

/** The worst of all runs, ours beside the careful one's. */
export function describeRatios(results: readonly LoadResult[]): string {
  const ours = results.filter(({ program }) => program === "coppice");
  const careful = results.filter(({ program }) => program === "careful");
  const pairs = ours.flatMap((our, index) => {
    const other = careful[index];
    return other === undefined ? [] : [{ our, other }];
  });
  if (pairs.length === 0) return "";
  const worst = (ratio: (pair: (typeof pairs)[number]) => number): number => Math.max(...pairs.map(ratio));
  const p99 = worst(({ our, other }) => our.steady.p99 / other.steady.p99);
  const cpu = worst(({ our, other }) => our.cpuPerThousand / other.cpuPerThousand);
  // At the end it is as high as the last collection of old objects is long ago: the peak is what a machine needs.
  const peak = worst(({ our, other }) => our.memory.most - other.memory.most);
  const atEnd = worst(({ our, other }) => our.memory.now - other.memory.now);
  return (
    `beside careful, worst of ${String(pairs.length)}: p99 ${p99.toFixed(2)} times, ` +
    `processor ${cpu.toFixed(2)} times, memory ${signed(peak)} MiB at the most, ${signed(atEnd)} MiB at the end`
  );
}

/** A pause that nobody here has made. */
const stolen = ({ stolenPerSecond }: { readonly stolenPerSecond: number }): string =>
  stolenPerSecond > 0 ? `; taken away by the host ${ms(stolenPerSecond * 1000)} a second` : "";

const signed = (value: number): string => `${value >= 0 ? "+" : ""}${value.toFixed(0)}`;

const count = (value: number): string => value.toLocaleString("en-US");
const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`;
