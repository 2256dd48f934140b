/**
 * A promise of something that knows no signal: when the signal comes first it rejects at once, and whatever the
 * promise still gives is given back.
 */
export const abortable = <T>(
  signal: AbortSignal,
  promise: PromiseLike<T>,
  giveBack?: (value: T) => void,
): Promise<T> =>
  new Promise<T>((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    promise.then((value) => {
      if (signal.aborted) giveBack?.(value);
      resolve(value);
    }, reject);
  });
