/**
 * When a program begins to use AsyncLocalStorage: until then nothing need be kept for its tasks, and nothing is.
 * Node does not tell, so the two methods through which every store comes to be are watched until the first is called.
 */
import { AsyncLocalStorage } from "node:async_hooks";

const METHODS = ["run", "enterWith"] as const;

type Method = (this: AsyncLocalStorage<unknown>, ...args: unknown[]) => unknown;

/** Calls back once, just before the next store is entered. */
export function beforeFirstStore(act: () => void): void {
  // The methods of this class, by their names.
  const prototype = AsyncLocalStorage.prototype as unknown as Record<(typeof METHODS)[number], Method>;
  const restore = METHODS.map((name) => {
    const original = prototype[name];
    const watched: Method = function (...args) {
      noticed();
      return Reflect.apply(original, this, args);
    };
    prototype[name] = watched;
    return () => {
      // Who has put something of his own around it keeps that.
      if (prototype[name] === watched) prototype[name] = original;
    };
  });
  let isNoticed = false;
  const noticed = (): void => {
    if (isNoticed) return;
    isNoticed = true;
    for (const each of restore) each();
    act();
  };
}
