/** Pools of threads, one for each number of threads, made when first needed and ended when the process is. */
import type { Piscina } from "piscina";
import { misuse } from "../errors/index.js";
import { Semaphore } from "../sync/index.js";

/** How long a thread without work is kept, in ms. */
const IDLE_MS = 10_000;

export interface ThreadPool {
  /** One permit per thread: the queue is ours, so that who waits in it can be cancelled and is seen. */
  readonly threads: Semaphore;
  /** Made at the first call, for the library is loaded then. */
  piscina: Promise<Piscina> | null;
}

const pools = new Map<number, ThreadPool>();

export function poolOf(concurrency: number): ThreadPool {
  let pool = pools.get(concurrency);
  if (pool === undefined) {
    pool = { threads: new Semaphore(concurrency, { name: `${concurrency} threads` }), piscina: null };
    pools.set(concurrency, pool);
  }
  return pool;
}

/** Loads the library and makes the pool, once. */
export function startPool(pool: ThreadPool): Promise<Piscina> {
  return (pool.piscina ??= load().then(
    (Class) =>
      new Class({
        minThreads: 0,
        maxThreads: pool.threads.permits,
        idleTimeout: IDLE_MS,
        // Waiting by Atomics stops everything else in a thread that has no work, what it has printed included.
        atomics: "disabled",
      }),
  ));
}

async function load(): Promise<typeof Piscina> {
  try {
    return (await import("piscina")).Piscina;
  } catch (cause) {
    const text =
      "toThread() needs the package piscina, which could not be loaded. Install it: npm install piscina.";
    throw Object.assign(misuse("NO_PISCINA", text, Error), { cause });
  }
}
