/**
 * The stores of AsyncLocalStorage in tasks: a task keeps those that it was started with across all its suspensions,
 * whoever resumes it. Importing "coppice/node", before the first store is entered, is enough for it; it costs
 * nothing until then.
 */
import { AsyncResource, type AsyncLocalStorage } from "node:async_hooks";
import { operation, surroundings, type Enclosure, type Operable, type Operation } from "../kernel/index.js";
import { useScope } from "../operations/index.js";
import { beforeFirstStore } from "./first-store.js";

/** Keeps an AsyncResource per task: what Node itself hands to code that calls back later. */
class AsyncContext implements Enclosure {
  /** Beside the tasks, so that those of programs without stores are no larger for it. */
  readonly #resources = new WeakMap<object, AsyncResource>();
  /** Outside of all stores: what the tasks have kept that were there before the first. */
  readonly #outside = newResource();

  taskMade(task: object): void {
    this.#resources.set(task, newResource());
  }

  enter<Task extends object>(task: Task, turn: (task: Task) => void): void {
    let resource = this.#resources.get(task);
    if (resource === undefined) {
      resource = this.#outside.runInAsyncScope(newResource);
      this.#resources.set(task, resource);
    }
    resource.runInAsyncScope(turn, undefined, task);
  }
}

function newResource(): AsyncResource {
  return new AsyncResource("CoppiceTask", { requireManualDestroy: true });
}

export function keepAsyncContext(): void {
  const context = new AsyncContext();
  beforeFirstStore(() => {
    surroundings.enclosure ??= context;
  });
}

/**
 * Runs an operation with a store of an AsyncLocalStorage: what `storage.run(store, fn)` is for functions, which cannot
 * be left and entered again.
 *
 * Cancel:  cancels the operation and waits for its cleanup.
 * Throws:  what `op` throws.
 *
 * @example yield* withStore(requestIds, request.id, handle(request));
 */
export function withStore<Store, T>(
  storage: AsyncLocalStorage<Store>,
  store: Store,
  op: Operable<T>,
): Operation<T> {
  return runWithStore(storage, store, op) as Operation<T>;
}

const runWithStore = operation(function* (
  storage: AsyncLocalStorage<unknown>,
  store: unknown,
  op: Operable<unknown>,
) {
  const scope = yield* useScope();
  // A task takes the stores of the code that starts it.
  return yield* storage.run(store, () => scope.spawn(op));
});
