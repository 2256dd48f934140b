/** What processes have cost so far, as the system counts it. */
import { readFileSync } from "node:fs";

const TICKS_PER_SECOND = 100;

/** Processor time of a process, its threads included, in seconds; 0 when it is gone. */
export function processorSecondsOf(pid: number): number {
  const [user = 0, system = 0] = ticksOf(pid);
  return (user + system) / TICKS_PER_SECOND;
}

/** Processor time of a process and all below it, also of those that have ended, in seconds. */
export function processorSecondsBelow(pid: number): number {
  let ticks = 0;
  const pids = [pid];
  for (let next = pids.pop(); next !== undefined; next = pids.pop()) {
    for (const part of ticksOf(next)) ticks += part;
    pids.push(...childrenOf(next));
  }
  return ticks / TICKS_PER_SECOND;
}

/**
 * Time in which the machine had work and the host below it ran something else instead, of all processors together, in
 * seconds; 0 where that is not told.
 */
export function stolenSeconds(): number {
  // cpu user nice system idle iowait irq softirq steal
  return Number(readText("/proc/stat").split(/\s+/, 9)[8] ?? 0) / TICKS_PER_SECOND;
}

/** User and system time, and the same of its children that have ended. */
const ticksOf = (pid: number): number[] =>
  (read(pid, "stat").split(") ")[1] ?? "").split(" ").slice(11, 15).map(Number);

const childrenOf = (pid: number): number[] =>
  read(pid, `task/${String(pid)}/children`)
    .split(" ")
    .filter((text) => text !== "")
    .map(Number);

const read = (pid: number, file: string): string => readText(`/proc/${String(pid)}/${file}`);

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
