/**
 * The boundary with a deadline: what `cancelScope`, `timeout` and `timeoutAt` have in common (C11).
 *
 * | state             | `deadline` can be moved | what a passed deadline does            |
 * | ----------------- | ----------------------- | -------------------------------------- |
 * | open              | yes                     | requests the cancellation of the scope |
 * | cancel requested  | no: it is too late      | nothing, the first reason stays (C10)  |
 * | unwinding, ended  | no                      | nothing                                |
 */
import {
  cancelFrame,
  Timer,
  type Boundary,
  type Cancellation,
  type Frame,
  type Outcome,
} from "../kernel/index.js";

/** When the time of a boundary is up: at a time of the runtime's clock, or so long after it was opened. */
export interface Limit {
  readonly ms: number;
  readonly isLength: boolean;
}

/** What the caller gets when the boundary was cancelled by its own deadline. */
export type Expired = (limit: TimeLimit, frame: Frame) => Outcome;

/** The boundary: is its own timer, and knows the frame. Kept flat, for timeouts live by the hundred thousand. */
export class TimeLimit extends Timer implements Boundary {
  openedAt = 0;
  /** Whether the boundary was cut by its own cancellation, and by nothing further out. */
  wasCancelled = false;
  frame: Frame | null = null;
  private passed: Cancellation | null = null;
  private readonly ms: number;
  private readonly isLength: boolean;

  constructor(
    { ms, isLength }: Limit,
    private readonly expired: Expired | null,
    readonly name: string | undefined,
  ) {
    super(Infinity, true);
    this.ms = ms;
    this.isLength = isLength;
  }

  opened(frame: Frame): void {
    const now = frame.owner.scheduler.host.now();
    this.frame = frame;
    this.openedAt = now;
    this.expireAt(this.isLength ? now + this.ms : this.ms, frame, now);
  }

  /** When time is up, in ms of the runtime's clock. */
  get deadline(): number {
    return this.at;
  }

  moveTo(at: number): void {
    const { frame } = this;
    if (frame === null) return;
    const { scheduler } = frame.owner;
    // The same timer, so that a deadline that is moved keeps its rank among those of the same instant (S4).
    scheduler.removeTimer(this);
    this.expireAt(at, frame, scheduler.host.now());
  }

  /** A deadline that has passed cancels at once, and lands at the next yield point (C12). */
  private expireAt(at: number, frame: Frame, now: number): void {
    const { scheduler } = frame.owner;
    this.at = at;
    if (at <= now) scheduler.batch(() => this.timeIsUp());
    else if (at !== Infinity) scheduler.addTimer(this);
  }

  override timeIsUp(): void {
    const { frame } = this;
    if (frame === null) return;
    this.passed = { kind: "deadline", reason: undefined, scope: frame.name, task: frame.owner.name };
    cancelFrame(frame, this.passed);
  }

  closed(frame: Frame): void {
    frame.owner.scheduler.removeTimer(this);
  }

  settle(outcome: Outcome, frame: Frame, isOverruled: boolean): Outcome {
    const { scope } = frame;
    this.wasCancelled = !isOverruled && scope !== null && scope.target === frame;
    if (outcome.type !== "cancelled" || isOverruled || outcome.cancellation !== this.passed) return outcome;
    return this.expired?.(this, frame) ?? outcome;
  }
}
