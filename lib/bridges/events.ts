/**
 * Events of EventTargets and EventEmitters as operations. Something with `on` and `off` counts as an emitter, whose
 * events are the lists of their arguments, as in Node's own `events.on` and `events.once`; anything else needs
 * `addEventListener`.
 */
import { clip, misuse, show } from "../errors/index.js";
import {
  boundaryOf,
  checkCount,
  checkOptions,
  Cleanup,
  registering,
  waiting,
  type Operation,
  type WaitDescription,
} from "../kernel/index.js";
import { Action } from "./action.js";
import { checkOverflow, EventQueue, type Overflow } from "./event-queue.js";

/** The part of Node's EventEmitter that is needed; its many look-alikes have it too. */
export interface EmitterLike {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what arguments there are, only the emitter knows
  on(name: string, listener: (...args: any[]) => void): unknown;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as above
  off(name: string, listener: (...args: any[]) => void): unknown;
}

/** The type of a target's event, from its `on…` property. */
export type EventOf<Target, Name extends string> =
  Target extends Record<`on${Name}`, ((event: infer E extends Event) => unknown) | null> ? E : Event;

/** How to listen. */
export interface OnOptions {
  /** How many events may wait to be read; without a limit when left out. */
  readonly capacity?: number;
  /**
   * What happens to an event for which there is no room, for an event cannot be held back: `"fail"` lets the queue
   * fail once what is in it has been read; `"drop-oldest"` and `"drop-newest"` lose one, and count it in `dropped`.
   */
  readonly overflow?: Overflow;
}

type Listener = (...args: readonly unknown[]) => void;
type Remove = () => void;

/**
 * Listens to events until the current boundary ends, and gives a queue of them: nothing is missed between two reads.
 * For an emitter an item is the list of the listener's arguments, and its `"error"` event makes the queue fail, after
 * what came before it was read.
 *
 * Waits:   never; `queue.get()` waits.
 * Cancel:  as the end of the boundary: the listener is removed, and the queue shut down.
 * Throws:  TypeError when `target` has no events; RangeError for a bad `capacity`.
 * Model:   Node's events.on, Effection on.
 *
 * @param options - `capacity`, and what to do when it is exceeded: `overflow`, `"fail"` when left out
 * @example
 * const messages = yield* on(socket, "message");
 * yield* forEach(messages, (event) => handle(event.data));
 */
export function on<A extends readonly unknown[] = unknown[]>(
  target: EmitterLike,
  name: string | symbol,
  options?: OnOptions,
): Operation<EventQueue<A>>;
export function on<Target extends EventTarget, Name extends string>(
  target: Target,
  name: Name,
  options?: OnOptions,
): Operation<EventQueue<EventOf<Target, Name>>>;
export function on(
  target: EmitterLike | EventTarget,
  name: string | symbol,
  options: OnOptions = {},
): Operation<EventQueue<unknown>> {
  checkSource("on", target, name);
  checkOptions("on()", ["capacity", "overflow"], options);
  const { capacity = Infinity, overflow = "fail" } = options;
  checkCount("on()", "capacity", 1, capacity);
  checkOverflow("on()", overflow);
  return registering((task) => {
    const queue = new EventQueue<unknown>(titleOf(name), capacity, overflow);
    const remove = listen(
      target,
      name,
      (event) => {
        queue.push(event);
      },
      (error) => {
        queue.fail(error);
      },
    );
    const close = (): void => {
      remove();
      queue.shutdown({ immediate: true });
    };
    boundaryOf(task).needScope().link(new Cleanup(close));
    return queue;
  });
}

/**
 * Waits for the next event. Listening begins with the wait: to miss nothing that an earlier step causes, open a queue
 * with `on` before it.
 *
 * Waits:   until the event comes.
 * Cancel:  removes the listener.
 * Throws:  an emitter's `"error"` event, unless that is what it waits for; TypeError when `target` has no events.
 * Model:   Node's events.once, Effection once.
 * Pitfall: a signal that is aborted already does not abort again.
 *
 * @returns the event; for an emitter the list of the listener's arguments
 * @example const [code] = yield* once<[number]>(child, "exit");
 */
export function once<A extends readonly unknown[] = unknown[]>(
  target: EmitterLike,
  name: string | symbol,
): Operation<A>;
export function once<Target extends EventTarget, Name extends string>(
  target: Target,
  name: Name,
): Operation<EventOf<Target, Name>>;
export function once(target: EmitterLike | EventTarget, name: string | symbol): Operation<unknown> {
  checkSource("once", target, name);
  return waiting(() => new Once(target, name));
}

class Once extends Action<unknown> {
  constructor(
    target: EmitterLike | EventTarget,
    private readonly event: string | symbol,
  ) {
    super((resolve, reject) => listen(target, event, resolve, reject));
  }

  override describe(): WaitDescription {
    return { kind: "event", on: titleOf(this.event), isOutside: true };
  }
}

/** Adds a listener; gives what takes it back. */
function listen(
  target: EmitterLike | EventTarget,
  name: string | symbol,
  heard: (event: unknown) => void,
  failed: (error: unknown) => void,
): Remove {
  if (!isEmitter(target)) {
    const type = String(name);
    target.addEventListener(type, heard);
    return () => {
      target.removeEventListener(type, heard);
    };
  }
  const removeMain = subscribe(target, name, (...args) => {
    heard(args);
  });
  if (name === "error") return removeMain;
  const removeError = subscribe(target, "error", (...args) => {
    failed(args[0]);
  });
  return () => {
    removeMain();
    removeError();
  };
}

function subscribe(emitter: EmitterLike, name: string | symbol, listener: Listener): Remove {
  // Emitters take symbols too; the narrow interface names strings only, so that browser classes fit it as well.
  const key = name as string;
  emitter.on(key, listener);
  return () => {
    emitter.off(key, listener);
  };
}

function isEmitter(target: EmitterLike | EventTarget): target is EmitterLike {
  return (
    "on" in target && typeof target.on === "function" && "off" in target && typeof target.off === "function"
  );
}

function checkSource(caller: string, target: unknown, name: unknown): void {
  if (!hasEvents(target)) {
    throw misuse("NO_EVENTS", `${caller}() needs an EventTarget or an EventEmitter, got ${show(target)}.`);
  }
  if (typeof name === "string" || typeof name === "symbol") return;
  throw misuse(
    "EVENT_NAME",
    `${caller}() needs the name of an event, a string or a symbol, got ${show(name)}.`,
  );
}

function hasEvents(target: unknown): boolean {
  if ((typeof target !== "object" && typeof target !== "function") || target === null) return false;
  return "addEventListener" in target || isEmitter(target as EmitterLike);
}

function titleOf(name: string | symbol): string {
  return clip(typeof name === "symbol" ? (name.description ?? "symbol") : name);
}
