/**
 * Keeps calls away from a neighbour that fails, and finds out when it is well again.
 *
 *   closed  calls go through; opens when half of the last ones failed
 *   open    one call in a while goes through, as a probe; closes when one succeeds
 *
 * A probe does not wait for the one before it, which may hang: recovery is seen within one pause.
 */
import { now, type Operation } from "coppice";

export interface BreakerOptions {
  readonly name: string;
  /** How many of the last calls are looked at. */
  readonly window: number;
  /** No opening before so many of them are known. */
  readonly least: number;
  readonly probeEveryMs: number;
  /** Which failures are the neighbour's, and not those of the one call. */
  readonly counts: (error: unknown) => boolean;
  readonly changed: (isOpen: boolean) => void;
}

/** The call was not made: the neighbour has been failing. */
export class BreakerOpenError extends Error {
  override readonly name = "BreakerOpenError";
}

export class Breaker {
  readonly #options: BreakerOptions;
  /** The last outcomes, a ring: true for a failure. */
  readonly #outcomes: boolean[] = [];
  #next = 0;
  #failures = 0;
  #isOpen = false;
  #nextProbeAt = 0;

  constructor(options: BreakerOptions) {
    this.#options = options;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get probeEveryMs(): number {
    return this.#options.probeEveryMs;
  }

  /** Whether a call would go through now. */
  get letsThrough(): boolean {
    return !this.#isOpen || now() >= this.#nextProbeAt;
  }

  /**
   * Makes the call, unless the neighbour is known to fail. A cancelled call says nothing about the neighbour.
   *
   * Throws: BreakerOpenError; what the call throws.
   */
  *call<T>(work: Operation<T>): Operation<T> {
    this.enter();
    try {
      const value = yield* work;
      this.succeeded();
      return value;
    } catch (error) {
      this.failed(error);
      throw error;
    }
  }

  /** Before a call. Throws: BreakerOpenError, when it must not be made. */
  enter(): void {
    if (!this.letsThrough) throw new BreakerOpenError(`${this.#options.name} has been failing.`);
    if (this.#isOpen) this.#nextProbeAt = now() + this.#options.probeEveryMs;
  }

  /** After a call that failed. */
  failed(error: unknown): void {
    if (this.#options.counts(error)) this.#neighbourFailed();
    else this.succeeded();
  }

  /** After a call that succeeded. */
  succeeded(): void {
    this.#record(false);
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#outcomes.length = 0;
    this.#failures = 0;
    this.#next = 0;
    this.#options.changed(false);
  }

  #neighbourFailed(): void {
    this.#record(true);
    const { window, least } = this.#options;
    const known = Math.min(window, this.#outcomes.length);
    if (this.#isOpen || known < least || this.#failures * 2 < known) return;
    this.#isOpen = true;
    this.#nextProbeAt = now() + this.#options.probeEveryMs;
    this.#options.changed(true);
  }

  #record(hasFailed: boolean): void {
    if (this.#outcomes[this.#next] === true) this.#failures -= 1;
    if (hasFailed) this.#failures += 1;
    this.#outcomes[this.#next] = hasFailed;
    this.#next = (this.#next + 1) % this.#options.window;
  }
}
