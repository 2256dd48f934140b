/** One example of every operation that the public face gives, for rules that hold for all of them. */
import {
  action,
  all,
  allSettled,
  any,
  attempt,
  Barrier,
  Broadcast,
  call,
  cancellation,
  cancelScope,
  checkpoint,
  Condition,
  createChannel,
  createContext,
  deadline,
  each,
  ensure,
  Event,
  forEach,
  interval,
  Limiter,
  Lock,
  map,
  on,
  once,
  operation,
  Queue,
  race,
  RateLimit,
  resource,
  retry,
  scoped,
  select,
  Semaphore,
  shield,
  sleep,
  sleepUntil,
  spawn,
  supervise,
  suspend,
  taskGroup,
  timeout,
  timeoutAt,
  until,
  use,
  useAbortSignal,
  useScope,
  useWriter,
  withResolvers,
  type Operation,
} from "coppice";

const nap = operation(function* nap(ms: number) {
  yield* sleep(ms);
});
const user = createContext<string>("user", "nobody");
const never = new Promise<never>(() => undefined);

type Example = readonly [name: string, make: () => Operation<unknown>];

/** Those that park a task: it stands at the operation until something happens. */
export const parkingOperations: readonly Example[] = [
  ["action()", () => action<number>(() => undefined)],
  ["all()", () => all([sleep(1)])],
  ["allSettled()", () => allSettled([sleep(1)])],
  ["any()", () => any([sleep(1)])],
  ["attempt()", () => attempt(sleep(1))],
  ["barrier.wait()", () => new Barrier(2).wait()],
  ["call()", () => call(() => never)],
  ["cancelScope()", () => cancelScope(() => sleep(1))],
  ["channel send()", () => createChannel<number>({ capacity: 0 })[0].send(1)],
  ["channel receive()", () => createChannel<number>()[1].receive()],
  ["context.with()", () => user.with("somebody", sleep(1))],
  ["each().next()", () => each(new Queue<number>()).next()],
  ["event.wait()", () => new Event().wait()],
  ["forEach()", () => forEach([1], () => sleep(1))],
  ["interval().get()", () => interval(5).get()],
  ["limiter.acquire()", () => new Limiter(0).acquire()],
  ["limiter.with()", () => new Limiter(0).with(sleep(1))],
  ["map()", () => map([1], () => sleep(1))],
  ["once()", () => once(new EventTarget(), "ready")],
  ["operation()", () => nap(1)],
  ["queue.get()", () => new Queue().get()],
  ["queue.join()", () => joinOfFull()],
  ["queue.put()", () => new Queue({ capacity: 0 }).put(1)],
  ["race()", () => race([sleep(1)])],
  ["rateLimit.acquire()", () => usedUp().acquire()],
  ["retry()", () => retry(() => sleep(1))],
  ["scoped()", () => scoped(sleep(1))],
  ["select()", () => select([new Event().wait(), sleep(5)])],
  ["semaphore.acquire()", () => takenSemaphore().acquire()],
  ["semaphore.with()", () => takenSemaphore().with(sleep(1))],
  ["shield()", () => shield(sleep(1))],
  ["sleep()", () => sleep(1)],
  ["sleepUntil()", () => sleepUntil(1_000_000_000)],
  ["supervise()", () => supervise(() => sleep(1))],
  ["suspend()", () => suspend()],
  ["taskGroup()", () => taskGroup(() => sleep(1))],
  ["timeout()", () => timeout(5, sleep(1))],
  ["timeoutAt()", () => timeoutAt(1_000_000_000, sleep(1))],
  ["until()", () => until(never)],
  ["withResolvers().operation", () => withResolvers<number>().operation],
];

/** Those that are over when their task goes on, or that give way at the most once. */
export const passingOperations: readonly Example[] = [
  ["broadcast.put()", () => new Broadcast<number>().put(1)],
  ["broadcast.subscribe()", () => new Broadcast<number>().subscribe()],
  ["cancellation()", () => cancellation()],
  ["checkpoint()", () => checkpoint()],
  ["condition.acquire()", () => new Condition().acquire()],
  ["context.expect()", () => user.expect()],
  ["context.get()", () => user.get()],
  ["context.set()", () => user.set("somebody")],
  ["deadline()", () => deadline()],
  ["ensure()", () => ensure(() => undefined)],
  ["lock.acquire()", () => new Lock().acquire()],
  ["lock.with()", () => new Lock().with(sleep(0))],
  ["on()", () => on(new EventTarget(), "ready")],
  [
    "resource()",
    () =>
      resource<number>(function* (provide) {
        yield* provide(1);
      }),
  ],
  ["sleep(0)", () => sleep(0)],
  ["spawn()", () => spawn(sleep(1))],
  ["use()", () => use({ [Symbol.dispose]: () => undefined })],
  ["useAbortSignal()", () => useAbortSignal()],
  ["useScope()", () => useScope()],
  ["useWriter()", () => useWriter(new WritableStream())],
];

export const everyOperation: readonly Example[] = [...parkingOperations, ...passingOperations];

/** The others are all functions of the face that give no operation. */
export const otherFunctions: readonly string[] = [
  "abandonedWork",
  "addNote",
  "createChannel",
  "createContext",
  "createScope",
  "describeError",
  "errorTrail",
  "except",
  "notesOf",
  "now",
  "operation",
  "run",
  "toAsync",
  "toAsyncIterable",
  "unwrap",
  "waiting",
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

function usedUp(): RateLimit {
  const limit = new RateLimit(1, 1_000_000);
  limit.tryAcquire();
  return limit;
}
