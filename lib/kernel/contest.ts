/**
 * Contests: several waits of one task, of which only one happens. Each contender is begun like any other wait and
 * stands in the same lines; what settles it is told to the contest (`Contest.decided`) within that very call, which
 * settles the task's own wait and retires the others. The waits themselves need not know.
 *
 * X1 At most one contender of a contest settles; the others are WITHDRAWN before anything else can reach them.
 * X2 Rivals, contenders of the same contest, must not serve one another: who hands from wait to wait asks `areRivals`.
 */
import { misuse } from "../errors/index.js";
import { CONTENDING, FAILED, FRESH, Wait, WITHDRAWN, type Contest, type Waiter } from "./instruction.js";

/** Begins a fresh wait as a contender. */
export function contend(wait: Wait<unknown>, contest: Contest, task: Waiter): void {
  if (wait.phase !== FRESH) {
    throw misuse(
      "USED",
      "A wait can be used only once, and this one was used before. Make a fresh one each time.",
    );
  }
  wait.task = task;
  wait.phase = CONTENDING;
  wait.value = contest;
  try {
    wait.begin();
  } catch (error) {
    // It has decided the contest, and failed afterwards: as for any wait, the error is thrown.
    if (wait.phase !== CONTENDING) throw error;
    wait.fail(error);
  }
}

/** Withdraws a contender that has lost, or whose task is cancelled. Throws what its leaving throws. */
export function retire(wait: Wait<unknown>): void {
  if (wait.phase !== CONTENDING) return;
  wait.phase = WITHDRAWN;
  wait.withdraw(true);
}

/** Whether a settled contender has an error instead of a value. */
export function hasFailed(wait: Wait<unknown>): boolean {
  return wait.phase === FAILED;
}

/** The contest that a wait stands in, the outermost of those within one another, or null. */
export function contestOf(wait: Wait<unknown>): Contest | null {
  if (wait.phase !== CONTENDING) return null;
  // `contend` has put it there, and it stays as long as the phase is this.
  let contest = wait.value as Contest;
  while (contest instanceof Wait && contest.phase === CONTENDING) contest = contest.value as Contest;
  return contest;
}

/** Whether two waits stand in the same contest. */
export function areRivals(one: Wait<unknown>, other: Wait<unknown>): boolean {
  const contest = contestOf(one);
  return contest !== null && contest === contestOf(other);
}
