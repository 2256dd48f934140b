/** What is done a million times, and what must be left of it: nothing. */
import { getEventListeners } from "node:events";
import {
  attempt,
  checkpoint,
  Event,
  Queue,
  race,
  run,
  select,
  Semaphore,
  sleep,
  spawn,
  suspend,
  taskGroup,
  timeout,
  until,
  type Operation,
  type Task,
} from "coppice";

export interface Work {
  readonly name: string;
  /** How often in a whole soak. */
  readonly count: number;
  /** Does it so many times. */
  readonly times: (count: number) => Operation<void>;
  /** What is left, in what lives on: waiters, listeners. */
  readonly left: () => number;
}

const BATCH = 1_000;
const nothing = (): number => 0;

function* short(): Operation<number> {
  return 1;
}

/** Spawns into a scope that lives on. */
function* shortTasks(count: number): Operation<void> {
  for (let done = 0; done < count; done += BATCH) {
    for (let i = 0; i < BATCH; i++) yield* spawn(short);
    yield* checkpoint();
  }
}

function* timeouts(count: number): Operation<void> {
  for (let done = 0; done < count; done++) yield* timeout(10_000_000, checkpoint());
}

function* races(count: number): Operation<void> {
  for (let done = 0; done < count; done++) yield* race([sleep(10_000_000), checkpoint()]);
}

function* selects(count: number): Operation<void> {
  const [never, now] = [new Event(), new Event()];
  now.set();
  for (let done = 0; done < count; done++) yield* select([never.wait(), sleep(10_000_000), now.wait()]);
}

function* failures(count: number): Operation<void> {
  for (let done = 0; done < count; done++) {
    yield* attempt(
      taskGroup(function* () {
        throw new Error("expected", { cause: new Error("its cause") });
      }),
    );
  }
}

/** Tasks that wait for something that does not come, and are cancelled. */
function waiters(wait: () => Operation<unknown>): (count: number) => Operation<void> {
  return function* (count) {
    for (let done = 0; done < count; done += BATCH) {
      const tasks: Task<unknown>[] = [];
      for (let i = 0; i < BATCH; i++) tasks.push(yield* spawn(wait()));
      yield* checkpoint();
      for (const task of tasks) void task.cancel();
      yield* checkpoint();
    }
  };
}

const semaphore = new Semaphore(1, { free: 0 });
const queue = new Queue<number>();
const full = new Queue<number>({ capacity: 0 });
const event = new Event();
const promise = new Promise<never>(() => undefined);
const { signal } = new AbortController();

/** Root tasks that follow one signal. */
function* followers(count: number): Operation<void> {
  for (let done = 0; done < count; done += BATCH) {
    const tasks = Array.from({ length: BATCH }, () => run(suspend(), { signal }));
    yield* checkpoint();
    for (const task of tasks) void task.cancel();
    yield* checkpoint();
  }
}

const MILLION = 1_000_000;

export const works: readonly Work[] = [
  { name: "short tasks in a scope that lives on", count: 10 * MILLION, times: shortTasks, left: nothing },
  { name: "timeouts that do not fire", count: MILLION, times: timeouts, left: nothing },
  { name: "lost races", count: MILLION, times: races, left: nothing },
  { name: "lost selects", count: MILLION, times: selects, left: nothing },
  {
    name: "cancelled waiters of a semaphore",
    count: MILLION,
    times: waiters(() => semaphore.acquire()),
    left: () => semaphore.waiting,
  },
  {
    name: "cancelled getters of a queue",
    count: MILLION,
    times: waiters(() => queue.get()),
    left: () => queue.statistics().getting.length,
  },
  {
    name: "cancelled putters of a queue",
    count: MILLION,
    times: waiters(() => full.put(1)),
    left: () => full.statistics().putting.length,
  },
  {
    name: "cancelled waiters of an event",
    count: MILLION,
    times: waiters(() => event.wait()),
    left: () => event.statistics().waiting.length,
  },
  {
    name: "cancelled waiters of a promise",
    count: MILLION,
    times: waiters(() => until(promise)),
    left: nothing,
  },
  {
    name: "cancelled tasks of a signal",
    count: MILLION,
    times: followers,
    left: () => getEventListeners(signal, "abort").length,
  },
  { name: "failed groups with causes", count: MILLION / 10, times: failures, left: nothing },
];
