/** Generates programs with fast-check and shrinks the first that is wrong. */
import fc from "fast-check";
import { drawProgram } from "./draw.js";
import { printed } from "./source.js";
import { findViolations } from "./trial.js";

export interface Checked {
  readonly programs: number;
  readonly seed: number;
  readonly msPerProgram: number;
  /** Null when all keep the laws; otherwise the smallest program found that does not, and what is wrong with it. */
  readonly failure: { readonly violations: readonly string[]; readonly report: string } | null;
}

const numbers = fc.noBias(fc.array(fc.nat(9_999), { minLength: 40, maxLength: 140, size: "max" }));

/** How to check. */
export interface CheckOptions {
  /** For the same programs again; drawn when left out. */
  readonly seed?: number | undefined;
  /** Whether to look for the smallest failing program; yes when left out. */
  readonly shrinks?: boolean;
}

export function checkPrograms(count: number, { seed, shrinks = true }: CheckOptions = {}): Checked {
  const from = performance.now();
  let last: readonly string[] = [];
  const found = fc.check(
    fc.property(numbers, (drawn) => {
      const violations = findViolations(drawProgram(drawn));
      if (violations.length > 0) last = violations;
      return violations.length === 0;
    }),
    { numRuns: count, endOnFailure: !shrinks, ...(seed === undefined ? {} : { seed }) },
  );
  const programs = found.numRuns + found.numShrinks;
  const msPerProgram = (performance.now() - from) / programs;
  const [drawn] = found.counterexample ?? [];
  if (drawn === undefined) return { programs, seed: found.seed, msPerProgram, failure: null };
  const program = drawProgram(drawn);
  // The smallest one is the last that failed.
  const violations = last;
  const report = [
    ...violations,
    `seed ${found.seed}, after ${found.numRuns} programs; order ${program.order}, cancelled from outside: ` +
      (program.strikes.map(({ at, task }) => `${task ?? "root"} at ${at}`).join(", ") || "nothing"),
    printed(program),
  ].join("\n");
  return { programs, seed: found.seed, msPerProgram, failure: { violations, report } };
}
