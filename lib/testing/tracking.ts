/**
 * What code under test sets going outside: the host's timers that it sets, and whether it has called for anything at
 * all. Node's async hooks tell, and attribute it to the test and to what the test has called for, so that the test
 * runner's own doings are not among it. Elsewhere nothing is known.
 */
import { runningTask } from "../kernel/index.js";
import { Additions, noteAdditions } from "./listeners.js";

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
  readonly AsyncLocalStorage: new () => Storage;
}

interface Storage {
  run<R>(store: Tracking, act: () => R): R;
  exit<R>(act: () => R): R;
  getStore(): Tracking | undefined;
}

interface Surroundings {
  process?: { getBuiltinModule?: (name: string) => AsyncHooks | undefined };
}

/** What `coppice/node` makes for a task that keeps a store: it calls for nothing. */
const OF_A_TASK = "CoppiceTask";

/** One for the whole process; the hook is in place only while somebody is tracked. */
class Tracker {
  readonly storage: Storage;
  readonly #hook;
  #users = 0;
  #stopNoting = (): void => undefined;

  constructor(hooks: AsyncHooks) {
    this.storage = new hooks.AsyncLocalStorage();
    const { storage } = this;
    this.#hook = hooks.createHook({
      init(_id, type, _trigger, resource) {
        if (type === OF_A_TASK || (type !== "Timeout" && runningTask() === null)) return;
        storage.getStore()?.note(type, resource);
      },
    });
  }

  async track<T>(tracking: Tracking, act: () => Promise<T>): Promise<T> {
    if (this.#users++ === 0) {
      this.#hook.enable();
      this.#stopNoting = noteAdditions(() => this.storage.getStore()?.additions);
    }
    try {
      return await this.storage.run(tracking, act);
    } finally {
      if (--this.#users === 0) {
        this.#hook.disable();
        this.#stopNoting();
      }
    }
  }

  exempt<T>(act: () => T): T {
    return this.#users === 0 ? act() : this.storage.exit(act);
  }
}

let tracker: Tracker | null | undefined;

function findTracker(): Tracker | null {
  if (tracker !== undefined) return tracker;
  const hooks = (globalThis as Surroundings).process?.getBuiltinModule?.("node:async_hooks");
  return (tracker = hooks === undefined ? null : new Tracker(hooks));
}

/** What one piece of work has set going, by itself and by all that it has called for. */
export class Tracking {
  /** Whether a task has called for anything outside: only then can anything come from there. */
  hasStarted = findTracker() === null;
  /** The listeners that it has added. */
  readonly additions = new Additions();
  #timers: TimerLike[] = [];

  track<T>(act: () => Promise<T>): Promise<T> {
    const found = findTracker();
    return found === null ? act() : found.track(this, act);
  }

  /** Starts anew, for the next run. */
  reset(): void {
    this.hasStarted = findTracker() === null;
    if (this.#timers.length > 0) this.#timers = [];
    this.additions.reset();
  }

  note(type: string, resource: object): void {
    if (type === "Timeout") this.#timers.push(resource);
    this.hasStarted = true;
  }

  /** How many timers are still running; those that do not keep a process alive are nobody's concern. */
  get runningTimers(): number {
    return this.#timers.filter((timer) => timer._destroyed !== true && timer.hasRef?.() === true).length;
  }
}

/** Does something of ours whose timers are not the test's. */
export function exempt<T>(act: () => T): T {
  const found = findTracker();
  return found === null ? act() : found.exempt(act);
}
