/** One program under load: what its callers see, what it costs, and whether its books are right at the end. */
import { setTimeout as pause } from "node:timers/promises";
import { audit, collect, drained, settingsFor, startProgram, type Arena, type Findings } from "./arena.js";
import type { ProgramName } from "./build.js";
import { Generator } from "./generator.js";
import type { Shot } from "./shot-log.js";
import { acknowledgedIn, phaseOf, recoveryAfter, type Phase } from "./phase.js";
import { processorSecondsOf, stolenSeconds } from "./processor-time.js";
import type { Ended, Program } from "./program.js";

export interface LoadOptions {
  readonly rate: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  /** Twice what it can do, for so many seconds; 0 for not at all. */
  readonly overloadSeconds: number;
  /** For the program, on top of those that it is run with anyway. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface LoadResult {
  readonly program: ProgramName;
  readonly steady: Phase;
  /** Processor time of the program, without its start and its first seconds, for a thousand that were due, in s. */
  readonly cpuPerThousand: number;
  /** The same of everything else on the machine that takes part. */
  readonly aroundPerThousand: Readonly<Record<(typeof AROUND)[number], number>>;
  /** Of a second's processor time, what the host below this machine took away, in s. */
  readonly stolenPerSecond: number;
  readonly memory: { readonly now: number; readonly most: number };
  readonly overload: Overload | undefined;
  readonly isDrained: boolean;
  readonly findings: Findings;
  readonly ended: Ended;
}

export const AROUND = ["generator", "database", "broker", "downstream"] as const;

export interface Overload {
  readonly rate: number;
  readonly phase: Phase;
  readonly stolenPerSecond: number;
  readonly recoveryMs: number | undefined;
}

const GRACE_MS = 10_000;
const DRAIN_MS = 60_000;
const CAPACITY_SECONDS = 4;
/** More than it can do, to see what that is. */
const FLOOD = 6_000;
const AFTER_SECONDS = 5;

export async function runLoad(arena: Arena, name: ProgramName, options: LoadOptions): Promise<LoadResult> {
  const run = `load_${name}_${String(Date.now())}`;
  const collector = await collect(arena, run);
  const program = await startProgram(name, {
    ...settingsFor(arena, run),
    GRACE_MS: String(GRACE_MS),
    ...options.settings,
  });
  const acknowledged: string[] = [];
  await drive(program, options.rate, options.warmUpSeconds, acknowledged);
  const before = costs(arena, program);
  const steady = phaseOf(await drive(program, options.rate, options.seconds, acknowledged));
  const after = costs(arena, program);
  const perThousand = (part: keyof typeof after): number =>
    ((after[part] - before[part]) / steady.due) * 1000;
  const { memory } = program;
  const overload = options.overloadSeconds > 0 ? await overloadIt(program, options, acknowledged) : undefined;
  const isDrained = await drained(arena, run, DRAIN_MS);
  const ended = await program.end("SIGTERM", GRACE_MS + 5_000);
  const findings = await audit(arena, run, acknowledged, collector);
  return {
    program: name,
    steady,
    cpuPerThousand: perThousand("program"),
    aroundPerThousand: {
      generator: perThousand("generator"),
      database: perThousand("database"),
      broker: perThousand("broker"),
      downstream: perThousand("downstream"),
    },
    stolenPerSecond: (after.stolen - before.stolen) / options.seconds,
    memory,
    overload,
    isDrained,
    findings,
    ended,
  };
}

/** Processor time so far, in seconds. */
const costs = ({ database, broker, downstream }: Arena, program: Program) => ({
  program: program.cpuSeconds,
  generator: processorSecondsOf(process.pid),
  database: database.cpuSeconds,
  broker: broker.cpuSeconds,
  downstream: downstream.cpuSeconds,
  stolen: stolenSeconds(),
});

/** Finds out what it can do, then asks twice that of it, then half. */
async function overloadIt(program: Program, options: LoadOptions, acknowledged: string[]): Promise<Overload> {
  const capacity = await capacityOf(program, acknowledged);
  await pause(1_000);
  const rate = Math.round(2 * capacity);
  const stolenBefore = stolenSeconds();
  const phase = phaseOf(await drive(program, rate, options.overloadSeconds, acknowledged));
  const stolenPerSecond = (stolenSeconds() - stolenBefore) / options.overloadSeconds;
  const backAt = performance.now();
  const calm = await drive(program, capacity / 2, AFTER_SECONDS, acknowledged);
  return { rate, phase, stolenPerSecond, recoveryMs: recoveryAfter(calm, backAt, performance.now()) };
}

/** What it delivers in a second: of a flood, until the last one that it let in is delivered. */
async function capacityOf(program: Program, acknowledged: string[]): Promise<number> {
  const published = async (): Promise<number> => (await program.statistics())["published"] ?? 0;
  const before = await published();
  const startedAt = performance.now();
  const flood = await drive(program, FLOOD, CAPACITY_SECONDS, acknowledged);
  const accepted = flood.filter((shot) => shot.status === 202).length;
  const until = startedAt + DRAIN_MS;
  while ((await published()) - before < accepted && performance.now() < until) await pause(20);
  return (accepted * 1000) / (performance.now() - startedAt);
}

/** Sends for so long, and waits for the replies. */
async function drive(
  program: Program,
  rate: number,
  seconds: number,
  acknowledged: string[],
): Promise<readonly Shot[]> {
  if (seconds === 0) return [];
  const generator = new Generator({ url: () => program.url, rate });
  await generator.start();
  await pause(seconds * 1000);
  await generator.stop();
  // One by one: a call takes only so many arguments.
  const shots = generator.readShots();
  for (const id of acknowledgedIn(shots)) acknowledged.push(id);
  return shots;
}
