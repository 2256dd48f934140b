/** A promise that a spec settles by hand. */
export interface DeferredPromise<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

export function deferredPromise<T>(): DeferredPromise<T> {
  const parts: { resolve?: (value: T) => void; reject?: (error: unknown) => void } = {};
  const promise = new Promise<T>((resolve, reject) => {
    parts.resolve = resolve;
    parts.reject = reject;
  });
  return { promise, resolve: (value) => parts.resolve?.(value), reject: (error) => parts.reject?.(error) };
}
