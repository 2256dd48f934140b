/**
 * The host's timers (setTimeout, setInterval) that a test has set. Node's async hooks tell which ones are made by code
 * that the test has set going, so that the test runner's own are not among them; elsewhere nothing is known.
 */
interface TimerLike {
  readonly _destroyed?: unknown;
  hasRef?(): boolean;
}

/** The parts of node:async_hooks that are used; the module is asked for, so that bundles need none. */
interface AsyncHooks {
  createHook(callbacks: { init(id: number, type: string, trigger: number, resource: object): void }): {
    enable(): void;
    disable(): void;
  };
  readonly AsyncLocalStorage: new <T>() => {
    run<R>(store: T, act: () => R): R;
    exit<R>(act: () => R): R;
    getStore(): T | undefined;
  };
}

interface Surroundings {
  process?: { getBuiltinModule?: (name: string) => AsyncHooks | undefined };
}

class Tracker {
  readonly #storage;
  readonly #hook;
  #users = 0;

  constructor(hooks: AsyncHooks) {
    const storage = new hooks.AsyncLocalStorage<TimerLike[]>();
    this.#storage = storage;
    this.#hook = hooks.createHook({
      init(_id, type, _trigger, resource) {
        if (type === "Timeout") storage.getStore()?.push(resource);
      },
    });
  }

  async track<T>(timers: TimerLike[], act: () => Promise<T>): Promise<T> {
    if (++this.#users === 1) this.#hook.enable();
    try {
      return await this.#storage.run(timers, act);
    } finally {
      if (--this.#users === 0) this.#hook.disable();
    }
  }

  exempt<T>(act: () => T): T {
    return this.#users === 0 ? act() : this.#storage.exit(act);
  }
}

let tracker: Tracker | null | undefined;

function findTracker(): Tracker | null {
  if (tracker !== undefined) return tracker;
  const hooks = (globalThis as Surroundings).process?.getBuiltinModule?.("node:async_hooks");
  return (tracker = hooks === undefined ? null : new Tracker(hooks));
}

/** The timers that are set by one piece of work and by all that it calls for. */
export class HostTimers {
  readonly #timers: TimerLike[] = [];

  track<T>(act: () => Promise<T>): Promise<T> {
    const found = findTracker();
    return found === null ? act() : found.track(this.#timers, act);
  }

  /** How many are still running; those that do not keep a process alive are nobody's concern. */
  get running(): number {
    return this.#timers.filter((timer) => timer._destroyed !== true && timer.hasRef?.() === true).length;
  }
}

/** Does something of ours whose timers are not the test's. */
export function exempt<T>(act: () => T): T {
  const found = findTracker();
  return found === null ? act() : found.exempt(act);
}
