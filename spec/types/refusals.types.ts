/** What the types refuse: every `@ts-expect-error` line must be an error, or the type checker complains. */
/* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access -- what is refused has no type */
import {
  action,
  all,
  allSettled,
  attempt,
  call,
  checkpoint,
  createContext,
  createScope,
  ensure,
  operation,
  Queue,
  race,
  resource,
  run,
  scoped,
  Semaphore,
  shield,
  sleep,
  spawn,
  suspend,
  taskGroup,
  timeout,
  until,
  useScope,
  type Instruction,
  type Operable,
  type Operation,
  type Task,
} from "coppice";

const fetchUser = operation(function* (id: string) {
  yield* sleep(1);
  return { id };
});

/** A bare `yield` is no operation, whatever it yields. */
export function bareYields() {
  // @ts-expect-error -- yield without a star
  void run(function* () {
    yield fetchUser("42");
  });
  // @ts-expect-error -- yield of a number
  void run(function* () {
    yield 5;
  });
  // @ts-expect-error -- yield of nothing
  void run(function* () {
    yield;
  });
  // @ts-expect-error -- yield of a promise
  void run(function* () {
    yield Promise.resolve(1);
  });
  // @ts-expect-error -- yield of a function
  void run(function* () {
    yield () => 1;
  });
  // @ts-expect-error -- yield without a star, in an operation()
  operation(function* () {
    yield fetchUser("42");
  });
  // @ts-expect-error -- yield without a star, in a group
  taskGroup(function* (group) {
    yield group.spawn(fetchUser("42"));
  });
  // @ts-expect-error -- yield without a star, of a sleep
  scoped(function* () {
    yield sleep(1);
  });
  // @ts-expect-error -- yield* of a list
  void run(function* () {
    yield* [1, 2];
  });
  // @ts-expect-error -- yield* of a text
  void run(function* () {
    yield* "text";
  });
}

export function* delegations() {
  // @ts-expect-error -- a promise is not iterable
  yield* Promise.resolve(1);
  // @ts-expect-error -- the function is not called
  yield* fetchUser;
  // @ts-expect-error -- a number is not iterable
  yield* 5;
  // @ts-expect-error -- the wrong argument
  yield* fetchUser(42);
  // @ts-expect-error -- an argument is missing
  yield* fetchUser();
  // @ts-expect-error -- one argument too many
  yield* fetchUser("42", 1);
  // @ts-expect-error -- the result is an object
  const text: string = yield* fetchUser("42");
  return text;
}

/** Where an operation is expected nothing else will do. */
export function operables() {
  // @ts-expect-error -- an async function
  void run(async () => Promise.resolve(1));
  // @ts-expect-error -- a promise
  void run(Promise.resolve(1));
  // @ts-expect-error -- a function of a value
  void run(() => 5);
  // @ts-expect-error -- nothing is given
  void run();
  // @ts-expect-error -- undefined
  void run(undefined);
  // @ts-expect-error -- a function* with a parameter
  void run(function* (id: string) {
    yield* fetchUser(id);
  });
  // @ts-expect-error -- an operation() with a parameter, not called
  void run(fetchUser);
  // @ts-expect-error -- an async function*
  void run(async function* () {
    yield await Promise.resolve(1);
  });
  // @ts-expect-error -- an array
  void run([1, 2]);
  // @ts-expect-error -- an async function to spawn
  spawn(async () => Promise.resolve(1));
  // @ts-expect-error -- a promise with a deadline
  timeout(5, Promise.resolve(1));
  // @ts-expect-error -- a promise behind a shield
  shield(Promise.resolve(1));
  // @ts-expect-error -- a promise to attempt
  attempt(Promise.resolve(1));
  // @ts-expect-error -- a promise while holding a permit
  new Semaphore(1).with(Promise.resolve(1));
  // @ts-expect-error -- a promise with a context value
  createContext<number>("n").with(1, Promise.resolve(1));
}

export function definitions() {
  // @ts-expect-error -- an async function
  operation(async (id: string) => Promise.resolve(id));
  // @ts-expect-error -- a function of a value
  operation((id: string) => id);
  // @ts-expect-error -- an operation, not a function
  operation(sleep(1));
  // @ts-expect-error -- an async body
  taskGroup(async () => Promise.resolve(1));
  // @ts-expect-error -- an async body
  resource<number>(async () => Promise.resolve());
  resource<number>(function* (provide) {
    // @ts-expect-error -- what is provided is a number
    yield* provide("text");
  });
  // @ts-expect-error -- a cleanup is a function
  ensure(sleep(1));
  // @ts-expect-error -- a cleanup is a function
  ensure(Promise.resolve());
}

export function lists() {
  // @ts-expect-error -- it is no list
  all(sleep(1), sleep(2));
  // @ts-expect-error -- it is no list
  all(sleep(1));
  // @ts-expect-error -- promises
  all([Promise.resolve(1)]);
  // @ts-expect-error -- promises
  allSettled([Promise.resolve(1)]);
  // @ts-expect-error -- promises
  race([Promise.resolve(1)]);
  // @ts-expect-error -- the functions are not called
  all([fetchUser]);
  // @ts-expect-error -- numbers
  all([1, 2]);
}

export function* results() {
  // @ts-expect-error -- a number and a text
  const [one, two]: [number, number] = yield* all([call(() => 1), call(() => "text")]);
  // @ts-expect-error -- it may be null
  const user: { id: string } = yield* timeout(5, fetchUser("42"), { otherwise: null });
  const result = yield* attempt(fetchUser("42"));
  // @ts-expect-error -- it may have failed
  const id: string = result.value.id;
  if (!result.ok) {
    // @ts-expect-error -- anything may be thrown
    const message: string = result.error.message;
    return [message];
  }
  // @ts-expect-error -- there is none of that position
  const third: unknown = (yield* all([sleep(1)]))[1];
  // @ts-expect-error -- there may be no value
  const value: number = yield* createContext<number>("n").get();
  // @ts-expect-error -- it may be empty
  const item: number = new Queue<number>().tryGet().value;
  return [one, two, user, id, third, value, item];
}

export function numbers() {
  // @ts-expect-error -- a text is no number
  sleep("5s");
  // @ts-expect-error -- a bigint is no number
  sleep(5n);
  // @ts-expect-error -- nothing is given
  sleep();
  // @ts-expect-error -- a text is no number
  timeout("5s", sleep(1));
  // @ts-expect-error -- the length is missing
  timeout(sleep(1));
  // @ts-expect-error -- a text is no number
  new Semaphore("3");
  // @ts-expect-error -- the number of permits is missing
  new Semaphore();
  // @ts-expect-error -- a number is no object of options
  new Queue<number>(5);
  // @ts-expect-error -- a text is no number
  new Queue<number>({ capacity: "5" });
}

export function options() {
  // @ts-expect-error -- it is misspelt
  void run(sleep(1), { singal: new AbortController().signal });
  // @ts-expect-error -- the controller is no signal
  void run(sleep(1), { signal: new AbortController() });
  // @ts-expect-error -- it is misspelt
  spawn(sleep(1), { nmae: "x" });
  // @ts-expect-error -- a number is no name
  spawn(sleep(1), { name: 5 });
  // @ts-expect-error -- it is misspelt
  timeout(5, sleep(1), { otherwize: 1 });
  // @ts-expect-error -- the value is missing
  timeout(5, sleep(1), {});
  // @ts-expect-error -- it is misspelt
  shield(sleep(1), { timout: 5 });
  // @ts-expect-error -- it is misspelt
  new Queue<number>({ capcity: 5 });
  // @ts-expect-error -- it is misspelt
  new Queue<number>().shutdown({ imediate: true });
  // @ts-expect-error -- it is misspelt
  taskGroup(() => sleep(1), { nmae: "x" });
  // @ts-expect-error -- it is misspelt
  createScope({ nmae: "x" });
  // @ts-expect-error -- it is misspelt
  void run(sleep(1)).cancel("", { garce: 5 });
  // @ts-expect-error -- the name is missing
  createContext<number>();
  // @ts-expect-error -- a default of another type
  createContext<number>("n", "text");
}

export function* coordination() {
  const queue = new Queue<number>();
  // @ts-expect-error -- an item of another type
  yield* queue.put("text");
  // @ts-expect-error -- an item of another type
  queue.tryPut("text");
  // @ts-expect-error -- it cannot be set from outside
  queue.name = "other";
  // @ts-expect-error -- an item is a number
  const item: string = yield* queue.get();
  const context = createContext<number>("n");
  // @ts-expect-error -- a value of another type
  yield* context.set("text");
  // @ts-expect-error -- a value of another type
  yield* context.with("text", sleep(1));
  return item;
}

export function bridges() {
  // @ts-expect-error -- it is no promise
  until(5);
  // @ts-expect-error -- a function
  until(() => Promise.resolve(1));
  // @ts-expect-error -- a promise, not a function
  call(Promise.resolve(1));
  // @ts-expect-error -- a value of another type
  action<number>((resolve) => resolve("text"));
  // @ts-expect-error -- an async start
  action<number>(async () => Promise.resolve());
}

export function* readOnly() {
  const task: Task<number> = yield* spawn(call(() => 1));
  // @ts-expect-error -- told, not set
  task.state = "completed";
  // @ts-expect-error -- told, not set
  task.name = "other";
  // @ts-expect-error -- a task of another type
  const other: Task<string> = task;
  const scope = yield* useScope();
  // @ts-expect-error -- told, not set
  scope.isClosed = true;
  return other;
}

/** An instruction is made by the library alone. */
export function instructions() {
  // @ts-expect-error -- written by hand
  const byHand: Instruction = {};
  // @ts-expect-error -- what yields anything else is no operation
  const operationOfNumbers: Operation<void> = new Set<number>();
  // @ts-expect-error -- a function of a promise is no operable
  const operable: Operable<number> = async () => Promise.resolve(1);
  // @ts-expect-error -- never completes with a number
  const wrong: Operation<number> = sleep(1);
  const right: Operation<number> = suspend();
  return [byHand, operationOfNumbers, operable, wrong, right, checkpoint];
}
