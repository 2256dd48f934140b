/** One fault: load before, during and after it; then the books; then the same fault again, and a SIGTERM in it. */
import { setTimeout as pause } from "node:timers/promises";
import { audit, drained, lostIn, settingsFor, startProgram, type Arena, type Findings } from "./arena.js";
import type { ProgramName } from "./build.js";
import type { Fault, Patient } from "./fault-kinds.js";
import { Generator } from "./generator.js";
import { acknowledgedIn, phaseOf, recoveryAfter } from "./phase.js";
import type { Ended, Program } from "./program.js";

export interface FaultOptions {
  readonly program: ProgramName;
  readonly rate: number;
  /** No fault lasts longer. */
  readonly longestMs: number;
  readonly graceMs: number;
}

export interface FaultResult {
  readonly name: string;
  /** The share of webhooks accepted while it lasted. */
  readonly accepted: number;
  /** Until webhooks succeed again; undefined when they did not. */
  readonly recoveryMs: number | undefined;
  readonly findings: Findings;
  /** More open files than before, after all is done. */
  readonly stuck: number;
  /** The SIGTERM in the middle of the fault. */
  readonly ended: Ended | undefined;
  readonly violations: readonly string[];
}

const BEFORE_MS = 1_500;
const AFTER_MS = 4_000;
const DRAIN_MS = 90_000;
const IDLE_MS = 500;
/** What the end may take beyond the grace period. */
const CLOSING_MS = 3_000;
const WITHIN_MS = 1_000;
/** Connections to the database and the like. */
const MOST_OPEN = 8;
/** Longer than a connection that is not used is kept. */
const KEPT_MS = 10_000;

export async function runFault(arena: Arena, fault: Fault, options: FaultOptions): Promise<FaultResult> {
  return new FaultRun(arena, fault, options).run();
}

class FaultRun implements Patient {
  readonly arena: Arena;
  readonly #fault: Fault;
  readonly #options: FaultOptions;
  readonly #schema = `fault_${String(Date.now())}`;
  readonly #violations: string[] = [];
  #program: Program | undefined;
  #isEnding = false;

  constructor(arena: Arena, fault: Fault, options: FaultOptions) {
    this.arena = arena;
    this.#fault = fault;
    this.#options = options;
  }

  async run(): Promise<FaultResult> {
    await this.start();
    const before = this.#current.openFiles;
    const { shots, hurtAt, backAt, endsAt } = await this.#load();
    const during = phaseOf(shots.filter(({ dueAt }) => dueAt >= hurtAt && dueAt < backAt));
    const recoveryMs = recoveryAfter(shots, backAt, endsAt);
    if (recoveryMs === undefined || recoveryMs > WITHIN_MS)
      this.#violate("it did not recover within a second");
    await this.#drain();
    const stuck = await this.#stuckSince(before);
    const ended = await this.#endInFault();
    const findings = await this.#audit(acknowledgedIn(shots));
    return {
      name: this.#fault.name,
      accepted: during.due === 0 ? 1 : during.accepted / during.due,
      recoveryMs,
      findings,
      stuck,
      ended,
      violations: this.#violations,
    };
  }

  async start(): Promise<void> {
    const settings = {
      ...settingsFor(this.arena, this.#schema),
      GRACE_MS: String(this.#options.graceMs),
      RETRY_LATER_MS: "1000",
    };
    // The servers may be away when it starts; then it is started again, as an orchestrator would.
    for (let attempt = 1; ; attempt++) {
      try {
        this.#program = await startProgram(this.#options.program, settings);
        this.#isEnding = false;
        return;
      } catch (error) {
        if (attempt === 5) throw error;
      }
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#isEnding = true;
    this.#current.signal(signal);
  }

  async end(signal: NodeJS.Signals, expected: (how: Ended["how"]) => boolean): Promise<void> {
    this.#isEnding = true;
    const ended = await this.#current.end(signal, this.#options.graceMs + CLOSING_MS);
    if (!expected(ended.how)) {
      const last = this.#current.lines.slice(-5).join("\n    ");
      this.#violate(
        `${signal} ended it with ${String(ended.how)} after ${ended.afterMs.toFixed(0)} ms:\n    ${last}`,
      );
    }
  }

  get #current(): Program {
    if (this.#program === undefined) throw new Error("The program was not started.");
    return this.#program;
  }

  async #load() {
    const generator = new Generator({ url: () => this.#current.url, rate: this.#options.rate });
    await generator.start();
    await pause(BEFORE_MS);
    const hurtAt = performance.now();
    await this.#fault.hurt(this);
    await pause(Math.min(this.#fault.lastsMs, this.#options.longestMs));
    await this.#fault.heal(this);
    const backAt = performance.now();
    await pause(AFTER_MS);
    const endsAt = performance.now();
    await generator.stop();
    return { shots: generator.readShots(), hurtAt, backAt, endsAt };
  }

  async #drain(): Promise<void> {
    if (!this.#isAlive()) return;
    if (!(await drained(this.arena, this.#schema, DRAIN_MS)))
      this.#violate("not everything was delivered in time");
  }

  /** Connections that are kept for the next request may take their time to close; those that are stuck stay. */
  async #stuckSince(before: number): Promise<number> {
    const until = Date.now() + KEPT_MS;
    for (;;) {
      if (!this.#isAlive()) return 0;
      const more = Math.max(0, this.#current.openFiles - before);
      if (more <= MOST_OPEN || Date.now() > until) return more;
      await pause(IDLE_MS);
    }
  }

  #isAlive(): boolean {
    if (this.#current.isRunning) return true;
    if (!this.#isEnding) this.#violate(`it crashed:\n    ${this.#current.lines.slice(-10).join("\n    ")}`);
    return false;
  }

  /** The end must come in time also while something is wrong. */
  async #endInFault(): Promise<Ended | undefined> {
    const { hitsService = false, name } = this.#fault;
    const isOwnPart = hitsService || name === "all at once";
    const generator = new Generator({ url: () => this.#current.url, rate: this.#options.rate });
    await generator.start();
    await pause(IDLE_MS);
    if (!isOwnPart) await this.#fault.hurt(this);
    await pause(IDLE_MS);
    const ended = await this.#current.end("SIGTERM", this.#options.graceMs + CLOSING_MS);
    this.#isEnding = true;
    if (ended.how !== 0) {
      const last = this.#current.lines.slice(-8).join("\n    ");
      this.#violate(`SIGTERM in the fault ended it with ${String(ended.how)}:\n    ${last}`);
    }
    await generator.stop();
    if (!isOwnPart) await this.#fault.heal(this);
    this.#late = acknowledgedIn(generator.readShots());
    return ended;
  }

  #late: readonly string[] = [];

  async #audit(ids: readonly string[]): Promise<Findings> {
    // What the end left is finished by the next start.
    await this.start();
    await this.#drain();
    await this.end("SIGTERM", (how) => how === 0);
    const findings = await audit(this.arena, this.#schema, [...ids, ...this.#late]);
    if (lostIn(findings) > 0) this.#violate(`${String(lostIn(findings))} acknowledged webhooks are missing`);
    return findings;
  }

  #violate(text: string): void {
    this.#violations.push(text);
  }
}

export const isStuck = ({ stuck }: FaultResult): boolean => stuck > MOST_OPEN;
