/** What an operation of Effection leaves alive when it has returned: its resources and what it spawned. */
import { action, createContext, type Operation, type Scope } from "effection";

/** Where Effection keeps the scopes below a scope. Not in its docs: where it is missing, something may be left. */
const CHILDREN = createContext<Set<Scope>>("@effection/scope.children");

class Living extends Set<Scope> {
  whenEmpty: (() => void) | null = null;

  override delete(scope: Scope): boolean {
    const was = super.delete(scope);
    if (this.size === 0) this.whenEmpty?.();
    return was;
  }
}

/** Looks after one scope of theirs. */
export class Remains {
  readonly #living: Living | null = null;

  constructor(scope: Scope) {
    if (!scope.hasOwn(CHILDREN)) return;
    this.#living = new Living(scope.get(CHILDREN));
    scope.set(CHILDREN, this.#living);
  }

  get areGone(): boolean {
    return this.#living?.size === 0;
  }

  /** Gives what is dying anyway one turn to be gone. */
  aTurn(): Operation<void> {
    return action((resolve) => {
      void Promise.resolve().then(() => resolve(undefined));
      return () => undefined;
    });
  }

  /** Waits until nothing is left. */
  gone(): Operation<void> {
    return action((resolve) => {
      const living = this.#living;
      if (living !== null) living.whenEmpty = () => resolve(undefined);
      return () => {
        if (living !== null) living.whenEmpty = null;
      };
    });
  }
}
