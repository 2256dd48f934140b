import { misuse, show } from "../errors/index.js";
import { type Operation } from "../kernel/index.js";
import { Queue } from "../streams/index.js";

/** What happens to an event for which there is no room. */
export type Overflow = "fail" | "drop-oldest" | "drop-newest";

const POLICIES: readonly unknown[] = ["fail", "drop-oldest", "drop-newest"] satisfies Overflow[];

/** @throws TypeError for any other word */
export function checkOverflow(caller: string, given: unknown): void {
  if (POLICIES.includes(given)) return;
  const text = `${caller} needs "fail", "drop-oldest" or "drop-newest" as \`overflow\`, got ${show(given)}.`;
  throw misuse("OVERFLOW", text);
}

/** Thrown by the queue of `on` when events came faster than they were read, and none was to be lost. */
export class EventOverflow extends Error {
  override readonly name: string = "EventOverflow";
  readonly code = "COPPICE_EVENT_OVERFLOW";
}

/** The queue that `on` gives: events go in by themselves, `get` takes them out. It ends with the scope of `on`. */
export class EventQueue<T> extends Queue<T> {
  readonly #overflow: Overflow;
  #dropped = 0;

  /** @internal */
  constructor(name: string, capacity: number, overflow: Overflow) {
    super({ name, capacity });
    this.#overflow = overflow;
  }

  /** How many events were lost for want of room. */
  get dropped(): number {
    return this.#dropped;
  }

  /**
   * Takes the oldest event.
   *
   * Waits:   until there is one.
   * Throws:  the emitter's error, or EventOverflow, when everything before it was read; QueueShutDown when the scope of
   *          `on` has ended.
   */
  override get(): Operation<T> {
    return super.get();
  }

  /** @internal */
  push(event: T): void {
    if (this.isShutDown || this.tryPut(event)) return;
    this.#dropped++;
    if (this.#overflow === "fail") {
      const text = `Queue "${this.name}" is full with ${this.capacity} events that nobody has read, and one more came. Read faster, or choose what to lose with \`overflow\`.`;
      this.fail(new EventOverflow(text));
    } else if (this.#overflow === "drop-oldest") {
      super.tryGet();
      this.taskDone();
      this.tryPut(event);
    }
  }

  /** @internal What is in the queue can still be read; after it comes the error. */
  fail(error: unknown): void {
    if (!this.isShutDown) this.endWith(error);
  }
}
