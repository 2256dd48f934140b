/**
 * One operation of Effection inside an operation of ours. Owns the task of theirs in which it runs, the record of how it
 * ended, and what its code asks of us meanwhile.
 *
 * | state   | meaning                                                           | next          |
 * | ------- | ----------------------------------------------------------------- | ------------- |
 * | fresh   | nothing of theirs has run                                         | running, over |
 * | running | the operation runs, or is being halted                            | all below     |
 * | ending  | it has its value or its error; what it holds is being given back  | kept, over    |
 * | kept    | it has its value; what it left alive belongs to our boundary      | over          |
 * | over    | nothing is left of it                                             | -             |
 *
 * Their code begins and is halted in a turn of its own, never amid a step of ours: what they `yield*` of ours by mistake
 * is then refused in its place.
 */
import {
  run,
  scoped,
  useScope,
  createContext,
  type Operation as Theirs,
  type Scope,
  type Task,
} from "effection";
import {
  CancelledError,
  Wait,
  type Attempt,
  type Cancellation,
  type Operation,
  type WaitDescription,
} from "../index.js";
import { Remains } from "./remains.js";
import { Watched } from "./watched.js";

/** An operation of ours that their code yields, to be run where the crossing is. */
export interface Guest {
  readonly name: string;
  readonly operation: Operation<void>;
  /** Told of the task that it became. */
  began(task: PromiseLike<void>): void;
}

/** How their code finds the crossing it runs in. */
export const crossingHere = createContext<Crossing>("coppice.crossing");

/** What is to be run, and where. */
export interface Itinerary {
  readonly name: string;
  readonly op: Theirs<unknown> | (() => Theirs<unknown>);
  /** The scope of theirs around us, if there is one. */
  readonly parent: Scope | undefined;
  /** Sets the contexts that come along. */
  readonly prepare: (scope: Scope) => void;
}

export class Crossing {
  /** Why we have left it, for their code to read. */
  cancellation: Cancellation | undefined;
  /** How it ended by itself; a halt leaves none. */
  ended: Attempt<unknown> | null = null;
  state: "fresh" | "running" | "ending" | "kept" | "over" = "fresh";
  /** Nobody of ours waits for it any more. */
  isLeft = false;
  /** It has ended, and whether it leaves anything alive is known. */
  isReady = false;
  /** How often there was news. */
  changes = 0;
  #late: { readonly error: unknown } | null = null;
  #hasBegun = false;
  #task: Task<void> | null = null;
  #waiter: number | undefined;
  #listener: News | null = null;
  readonly #guests: Guest[] = [];

  constructor(readonly itinerary: Itinerary) {}

  get name(): string {
    return this.itinerary.name;
  }

  get isOver(): boolean {
    return this.state === "over";
  }

  /** Waits until there is news: a guest, an end. */
  news(): Wait<void> {
    return new News(this, this.changes);
  }

  listen(listener: News | null, task: number | undefined): void {
    this.#listener = listener;
    this.#waiter = task ?? this.#waiter;
    if (this.state !== "fresh") return;
    this.state = "running";
    void Promise.resolve().then(() => this.#begin());
  }

  /** Asks for an operation of ours to be run here; false when nobody is there to do so. */
  invite(guest: Guest): boolean {
    if (this.isOver || this.isLeft) return false;
    this.#guests.push(guest);
    this.#tell();
    return true;
  }

  nextGuest(): Guest | undefined {
    return this.#guests.shift();
  }

  /** Whether a task of ours waits for this operation to end, directly or further out. */
  isWaitedForBy(task: number): boolean {
    return this.#waiter === task || this.itinerary.parent?.get(crossingHere)?.isWaitedForBy(task) === true;
  }

  /** Halts it, unless it is ending by itself. */
  halt(cancellation: Cancellation | undefined): void {
    this.cancellation ??= cancellation;
    if (this.isOver || (this.isReady && this.state !== "kept")) return;
    if (!this.#hasBegun) {
      this.#over();
      return;
    }
    // A halt acts only when somebody looks at it; what it reports is on our own record. The task is known a moment
    // after its code has begun.
    void Promise.resolve().then(() => this.#task?.halt().then(nothing, nothing));
  }

  /** Gives the value, or throws what it failed with. */
  outcome(): unknown {
    const { ended } = this;
    if (ended?.ok === true) return ended.value;
    if (ended !== null) throw ended.error;
    const late = this.#late;
    this.#late = null;
    if (late !== null) throw late.error;
    throw new CancelledError(this.name, {
      kind: "cancel",
      reason: "halted in Effection",
      scope: this.name,
      task: undefined,
    });
  }

  /** Throws what was not thrown yet: an error of their teardown. */
  checkTeardown(): void {
    const late = this.#late;
    this.#late = null;
    if (late === null || (this.ended?.ok === false && this.ended.error === late.error)) return;
    throw late.error;
  }

  #begin(): void {
    if (this.state === "over") return;
    this.#hasBegun = true;
    const { parent } = this.itinerary;
    const body = () => this.#run();
    const task = parent === undefined ? run(body) : parent.run(body);
    this.#task = task;
    const over = () => this.#over();
    task.then(over, over);
  }

  *#run(): Theirs<void> {
    try {
      // What its children throw arrives here, and fails no task of theirs further out.
      yield* scoped(() => this.#inside());
    } catch (error) {
      this.#late = { error };
    }
  }

  *#inside(): Theirs<unknown> {
    const scope = yield* useScope();
    const { op, prepare } = this.itinerary;
    const remains = typeof op === "function" ? null : new Remains(scope);
    scope.set(crossingHere, this);
    prepare(scope);
    const iterator = (typeof op === "function" ? op() : op)[Symbol.iterator]();
    return yield* new Watched(iterator, (ended) => {
      this.ended = ended;
      this.state = "ending";
      this.isReady = !ended.ok || remains === null || remains.areGone;
      this.#tell();
      return this.isReady || remains === null ? null : this.#stay(remains)[Symbol.iterator]();
    });
  }

  /** Keeps alive what the operation has left, until we halt it or it is gone. */
  *#stay(remains: Remains): Theirs<void> {
    yield* remains.aTurn();
    if (!remains.areGone) this.state = "kept";
    this.isReady = true;
    this.#tell();
    if (!remains.areGone) yield* remains.gone();
  }

  #over(): void {
    this.state = "over";
    this.#tell();
  }

  #tell(): void {
    this.changes++;
    this.#listener?.succeed();
  }
}

/** Our wait for their operation. */
class News extends Wait<void> {
  constructor(
    private readonly crossing: Crossing,
    private readonly seen: number,
  ) {
    super();
  }

  begin(): void {
    if (this.crossing.changes !== this.seen) this.succeed();
    else this.crossing.listen(this, this.task?.id);
  }

  withdraw(): boolean {
    this.crossing.listen(null, undefined);
    return true;
  }

  override get canContend(): boolean {
    return false;
  }

  describe(): WaitDescription {
    return { kind: "effection", on: this.crossing.name, isOutside: true };
  }
}

function nothing(): void {
  // What a halt reports is known already.
}
