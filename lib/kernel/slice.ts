/**
 * How much a drain may do before the host has a turn again (S4): a slice of time, and in it turns of a fixed number of
 * steps. The clock is looked at as seldom as that allows; when it is never changes the order of steps.
 */

/** How long a slice is, in ms. */
export const SLICE_MS = 8;
/** How long one is at least that begins late. */
const LEAST_MS = SLICE_MS / 2;
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
  /** How many steps may still pass before the next look. */
  #untilLook = FIRST_PER_LOOK;
  /** How many the running turn was granted last, and before that; none while its slice is postponed. */
  #granted = 0;
  #spent = 0;

  /**
   * @param now - the time, where it is known; NaN: the first look begins the slice
   * @param lateMs - for how long the host has been busy with something else: what came up there waits since then
   */
  begin(now: number, lateMs = 0): void {
    this.lastLook = now;
    this.#end = now + Math.max(LEAST_MS, SLICE_MS - lateMs);
    this.#stepsPerLook = FIRST_PER_LOOK;
    this.#untilLook = FIRST_PER_LOOK;
  }

  /** Begins a turn, and the slice only when it is needed; gives how many steps may be taken until then. */
  postpone(): number {
    this.#granted = 0;
    return FIRST_PER_LOOK;
  }

  get isBegun(): boolean {
    return this.#granted > 0;
  }

  /** Begins the slice that was postponed, as if it had begun before the turn. */
  needBegun(): void {
    if (this.isBegun) return;
    this.begin(NaN);
    this.beginTurn();
  }

  get isOver(): boolean {
    return this.lastLook >= this.#end;
  }

  get isLookDue(): boolean {
    return this.#untilLook <= 0;
  }

  /** Notes a look at the clock; the next one comes sooner when steps take long. */
  look(now: number): void {
    const elapsedMs = now - this.lastLook;
    if (Number.isNaN(elapsedMs)) this.#end = now + SLICE_MS;
    else if (elapsedMs > LOOK_MS) this.#stepsPerLook = Math.max(1, this.#stepsPerLook >> 2);
    else if (elapsedMs < LOOK_MS / 4) this.#stepsPerLook = Math.min(MOST_PER_LOOK, this.#stepsPerLook * 2);
    this.lastLook = now;
    this.#untilLook = this.#stepsPerLook;
  }

  /** Begins a turn; gives how many steps it may take until the next look. */
  beginTurn(): number {
    this.#spent = 0;
    return (this.#granted = this.#untilLook > 0 ? this.#untilLook : 1);
  }

  /** Whether the running turn, which has used up what it was granted, has had all its steps. */
  get isTurnOver(): boolean {
    return this.#spent + this.#granted >= STEPS_PER_TURN;
  }

  /** Lets the running turn go on after a look; gives how many steps it may take until the next one. */
  grant(): number {
    this.#spent += this.#granted;
    return (this.#granted = Math.min(STEPS_PER_TURN - this.#spent, this.#untilLook));
  }

  /** @param left - how many of the granted steps were not taken */
  endTurn(left: number): void {
    this.#untilLook -= 1 + this.#granted - (left > 0 ? left : 0);
  }
}
