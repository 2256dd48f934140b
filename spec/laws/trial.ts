/** One program, run in both: what is wrong with it. */
import { runInLibrary } from "./library.js";
import { stepsOf, type Program } from "./program.js";
import { runByTheRules } from "./reference.js";

/** One line for each thing that is wrong. */
export function findViolations(program: Program): string[] {
  const ran = runInLibrary(program);
  const expected = runByTheRules(program);
  const violations = [...ran.violations];
  const at = expected.lines.findIndex((line, i) => line !== ran.lines[i]);
  if (at >= 0)
    violations.push(`the rules say "${expected.lines[at]}", the library "${ran.lines[at] ?? "nothing"}"`);
  else if (ran.lines.length > expected.lines.length)
    violations.push(`the rules say nothing, the library "${ran.lines[expected.lines.length]}"`);
  else if (expected.choices.join() !== ran.choices.join())
    violations.push(
      `the rules choose among ${expected.choices.join()}, the library among ${ran.choices.join()}`,
    );
  const excused = excusedErrors(program);
  for (const id of ran.lost) {
    if (!expected.replaced.has(id) && !excused.has(id)) violations.push(`error ${id} was lost`);
  }
  return violations;
}

/** `any` and `allSettled` make values of errors, and a value that is not looked at is gone. */
function excusedErrors(program: Program): Set<number> {
  const excused = new Set<number>();
  for (const step of stepsOf(program.root.steps)) {
    if (step.does !== "many" || (step.kind !== "any" && step.kind !== "all settled")) continue;
    for (const { steps } of step.bodies) {
      for (const inner of stepsOf(steps)) if (inner.does === "throw") excused.add(inner.id);
    }
  }
  return excused;
}
