/**
 * Waiting for one of several. The contenders are begun in the order in which they are named; the first that settles
 * decides, within the very call that settles it, and the others leave their lines before anything else can happen.
 */
import { clip, combine, misuse, show } from "../errors/index.js";
import {
  boundaryOf,
  contend,
  GiveWay,
  hasFailed,
  maybeOtherCopy,
  retire,
  Timer,
  Wait,
  waiting,
  type Contest,
  type Due,
  type Operation,
  type TaskNode,
  type WaitDescription,
} from "../kernel/index.js";

/** What `select` gives for a record of waits: the name of the one that happened, and its value. */
export type SelectedName<Waits> = {
  [Name in keyof Waits & string]: { readonly name: Name; readonly value: ValueOf<Waits[Name]> };
}[keyof Waits & string];

/** What `select` gives for a list of waits: the place of the one that happened, and its value. */
export type SelectedIndex<Waits extends readonly unknown[]> = number extends Waits["length"]
  ? { readonly index: number; readonly value: ValueOf<Waits[number]> }
  : {
      [Index in keyof Waits & `${number}`]: {
        readonly index: Index extends `${infer N extends number}` ? N : never;
        readonly value: ValueOf<Waits[Index]>;
      };
    }[keyof Waits & `${number}`];

type ValueOf<Op> = Op extends Operation<infer T> ? T : never;

/**
 * Waits for one of several: exactly one happens, and the others have not. Of those that could happen at once, the one
 * named first does.
 *
 * Waits:   until one of them can happen. In every line it stands in its turn, as if it waited there alone.
 * Cancel:  none of them happens.
 * Throws:  what the one that happened throws; TypeError for what is no single wait, RangeError for none at all.
 * Model:   Go's select, CML's choose; unlike `race`, which runs whole operations and drops what the losers have done.
 * Pitfall: it takes single waits: takes and puts, acquires, `event.wait()`, a task, `sleep`, `until`, `action`. What is
 *          written as a `function*` has to be spawned: wait for its task.
 *
 * @param waits - a record or an array of operations
 * @returns for a record `{ name, value }`, for an array `{ index, value }`
 * @example
 * const chosen = yield* select({ job: jobs.get(), stop: stopping.wait(), idle: sleep(1_000) });
 * if (chosen.name === "job") yield* handle(chosen.value);
 */
export function select<const Waits extends readonly Operation<unknown>[]>(
  waits: Waits,
): Operation<SelectedIndex<Waits>>;
export function select<const Waits extends Readonly<Record<string, Operation<unknown>>>>(
  waits: Waits,
): Operation<SelectedName<Waits>>;
export function select(waits: unknown): Operation<unknown> {
  if (typeof waits !== "object" || waits === null || (!Array.isArray(waits) && Symbol.iterator in waits)) {
    const text = `select() needs a record or an array of waits, got ${show(waits)}. Write select({ name: operation }).`;
    throw misuse("SELECT", text);
  }
  const entries: (readonly [string | number, unknown])[] = Array.isArray(waits)
    ? Array.from(waits, (wait: unknown, index) => [index, wait] as const)
    : Object.entries(waits);
  if (entries.length === 0) {
    throw misuse(
      "EMPTY_SELECT",
      "select() needs at least one wait, got none: it would never end.",
      RangeError,
    );
  }
  // Made to check them, and used by the first run.
  let prepared: readonly Contender[] | null = entries.map(makeContender);
  return waiting(() => {
    const contenders = prepared ?? entries.map(makeContender);
    prepared = null;
    return new Select(contenders);
  });
}

/** One of the waits of a run. */
interface Contender {
  readonly key: string | number;
  readonly wait: Wait<unknown>;
}

function makeContender([key, given]: readonly [string | number, unknown]): Contender {
  const wait =
    typeof given === "object" && given !== null && Symbol.iterator in given
      ? (given as Operation<unknown>)[Symbol.iterator]()
      : given;
  if (wait instanceof GiveWay) return { key, wait: new Turn() };
  if (wait instanceof Wait && wait.canContend) return { key, wait };
  const place = typeof key === "number" ? `at ${key}` : `"${clip(key, 40)}"`;
  if (typeof wait === "object" && wait !== null && "next" in wait) {
    throw misuse(
      "NOT_A_SINGLE_WAIT",
      `select() cannot take back what the operation ${place} has done when another one happens first: it is no single wait. Spawn it and name the task, or use race().${maybeOtherCopy()}`,
    );
  }
  throw misuse(
    "NOT_AN_OPERATION",
    `select() needs single waits, got ${show(given)} ${place}. Write { name: queue.get() }.`,
  );
}

/** The task's own wait; its contenders are no concern of the kernel's. */
class Select extends Wait<unknown> implements Contest {
  constructor(private readonly contenders: readonly Contender[]) {
    super();
  }

  begin(): void {
    const { task } = this;
    if (task === null) return;
    for (const { wait } of this.contenders) {
      contend(wait, this, task);
      if (this.done) return;
    }
  }

  decided(winner: Wait<unknown>): void {
    // Settled first, and as one change: nobody runs before the others are gone.
    this.task?.scheduler.batch(() => {
      if (hasFailed(winner)) this.fail(winner.value);
      else this.succeed(this.resultOf(winner));
      const errors = this.retireAll();
      // The result stands; what went wrong in leaving the others is an error of cleanup.
      for (const error of errors)
        boundaryOf(this.task as TaskNode)
          .needScope()
          .record(error);
    });
  }

  withdraw(): boolean {
    const errors = this.retireAll();
    if (errors.length > 0) throw combine(errors);
    return true;
  }

  /** One of its waits may be. */
  override get isFleeting(): boolean {
    return true;
  }

  describe(): WaitDescription {
    const anyOf = this.contenders.map(({ wait }) => wait.describe());
    const on = this.contenders.map(({ key }) => key).join(", ");
    const dues = anyOf.flatMap(({ due }) => due ?? []);
    return { kind: "select", on, anyOf, due: dues.length === 0 ? undefined : Math.min(...dues) };
  }

  private resultOf(winner: Wait<unknown>): unknown {
    const { value } = winner;
    const key = this.contenders.find(({ wait }) => wait === winner)?.key;
    return typeof key === "number" ? { index: key, value } : { name: key, value };
  }

  private retireAll(): unknown[] {
    const errors: unknown[] = [];
    for (const { wait } of this.contenders) {
      try {
        retire(wait);
      } catch (error) {
        errors.push(error);
      }
    }
    return errors;
  }
}

/** `sleep(0)` and `checkpoint()` among others: the next time that timers get their turn. */
class Turn extends Wait<void> implements Due {
  private timer: Timer | null = null;

  begin(): void {
    const scheduler = this.task?.scheduler;
    if (scheduler === undefined) return;
    this.timer = new Timer(scheduler.host.now(), false, this);
    scheduler.addTimer(this.timer);
  }

  timeIsUp(): void {
    this.succeed();
  }

  withdraw(): boolean {
    if (this.timer !== null) this.task?.scheduler.removeTimer(this.timer);
    return true;
  }

  describe(): WaitDescription {
    return { kind: "checkpoint", due: this.timer?.at };
  }
}
