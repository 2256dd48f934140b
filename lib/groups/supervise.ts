import {
  checkFunction,
  nodeOf,
  type CancelOptions,
  type Future,
  type Operable,
  type Operation,
} from "../kernel/index.js";
import { checkRepeatable } from "../operations/index.js";
import { Supervised } from "./supervised.js";
import {
  checkRestarts,
  type Child,
  type ChildOptions,
  type Supervisor,
  type SupervisorOptions,
} from "./supervisor.js";
import { taskGroup, type TaskGroup } from "./task-group.js";

/** The children of one supervisor, as tasks of one group. */
class Family implements Supervisor {
  private readonly members = new Set<Child>();

  constructor(
    private readonly group: TaskGroup,
    private readonly options: SupervisorOptions,
  ) {}

  get children(): readonly Child[] {
    return [...this.members];
  }

  spawn<T>(op: Operable<T>, options: ChildOptions = {}): Child<T> {
    checkRepeatable("supervisor.spawn", op);
    checkRestarts("supervisor.spawn", options);
    const { onEvent } = this.options;
    // A child without a name of its own is called after its operation, not after the supervisor.
    const child = new Supervised<T>(
      this.group,
      op,
      { ...this.options, name: undefined, ...options },
      onEvent,
    );
    this.members.add(child);
    nodeOf(child.task).watch({ ended: () => this.members.delete(child) });
    return child;
  }

  cancel(reason?: unknown, options?: CancelOptions): Future<void> {
    return this.group.cancel(reason, options);
  }
}

/**
 * Runs a body that starts children which may fail alone: a child that has failed is run again after a pause, and the
 * others go on. Ends when the body has and no child will run again.
 *
 * Cancel:  the body and all children are cancelled and awaited.
 * Throws:  an ExceptionGroup when a child has used up its `limit` of restarts, when the body fails, and for what cleanup
 *          throws; the other children are cancelled then.
 * Model:   supervisors of Erlang, one for one.
 * Pitfall: a child that is not run again takes its error along: `onEvent` is told of it, `child.task` throws it; where
 *          there is neither, the host warns.
 *
 * @param options - how to restart, for all children: `restart` ("on-failure"), `delay` (100), `backoff` (2), `maxDelay`
 *   (10_000), `jitter` (0.2), `limit`; and `onEvent`
 * @returns what the body returns; `undefined` when the supervisor was cancelled by its own `cancel`
 * @example
 * yield* supervise(function* (supervisor) {
 *   supervisor.spawn(pollMail);
 *   supervisor.spawn(serveMetrics, { restart: "always", limit: { restarts: 5, within: 60_000 } });
 * }, { onEvent: ({ type, child, error }) => log(type, child.name, error) });
 */
export function supervise<T>(
  body: (supervisor: Supervisor) => Operation<T>,
  options: SupervisorOptions = {},
): Operation<T> {
  checkFunction("supervise", body);
  checkRestarts("supervise", options, ["onEvent"]);
  const name = options.name ?? "supervisor";
  return taskGroup((group) => body(new Family(group, options)), { name });
}
