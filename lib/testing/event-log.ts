/** What happened, in order: for tests that compare orders. */
export interface EventLog {
  /** Notes an event. */
  (event: string): void;
  /** All events, the oldest first. */
  readonly events: readonly string[];
  /** Gives the events and forgets them: what happened since the last look. */
  take(): string[];
  /**
   * Whether events happened in this order, whatever happened in between.
   *
   * @example log.has("open", "close")
   */
  has(...inOrder: readonly string[]): boolean;
  /** The events in one line each. */
  toString(): string;
}

/**
 * Makes a log of events. Compare it as a whole: that shows what is missing, what is too much and what came too early.
 *
 * @example
 * const log = eventLog();
 * log("open");
 * expect(log.events).toEqual(["open"]);
 */
export function eventLog(): EventLog {
  let events: string[] = [];
  const log = (event: string): void => {
    events.push(event);
  };
  return Object.defineProperties(log, {
    events: { get: () => [...events], enumerable: true },
    take: {
      value: () => {
        const taken = events;
        events = [];
        return taken;
      },
    },
    has: { value: (...inOrder: readonly string[]) => isWithin(inOrder, events) },
    toString: { value: () => events.join("\n") },
    // The properties above are all that EventLog adds to the function.
  }) as unknown as EventLog;
}

function isWithin(inOrder: readonly string[], events: readonly string[]): boolean {
  let from = 0;
  for (const event of inOrder) {
    const at = events.indexOf(event, from);
    if (at < 0) return false;
    from = at + 1;
  }
  return true;
}
