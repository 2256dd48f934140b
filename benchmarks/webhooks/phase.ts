/** What a stretch of load looked like. */
import { percentile } from "./generator.js";
import type { Shot } from "./shot-log.js";

export interface Phase {
  readonly due: number;
  readonly accepted: number;
  /** Answered 503. */
  readonly refused: number;
  /** Anything else: other answers, and none. */
  readonly errors: number;
  /** Which ones, and how often; 0 is no answer. */
  readonly kinds: Readonly<Record<string, number>>;
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
  /** Of those refused. */
  readonly refusedP50: number;
  readonly refusedP99: number;
  /** How late the generator sent them, which is part of their latency. */
  readonly lateP99: number;
}

export const latencyOf = ({ doneAt, dueAt }: Shot): number => doneAt - dueAt;

export function phaseOf(shots: readonly Shot[]): Phase {
  const accepted = shots.filter((shot) => shot.status === 202).map(latencyOf);
  const refused = shots.filter((shot) => shot.status === 503).map(latencyOf);
  const kinds: Record<string, number> = {};
  for (const { status } of shots) kinds[status] = (kinds[status] ?? 0) + 1;
  return {
    due: shots.length,
    kinds,
    accepted: accepted.length,
    refused: refused.length,
    errors: shots.length - accepted.length - refused.length,
    p50: percentile(accepted, 0.5),
    p99: percentile(accepted, 0.99),
    most: percentile(accepted, 1),
    refusedP50: percentile(refused, 0.5),
    refusedP99: percentile(refused, 0.99),
    lateP99: percentile(
      shots.map(({ sentAt, dueAt }) => sentAt - dueAt),
      0.99,
    ),
  };
}

/** The ids that were acknowledged. */
export const acknowledgedIn = (shots: readonly Shot[]): string[] =>
  shots.filter((shot) => shot.id !== "").map((shot) => shot.id);

const WINDOW_MS = 1_000;
const STEP_MS = 100;
const ENOUGH = 0.99;

/**
 * How long after `backAt` it took until webhooks succeed again: until the first second of which at least 99 % were
 * accepted. Undefined when there is none.
 */
export function recoveryAfter(shots: readonly Shot[], backAt: number, endsAt: number): number | undefined {
  for (let from = backAt; from + WINDOW_MS <= endsAt; from += STEP_MS) {
    const within = shots.filter((shot) => shot.dueAt >= from && shot.dueAt < from + WINDOW_MS);
    const good = within.filter((shot) => shot.status === 202).length;
    if (within.length > 0 && good >= within.length * ENOUGH) return from - backAt;
  }
  return undefined;
}
