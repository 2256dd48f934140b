/**
 * Where the items of `map`, `forEach` and `each` come from. Whatever it is, it is pulled one item at a time, when there
 * is somebody to work on it, and belongs to the boundary that opened it.
 *
 * A source with `get()` gives items until its `get()` throws an error with the code of a shut-down queue: so queues,
 * subscriptions, event queues and intervals need to know nothing of loops.
 */
import { misuse, show } from "../errors/index.js";
import {
  boundaryOf,
  Cleanup,
  instantly,
  registering,
  type Operation,
  type ScopeNode,
} from "../kernel/index.js";
import {
  abortReason,
  causeOf,
  isAsyncIterable,
  isReadableStream,
  openAsync,
  settling,
} from "../operations/index.js";

/** Gives one item after the other: a queue, a subscription, an interval. */
export interface Gettable<T> {
  get(): Operation<T>;
}

/** Is subscribed to for as long as the loop runs: a broadcast. */
export interface Subscribable<T> {
  subscribe(): Operation<Gettable<T>>;
}

/** A loop that says whether there is an item: what `each` gives. */
export interface Steps<T> {
  next(): Operation<boolean>;
  readonly value: T;
  close(): Operation<void>;
}

/** What items can be taken from. */
export type Source<T> =
  Iterable<T> | AsyncIterable<T> | ReadableStream<T> | Gettable<T> | Subscribable<T> | Steps<T>;

/** An item in a box, for `undefined` is an item like any other. */
export interface Item<T> {
  readonly value: T;
}

/** An opened source. */
export interface Opened<T> {
  /** Takes the next item; `undefined` at the end. */
  pull(): Operation<Item<T> | undefined>;
  /** Stops the source before its end, and waits until it has; the end of the boundary does it by itself. */
  close(): Operation<void>;
}

/** @throws TypeError for what is no source */
export function checkSource(caller: string, given: unknown): void {
  if (typeof given === "string") return;
  if (typeof given === "object" && given !== null) {
    // Operations are iterable too; ours have a `then`, which tells them from lists.
    if (Symbol.iterator in given) {
      if (!("then" in given)) return;
    } else if (SOURCES.some((is) => is(given))) return;
  }
  const hint = isOperation(given) ? ` Give it what the operation gives: ${caller}(yield* …).` : "";
  throw misuse(
    "NOT_A_SOURCE",
    `${caller}() needs an iterable, an async iterable, a queue or something like one, got ${show(given)}.${hint}`,
  );
}

/** Such as `on(emitter, "event")`, which gives the events when it is performed. */
function isOperation(given: unknown): boolean {
  return typeof given === "object" && given !== null && Symbol.iterator in given;
}

/** Opens a source in the current boundary. */
export function* open<T>(given: Source<T>): Operation<Opened<T>> {
  if (typeof given === "string" || Symbol.iterator in given) return yield* openIterable(given);
  if (isGettable(given)) return getting(given);
  if (isSubscribable(given)) return getting((yield* given.subscribe()) as Gettable<T>);
  if (isSteps(given)) return stepping(given);
  return yield* openAsynchronous(given as AsyncIterable<T> | ReadableStream<T>);
}

function hasMethod(given: object, name: string): boolean {
  return name in given && typeof (given as Record<string, unknown>)[name] === "function";
}

/** A `get` that has to be told what is another kind of thing: of a WeakMap, or of a client for HTTP. */
const isGettable = (given: object): given is Gettable<never> =>
  hasMethod(given, "get") && (given as Gettable<never>).get.length === 0;
const isSubscribable = (given: object): given is Subscribable<never> => hasMethod(given, "subscribe");
const isSteps = (given: object): given is Steps<never> => hasMethod(given, "next") && "value" in given;
const SOURCES = [isGettable, isSubscribable, isSteps, isAsyncIterable, isReadableStream];

const nothing: Operation<void> = instantly(() => undefined);

function getting<T>(source: Gettable<T>): Opened<T> {
  return {
    *pull() {
      try {
        return { value: yield* checkGiven(source.get()) };
      } catch (error) {
        if (isShutDown(error)) return undefined;
        throw error;
      }
    },
    close: () => nothing,
  };
}

/** @throws TypeError for what is no operation */
function checkGiven<T>(given: Operation<T>): Operation<T> {
  // It is whatever the source of somebody else has returned.
  const got: unknown = given;
  if (isOperation(got)) return given;
  const hint = got instanceof Promise ? ". Make it a function*, or give until(promise)" : "";
  throw misuse(
    "NOT_A_SOURCE",
    `A loop needs a source whose get() returns an operation, but it returned ${show(got)}${hint}.`,
  );
}

function isShutDown(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "COPPICE_QUEUE_SHUT_DOWN";
}

function stepping<T>(source: Steps<T>): Opened<T> {
  return {
    *pull() {
      return (yield* source.next()) ? { value: source.value } : undefined;
    },
    close: () => source.close(),
  };
}

function* openIterable<T>(source: Iterable<T>): Operation<Opened<T>> {
  const iterator = source[Symbol.iterator]();
  const stopping = new Stopping(() => iterator.return?.());
  if (iterator.return !== undefined) yield* stopping.register();
  const pull = instantly(() => {
    const result = stopping.unlessFailed(() => iterator.next());
    if (!result.done) return { value: result.value };
    stopping.end();
    return undefined;
  });
  return { pull: () => pull, close: () => stopping.close() };
}

function* openAsynchronous<T>(source: AsyncIterable<T> | ReadableStream<T>): Operation<Opened<T>> {
  const opened = openAsync(source);
  let pulling: PromiseLike<IteratorResult<T, unknown>> | null = null;
  const stopping = new Stopping((scope) => stopAsync(opened, pulling, scope));
  yield* stopping.register();
  return {
    *pull() {
      // A pull that a cancelled wait has left behind is still the next one.
      pulling ??= opened.pull();
      try {
        const { done, value } = yield* settling(pulling, "iteration");
        pulling = null;
        if (!done) return { value };
      } catch (error) {
        stopping.end();
        throw error;
      }
      stopping.end();
      return undefined;
    },
    close: () => stopping.close(),
  };
}

/** Both are awaited: the stop, and the pull that it cuts off, whose error is of no interest then. */
async function stopAsync(
  opened: ReturnType<typeof openAsync>,
  pulling: PromiseLike<unknown> | null,
  scope: ScopeNode | null,
): Promise<void> {
  const pulled = Promise.resolve(pulling).catch(() => undefined);
  const reason = scope === null ? undefined : abortReason(causeOf(scope));
  await opened.stop?.(reason, pulling !== null);
  if (opened.stop !== undefined) await pulled;
}

/** How a source is stopped, once: by hand, or at the end of the boundary that opened it. */
class Stopping {
  private hasEnded = false;
  private scope: ScopeNode | null = null;
  private readonly cleanup = new Cleanup(() => this.close());

  constructor(private readonly stop: (scope: ScopeNode | null) => unknown) {}

  register(): Operation<void> {
    return registering((task) => {
      this.scope = boundaryOf(task).needScope();
      this.scope.link(this.cleanup);
    });
  }

  /** The source has come to its end, or failed, by itself: there is nothing to stop. */
  end(): void {
    this.hasEnded = true;
    this.cleanup.owner?.unlink(this.cleanup);
  }

  unlessFailed<T>(act: () => T): T {
    try {
      return act();
    } catch (error) {
      this.end();
      throw error;
    }
  }

  *close(): Operation<void> {
    if (this.hasEnded) {
      yield* nothing;
      return;
    }
    this.end();
    const stopped = this.stop(this.scope);
    if (stopped instanceof Promise) yield* settling(stopped, "iteration");
    else yield* nothing;
  }
}
