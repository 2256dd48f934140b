/** One example of every operation that the public face gives, for rules that hold for all of them. */
import {
  action,
  all,
  allSettled,
  attempt,
  call,
  cancellation,
  checkpoint,
  createContext,
  ensure,
  operation,
  Queue,
  race,
  resource,
  scoped,
  Semaphore,
  shield,
  sleep,
  spawn,
  suspend,
  taskGroup,
  timeout,
  until,
  useAbortSignal,
  useScope,
  type Operation,
} from "coppice";

const nap = operation(function* nap(ms: number) {
  yield* sleep(ms);
});
const user = createContext<string>("user", "nobody");

export const everyOperation: readonly [name: string, make: () => Operation<unknown>][] = [
  ["action()", () => action<number>(() => undefined)],
  ["all()", () => all([sleep(1)])],
  ["allSettled()", () => allSettled([sleep(1)])],
  ["attempt()", () => attempt(sleep(1))],
  ["call()", () => call(() => new Promise<never>(() => undefined))],
  ["cancellation()", () => cancellation()],
  ["checkpoint()", () => checkpoint()],
  ["context.expect()", () => user.expect()],
  ["context.get()", () => user.get()],
  ["context.set()", () => user.set("somebody")],
  ["context.with()", () => user.with("somebody", sleep(1))],
  ["ensure()", () => ensure(() => undefined)],
  ["operation()", () => nap(1)],
  ["queue.get()", () => new Queue().get()],
  ["queue.join()", () => joinOfFull()],
  ["queue.put()", () => new Queue({ capacity: 0 }).put(1)],
  ["race()", () => race([sleep(1)])],
  [
    "resource()",
    () =>
      resource<number>(function* (provide) {
        yield* provide(1);
      }),
  ],
  ["scoped()", () => scoped(sleep(1))],
  ["semaphore.acquire()", () => takenSemaphore().acquire()],
  ["semaphore.with()", () => takenSemaphore().with(sleep(1))],
  ["shield()", () => shield(sleep(1))],
  ["sleep()", () => sleep(1)],
  ["sleep(0)", () => sleep(0)],
  ["spawn()", () => spawn(sleep(1))],
  ["suspend()", () => suspend()],
  [
    "taskGroup()",
    () =>
      taskGroup(function* () {
        yield* sleep(1);
      }),
  ],
  ["timeout()", () => timeout(5, sleep(1))],
  ["until()", () => until(new Promise<never>(() => undefined))],
  ["useAbortSignal()", () => useAbortSignal()],
  ["useScope()", () => useScope()],
];

function takenSemaphore(): Semaphore {
  const semaphore = new Semaphore(1);
  semaphore.tryAcquire();
  return semaphore;
}

function joinOfFull(): Operation<void> {
  const queue = new Queue<number>();
  queue.tryPut(1);
  return queue.join();
}
