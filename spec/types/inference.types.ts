/** What the types infer: every line is checked by the type checker, none of it runs. */
/* eslint-disable @typescript-eslint/no-invalid-void-type -- void is what many operations give */
import {
  action,
  all,
  allSettled,
  attempt,
  call,
  cancellation,
  checkpoint,
  createContext,
  createScope,
  ensure,
  ExceptionGroup,
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
  useAbortSignal,
  useScope,
  type Attempt,
  type Cancellation,
  type Context,
  type Future,
  type GroupOf,
  type Operation,
  type Scope,
  type Task,
  type TaskState,
} from "coppice";
import { exactly, isTrue, type Equal, type ResultOf } from "./expect.js";

interface User {
  readonly id: string;
}

function* plain(id: string) {
  yield* sleep(1);
  return { id };
}
const fetchUser = operation(function* (id: string): Generator<never, User> {
  yield* [];
  return { id };
});
const first = operation(function* <T>(items: readonly T[], fallback: T) {
  yield* checkpoint();
  return items[0] ?? fallback;
});
const withOptional = operation(function* (id: string, depth?: number, ...rest: boolean[]) {
  yield* checkpoint();
  return [id, depth, rest] as const;
});
const nothing = operation(function* () {
  yield* checkpoint();
});

/** `yield*` gives the operation's own type, through plain generators and operation() alike. */
export function* delegation() {
  exactly<void>()(yield* sleep(1));
  exactly<{ id: string }>()(yield* plain("42"));
  exactly<User>()(yield* fetchUser("42"));
  exactly<undefined>()(yield* nothing() as Operation<undefined>);
  exactly<number>()(yield* first([1, 2], 3));
  exactly<string>()(yield* first<string>([], "none"));
  exactly<readonly [string, number | undefined, boolean[]]>()(yield* withOptional("a", 1, true, false));
  exactly<never>()(yield* suspend());
  const inner = yield* (function* () {
    return yield* fetchUser("42");
  })();
  exactly<User>()(inner);
}

/** operation() keeps names of parameters, optional and rest parameters, and type parameters. */
export function operations() {
  isTrue<Equal<Parameters<typeof fetchUser>, [id: string]>>();
  isTrue<Equal<ReturnType<typeof fetchUser>, Operation<User>>>();
  isTrue<
    Equal<Parameters<typeof withOptional>, [id: string, depth?: number | undefined, ...rest: boolean[]]>
  >();
  isTrue<Equal<ResultOf<ReturnType<typeof nothing>>, void>>();
  exactly<Operation<Date>>()(first([new Date(0)], new Date(1)));
}

/** A task gives what its operation gives: joined, awaited and asked. */
export async function tasks() {
  const task = run(fetchUser("42"), { signal: new AbortController().signal, name: "fetch" });
  exactly<Task<User>>()(task);
  exactly<User>()(await task);
  exactly<User>()(task.result());
  exactly<TaskState>()(task.state);
  exactly<number>()(task.id);
  exactly<string>()(task.name);
  exactly<Future<void>>()(task.cancel("reason", { grace: 5 }));
  exactly<User | null>()(await task.catch(() => null));
  exactly<string>()(await task.then(({ id }) => id));
  exactly<{ id: string }>()(await run(() => plain("42")));
  exactly<{ id: string }>()(await run(plain("42")));
  exactly<number>()(
    await run(function* () {
      yield* sleep(1);
      return 1;
    }),
  );
  exactly<[PromiseSettledResult<User>, PromiseSettledResult<User>]>()(
    await Promise.allSettled([run(fetchUser("1")), run(fetchUser("2"))]),
  );
  await using disposed = task;
  exactly<Task<User>>()(disposed);
}

export function* spawning() {
  const task = yield* spawn(fetchUser("42"), { name: "fetch" });
  exactly<Task<User>>()(task);
  exactly<User>()(yield* task);
  exactly<void>()(yield* task.cancel());
  const scope = yield* useScope();
  exactly<Scope>()(scope);
  exactly<Task<User>>()(scope.spawn(fetchUser("42")));
  exactly<Task<{ id: string }>>()(scope.run(() => plain("42")));
  exactly<Cancellation | undefined>()(scope.cancellation);
  exactly<Scope>()(createScope({ name: "server" }));
}

export function* lists() {
  exactly<[User, number, string]>()(
    yield* all([
      fetchUser("42"),
      call(() => 1),
      function* () {
        yield* checkpoint();
        return "text";
      },
    ]),
  );
  exactly<[]>()(yield* all([]));
  exactly<{ user: User; count: number }>()(yield* all({ user: fetchUser("42"), count: call(() => 1) }));
  const users: Operation<User>[] = [];
  exactly<User[]>()(yield* all(users));
  exactly<User[]>()(yield* all(new Set(users)));
  exactly<User[]>()(yield* all(users.map((user) => scoped(user))));
  exactly<[Attempt<User>, Attempt<number>]>()(yield* allSettled([fetchUser("42"), call(() => 1)]));
  exactly<Attempt<User>[]>()(yield* allSettled(users));
  exactly<User | number>()(yield* race([fetchUser("42"), call(() => Promise.resolve(1))]));
  exactly<User>()(yield* race(users));
  exactly<User>()(yield* race(new Set(users)));
  exactly<number>()(yield* race([suspend(), call(() => 1)]));
}

export function* attempts() {
  const result = yield* attempt(fetchUser("42"));
  exactly<Attempt<User>>()(result);
  if (result.ok) exactly<User>()(result.value);
  else exactly<unknown>()(result.error);
  isTrue<
    Equal<
      Attempt<User>,
      { readonly ok: true; readonly value: User } | { readonly ok: false; readonly error: unknown }
    >
  >();
}

export function* time() {
  exactly<User>()(yield* timeout(5, fetchUser("42")));
  exactly<User | null>()(yield* timeout(5, fetchUser("42"), { otherwise: null }));
  exactly<User | "late">()(yield* timeout(5, fetchUser("42"), { otherwise: "late" as const }));
  exactly<User>()(yield* shield(fetchUser("42")));
  exactly<User>()(yield* shield(fetchUser("42"), { timeout: 5 }));
  exactly<void>()(yield* sleep(Infinity));
}

export function* groups() {
  const value = yield* taskGroup(function* (group) {
    const task = group.spawn(fetchUser("42"));
    exactly<Task<User>>()(task);
    exactly<Future<void>>()(group.cancel("enough"));
    return yield* task;
  });
  exactly<User>()(value);
}

export function* coordination() {
  const queue = new Queue<User>({ capacity: 5, name: "users" });
  exactly<User>()(yield* queue.get());
  exactly<void>()(yield* queue.put({ id: "42" }));
  exactly<{ readonly value: User } | undefined>()(queue.tryGet());
  exactly<boolean>()(queue.tryPut({ id: "42" }));
  exactly<void>()(yield* queue.join());
  const semaphore = new Semaphore(5);
  exactly<User>()(yield* semaphore.with(fetchUser("42")));
  exactly<boolean>()(semaphore.tryAcquire());
}

export function* contexts() {
  const optional = createContext<User>("user");
  exactly<Context<User, undefined>>()(optional);
  exactly<User | undefined>()(yield* optional.get());
  exactly<User>()(yield* optional.expect());
  exactly<User>()(yield* optional.set({ id: "42" }));
  exactly<number>()(
    yield* optional.with(
      { id: "42" },
      call(() => 1),
    ),
  );
  const withDefault = createContext<number>("retries", 3);
  exactly<Context<number>>()(withDefault);
  exactly<number>()(yield* withDefault.get());
  const inferred = createContext("retries", 3);
  exactly<number>()(yield* inferred.get());
}

export function* resources() {
  const usePool = () =>
    resource<{ size: number }>(function* (provide) {
      yield* provide({ size: 5 });
    });
  exactly<{ size: number }>()(yield* usePool());
  exactly<void>()(yield* ensure(() => undefined));
  exactly<void>()(
    yield* ensure(function* () {
      yield* sleep(1);
    }),
  );
}

export function* bridges() {
  exactly<User>()(yield* until(Promise.resolve<User>({ id: "42" })));
  exactly<Response>()(yield* call((signal) => fetch("http://localhost", { signal })));
  exactly<number>()(yield* call(() => 1));
  exactly<string>()(
    yield* action<string>((resolve, reject) => {
      resolve("text");
      return () => reject(new Error());
    }),
  );
  exactly<AbortSignal>()(yield* useAbortSignal());
  exactly<Cancellation | undefined>()(yield* cancellation());
}

export function errors() {
  const group = new ExceptionGroup([new TypeError(), new RangeError()], "both");
  const [types, rest] = group.split(TypeError);
  exactly<ExceptionGroup | undefined>()(rest);
  exactly<GroupOf<TypeError> | undefined>()(types);
  isTrue<ExceptionGroup extends AggregateError ? true : false>();
  exactly<unknown[]>()(group.errors);
}
