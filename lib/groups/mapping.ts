/**
 * The boundary of `map` and `forEach`: pulls a source and runs a task for each item.
 *
 * M1 The next item is pulled only when there is somebody to work on it: fewer than `concurrency` tasks run.
 * M2 An item that was taken is worked on, at least to the first yield point, also when a cancel comes then (S6, C12).
 * M3 The source is stopped when all tasks are gone, for it was opened before them (B2).
 */
import {
  adoptInto,
  Call,
  Completed,
  Frame,
  NOTHING,
  start,
  toFrame,
  Wait,
  waiting,
  type Boundary,
  type Operation,
  type Outcome,
  type TaskNode,
  type WaitDescription,
  type Watcher,
} from "../kernel/index.js";
import { attempt } from "../operations/index.js";
import { open, type Source } from "./source.js";

/** What is done with each item. */
export type Work<T, R> = (item: T, index: number) => Operation<R>;

/** How to do it. The source gives what the work takes: the functions that make plans see to that. */
export interface Plan {
  readonly caller: string;
  readonly source: Source<unknown>;
  readonly work: Work<never, unknown>;
  readonly concurrency: number;
  /** Whether results are in the order of the items, or in that of completion. */
  readonly ordered: boolean;
  /** Whether a failure is a result like any other. */
  readonly settled: boolean;
  /** Whether results are kept at all. */
  readonly keeps: boolean;
  readonly name: string | undefined;
}

class Mapping implements Boundary, Watcher {
  readonly awaitsChildren = true;
  readonly name: string;
  readonly frame: Frame;
  private readonly results: unknown[] = [];
  private taken = 0;
  private running = 0;
  private waiting: Room | null = null;

  constructor(private readonly plan: Plan) {
    this.name = plan.name ?? plan.caller;
    this.frame = new Frame(new Call(pullAll, 2, this, plan.source), this);
  }

  get isFull(): boolean {
    return this.running >= this.plan.concurrency;
  }

  /** Waits until another task may run. */
  readonly room = waiting(() => new Room(this));

  await(room: Room): void {
    if (this.isFull) this.waiting = room;
    else room.succeed();
  }

  leave(): void {
    this.waiting = null;
  }

  begin(item: unknown): void {
    const index = this.taken++;
    const task = adoptInto<unknown>(this.frame.needScope(), "run", this.rootFor(item, index), undefined);
    this.running++;
    if (this.plan.keeps) task.watch(new Keeping(this, task, index));
    else task.watch(this);
    start(task);
  }

  private rootFor(item: unknown, index: number): Frame {
    const { settled } = this.plan;
    // By the plan's own promise.
    const work = this.plan.work as Work<unknown, unknown>;
    if (!settled) return new Frame(new Call(work, 2, item, index), null);
    return toFrame(
      this.plan.caller,
      attempt(() => work(item, index)),
      null,
    );
  }

  keep({ outcome }: TaskNode, index: number): void {
    if (outcome?.type !== "value") return;
    if (this.plan.ordered) this.results[index] = outcome.value;
    else this.results.push(outcome.value);
  }

  /** One of its tasks has ended. */
  ended(): void {
    this.running--;
    const { waiting: room } = this;
    this.waiting = null;
    room?.succeed();
  }

  settle(outcome: Outcome): Outcome {
    if (outcome.type !== "value") return outcome;
    return this.plan.keeps ? new Completed(this.results) : NOTHING;
  }
}

/** Told of the end of one task whose result is kept. */
class Keeping implements Watcher {
  constructor(
    private readonly mapping: Mapping,
    private readonly task: TaskNode,
    private readonly index: number,
  ) {}

  ended(): void {
    this.mapping.keep(this.task, this.index);
    this.mapping.ended();
  }
}

function* pullAll(mapping: Mapping, source: Source<unknown>): Operation<void> {
  const opened = yield* open(source);
  for (;;) {
    if (mapping.isFull) yield* mapping.room;
    const item = yield* opened.pull();
    if (item === undefined) return;
    mapping.begin(item.value);
  }
}

class Room extends Wait<void> {
  constructor(private readonly mapping: Mapping) {
    super();
  }

  begin(): void {
    this.mapping.await(this);
  }

  withdraw(): boolean {
    this.mapping.leave();
    return true;
  }

  describe(): WaitDescription {
    return { kind: "concurrency", on: this.mapping.name };
  }
}

/** Makes an operation that works off a source. */
export function mapping<R>(plan: Plan): Operation<R> {
  // The mapping settles with the R that its function promises.
  return waiting(() => new Mapping(plan).frame as Wait<R>);
}
