/** What may go wrong, how it is brought about, and how it is put right again. */
import { setTimeout as pause } from "node:timers/promises";
import { withDatabase, type Arena } from "./arena.js";
import type { Conduct } from "./downstream-process.js";
import type { Ended } from "./program.js";

/** The service under test: it can be ended and started again while the load goes on. */
export interface Patient {
  readonly arena: Arena;
  /** Sends a signal and waits for the end; what is not over in time counts as a violation. */
  end(signal: NodeJS.Signals, expected: (how: Ended["how"]) => boolean): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  start(): Promise<void>;
}

export interface Fault {
  readonly name: string;
  /** How long it lasts, in ms; shortened in short runs. */
  readonly lastsMs: number;
  /** The service itself is the one that is hurt. */
  readonly hitsService?: boolean;
  hurt(patient: Patient): Promise<void>;
  heal(patient: Patient): Promise<void>;
}

const nothing = (): Promise<void> => Promise.resolve();
const isClean = (how: Ended["how"]): boolean => how === 0;

const downstream = (name: string, conduct: Conduct, lastsMs: number): Fault => ({
  name: `downstream ${name}`,
  lastsMs,
  hurt: ({ arena }) => arena.downstream.conduct(conduct),
  heal: ({ arena }) => arena.downstream.conduct("well"),
});

export const FAULTS: readonly Fault[] = [
  {
    name: "SIGTERM",
    lastsMs: 0,
    hitsService: true,
    async hurt(patient) {
      await pause(Math.random() * 500);
      await patient.end("SIGTERM", isClean);
    },
    heal: (patient) => patient.start(),
  },
  {
    name: "second SIGTERM",
    lastsMs: 0,
    hitsService: true,
    async hurt(patient) {
      patient.signal("SIGTERM");
      // With luck it has ended by itself before the second one comes.
      await patient.end("SIGTERM", (how) => how === 0 || how === 128 + 15 || how === "SIGTERM");
    },
    heal: (patient) => patient.start(),
  },
  {
    name: "SIGKILL",
    lastsMs: 0,
    hitsService: true,
    hurt: (patient) => patient.end("SIGKILL", (how) => how === "SIGKILL"),
    heal: (patient) => patient.start(),
  },
  {
    name: "database restarted",
    lastsMs: 1_000,
    hurt: ({ arena }) => arena.database.stop(),
    heal: ({ arena }) => arena.database.start(),
  },
  {
    name: "database killed",
    lastsMs: 1_000,
    hurt: ({ arena }) => arena.database.stop("on the spot"),
    heal: ({ arena }) => arena.database.start(),
  },
  {
    name: "database frozen",
    lastsMs: 10_000,
    hurt: ({ arena }) => arena.database.freeze(),
    heal: ({ arena }) => arena.database.thaw(),
  },
  {
    name: "database connections cut",
    lastsMs: 500,
    hurt: ({ arena }) =>
      withDatabase(arena, async (client) => {
        await client.query(
          "select pg_terminate_backend(pid) from pg_stat_activity where application_name <> 'driver' and datname is not null",
        );
      }),
    heal: nothing,
  },
  downstream("hanging", "hang", 10_000),
  downstream("ten times slower", "slow", 10_000),
  downstream("resetting", "reset", 5_000),
  downstream("half answering", "half", 5_000),
  downstream("answering 500", "errors", 5_000),
  downstream("away", "away", 30_000),
  {
    name: "broker restarted",
    lastsMs: 1_000,
    hurt: ({ arena }) => arena.broker.stop(),
    heal: ({ arena }) => arena.broker.start(),
  },
  {
    name: "broker frozen",
    lastsMs: 10_000,
    hurt: ({ arena }) => arena.broker.freeze(),
    heal: ({ arena }) => arena.broker.thaw(),
  },
];

/** All of them, one begun while others last, in an order of chance. */
export const everything = (lastsMs: number, random: () => number, told: (text: string) => void): Fault => {
  const healing: Promise<void>[] = [];
  return {
    name: "all at once",
    lastsMs: 0,
    async hurt(patient) {
      const order = FAULTS.map((fault) => ({ fault, at: random() })).toSorted((a, b) => a.at - b.at);
      const busy = new Map<string, Promise<void>>();
      for (const { fault } of order) {
        // What is already hurt is left alone until it is well: a server that is down cannot be frozen.
        const part = fault.hitsService === true ? "service" : (fault.name.split(" ")[0] ?? "");
        await busy.get(part);
        told(fault.name);
        const one = fault
          .hurt(patient)
          .then(() => pause(Math.min(fault.lastsMs, lastsMs)))
          .then(() => fault.heal(patient));
        busy.set(part, one);
        healing.push(one);
        await pause(500 + random() * 1_000);
      }
    },
    async heal() {
      await Promise.all(healing);
    },
  };
};

/** Numbers of chance that a seed repeats. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
