/**
 * How much a drain may do before the host has a turn again (S4): a slice of time, and in it turns of a fixed number of
 * steps. The clock is looked at as seldom as that allows; when it is never changes the order of steps.
 */

/** How long a slice is, in ms. */
export const SLICE_MS = 8;
/** How many steps a task may take in one turn without suspending: fixed, for the order depends on it. */
const STEPS_PER_TURN = 256;
/** How many steps pass between two looks at the clock, at the most; fewer when steps take long. */
const MOST_PER_LOOK = 128;
/** How many pass before the first look of a slice: nothing is known of their length yet. */
const FIRST_PER_LOOK = 4;
/** How far apart two looks at the clock should be at the most, in ms. */
const LOOK_MS = 1;

export class Slice {
  /** The time at the last look, or NaN before the first one. */
  lastLook = 0;
  #end = 0;
  #stepsPerLook = FIRST_PER_LOOK;
  /** Steps since the last look, up to the last grant. */
  #steps = 0;
  #granted = 0;
  /** What may still be granted in the running turn. */
  #ungranted = 0;

  /** @param now - the time, where it is known; NaN: the first look begins the slice */
  begin(now: number): void {
    this.lastLook = now;
    this.#end = now + SLICE_MS;
    this.#stepsPerLook = FIRST_PER_LOOK;
    this.#steps = 0;
  }

  get isOver(): boolean {
    return this.lastLook >= this.#end;
  }

  get isLookDue(): boolean {
    return this.#steps >= this.#stepsPerLook;
  }

  /** Notes a look at the clock; the next one comes sooner when steps take long. */
  look(now: number): void {
    const elapsedMs = now - this.lastLook;
    if (Number.isNaN(elapsedMs)) this.#end = now + SLICE_MS;
    else if (elapsedMs > LOOK_MS) this.#stepsPerLook = Math.max(1, this.#stepsPerLook >> 2);
    else if (elapsedMs < LOOK_MS / 4) this.#stepsPerLook = Math.min(MOST_PER_LOOK, this.#stepsPerLook * 2);
    this.lastLook = now;
    this.#steps = 0;
  }

  /** Begins a turn; gives how many steps it may take until the next look. */
  beginTurn(): number {
    this.#ungranted = STEPS_PER_TURN;
    return this.grant();
  }

  /** Whether the running turn has had all its steps. */
  get isTurnOver(): boolean {
    return this.#ungranted === 0;
  }

  /** Lets the running turn go on; gives how many steps it may take until the next look. */
  grant(): number {
    this.#granted = Math.min(this.#ungranted, Math.max(1, this.#stepsPerLook - this.#steps));
    this.#ungranted -= this.#granted;
    return this.#granted;
  }

  /** @param left - how many of the granted steps were not taken */
  endTurn(left: number): void {
    this.#steps += 1 + this.#granted - Math.max(0, left);
  }
}
