import { clip } from "../errors/index.js";
import { checkOptions, waiting, type Operation, type WaitDescription } from "../kernel/index.js";
import { tasksOf, type TaskSince } from "./statistics.js";
import { LineWait, WaitLine } from "./wait-line.js";

/**
 * Something that happens and that tasks wait for: a flag that is down at first.
 *
 * Model:   asyncio.Event, Trio Event.
 *
 * @example
 * const ready = new Event({ name: "ready" });
 * yield* ready.wait(); // elsewhere: ready.set();
 */
export class Event {
  /** For messages and snapshots. */
  readonly name: string;
  readonly #line = new WaitLine<EventWait>();
  readonly #wait: Operation<void> = waiting(() => new EventWait(this));
  #isSet = false;

  constructor(options: { readonly name?: string } = {}) {
    checkOptions("new Event()", ["name"], options);
    this.name = clip(options.name ?? "event", 200);
  }

  get isSet(): boolean {
    return this.#isSet;
  }

  /** Raises the flag, and wakes everybody who waits. A plain call; a second one changes nothing. */
  set(): void {
    this.#isSet = true;
    this.#line.settleAll(wake);
  }

  /** Lowers the flag: who waits from now on waits for the next `set`. A plain call. */
  clear(): void {
    this.#isSet = false;
  }

  /**
   * Waits until the flag is up.
   *
   * Waits:   until `set` is called; not at all when it was. Who waited then goes on, also after a `clear`.
   */
  wait(): Operation<void> {
    return this.#wait;
  }

  /** Who waits. */
  statistics(): EventStatistics {
    return { isSet: this.#isSet, waiting: tasksOf(this.#line) };
  }

  /** @internal */
  begin(wait: EventWait): void {
    if (this.#isSet) wait.succeed();
    else this.#line.join(wait);
  }
}

/** What `event.statistics()` gives. */
export interface EventStatistics {
  readonly isSet: boolean;
  readonly waiting: readonly TaskSince[];
}

function wake(wait: EventWait): void {
  wait.succeed();
}

class EventWait extends LineWait<void> {
  constructor(private readonly event: Event) {
    super();
  }

  begin(): void {
    this.event.begin(this);
  }

  describe(): WaitDescription {
    return { kind: "event", on: this.event.name };
  }
}
