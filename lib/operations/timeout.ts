import {
  bounded,
  cancelFrame,
  checkDuration,
  checkOptions,
  TimeoutError,
  Timer,
  type Boundary,
  type Cancellation,
  type Due,
  type Frame,
  type Operable,
  type Operation,
  type Outcome,
} from "../kernel/index.js";

/** A boundary that is cancelled when its time is up, and says so to its caller (C11). */
class Deadline implements Boundary, Due {
  private timer: Timer | null = null;
  private frame: Frame | null = null;
  private passed: Cancellation | null = null;

  constructor(
    private readonly ms: number,
    private readonly otherwise: { readonly value: unknown } | null,
  ) {}

  opened(frame: Frame): void {
    this.frame = frame;
    const { scheduler } = frame.owner;
    // Without any time the operation is cancelled at its first yield point (C12).
    if (this.ms === 0) this.timeIsUp();
    else if (this.ms !== Infinity) {
      this.timer = new Timer(scheduler.host.now() + this.ms, true, this);
      scheduler.addTimer(this.timer);
    }
  }

  timeIsUp(): void {
    const { frame } = this;
    if (frame === null) return;
    this.passed = { kind: "deadline", reason: undefined, scope: frame.name, task: frame.owner.name };
    cancelFrame(frame, this.passed);
  }

  closed(frame: Frame): void {
    if (this.timer !== null) frame.owner.scheduler.removeTimer(this.timer);
  }

  settle(outcome: Outcome, frame: Frame, isOverruled: boolean): Outcome {
    if (outcome.type !== "cancelled" || isOverruled || outcome.cancellation !== this.passed) return outcome;
    if (this.otherwise !== null) return { type: "value", value: this.otherwise.value };
    const what = frame.name === "anonymous" ? "An operation" : `"${frame.name}"`;
    return { type: "errors", errors: [new TimeoutError(`${what} took longer than ${this.ms} ms.`)] };
  }
}

/** What a timeout gives instead of an error. */
export interface TimeoutOptions<U> {
  /** The value to give when time runs out. */
  readonly otherwise: U;
}

/**
 * Runs an operation for at most the given time.
 *
 * Cancel:  when time runs out the operation is cancelled; after its cleanup the timeout throws (C11).
 * Throws:  TimeoutError when time ran out; what `op` throws; RangeError when `ms` is negative or not a number.
 * Model:   asyncio.timeout, Trio fail_after.
 * Pitfall: with 0 the operation still runs to its first yield point (C12).
 *
 * @param ms - length in milliseconds; `Infinity` sets no limit
 * @param options - `otherwise`: a value to give instead of throwing
 * @example const user = yield* timeout(2_000, fetchUser("42"));
 */
export function timeout<T>(ms: number, op: Operable<T>): Operation<T>;
export function timeout<T, U>(ms: number, op: Operable<T>, options: TimeoutOptions<U>): Operation<T | U>;
export function timeout<T, U>(ms: number, op: Operable<T>, options?: TimeoutOptions<U>): Operation<T | U> {
  checkDuration("timeout", "", ms);
  checkOptions("timeout()", ["otherwise"], options);
  // Told by its name: `undefined` is a value like any other.
  const otherwise = options !== undefined && "otherwise" in options ? { value: options.otherwise } : null;
  return bounded<T | U>("timeout", op, () => new Deadline(ms, otherwise));
}
