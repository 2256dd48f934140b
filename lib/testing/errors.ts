/** How a test fails: each class stands for one kind of finding, and its message is the whole report. */

/** Every task is parked and nothing can wake any of them. */
export class DeadlockError extends Error {
  override readonly name: string = "DeadlockError";
  readonly code = "COPPICE_DEADLOCK";

  /**
   * @param waiting - a line for each task: what it waits on, who holds it, where it stands
   * @param cycle - the names of the tasks that wait for one another, in order; empty when there is no cycle
   */
  constructor(
    message: string,
    readonly waiting: readonly string[],
    readonly cycle: readonly string[],
  ) {
    super(message);
  }
}

/** The operation has ended and something of it is still there. */
export class LeftBehindError extends Error {
  override readonly name: string = "LeftBehindError";
  readonly code = "COPPICE_LEFT_BEHIND";

  /** @param findings - one line for each thing that was left */
  constructor(
    message: string,
    readonly findings: readonly string[],
  ) {
    super(message);
  }
}

/** A task goes on and on without ever waiting for anything. */
export class SpinningError extends Error {
  override readonly name: string = "SpinningError";
  readonly code = "COPPICE_SPINNING";
}
