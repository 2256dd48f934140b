/**
 * One operation of ours inside an operation of Effection: their effect that starts it, and cancels and awaits it when
 * they are halted. Owns the task of ours in which it runs.
 *
 * V1 It is one effect, and no generator that waits in its `finally`: after a halt Effection would go on behind that.
 * V2 Whoever asks it to leave is answered, once, when all of it is gone.
 */
import {
  Err,
  Ok,
  type Coroutine,
  type Effect,
  type Operation as Theirs,
  type Resolve,
  type Result,
  type Scope,
} from "effection";
import {
  attempt,
  cancelScope,
  CancelledError,
  run,
  scoped,
  shield,
  suspend,
  useScope,
  type Attempt,
  type Cancellation,
  type CancelScope,
  type Operable,
  type Operation,
} from "../index.js";
import { refusal, type CrossingOptions } from "./checks.js";
import { enclosing, theirsNamed } from "./contexts.js";
import { crossingHere, type Guest } from "./crossing.js";

type Settle = (result: Result<unknown>) => void;
type Left = (result: Result<void>) => void;

export class Visitor implements Guest, Effect<unknown> {
  readonly description: string;
  #scope: CancelScope | null = null;
  #theirs: Scope | null = null;
  #task: PromiseLike<void> | null = null;
  #settle: Settle | null = null;
  /** Whom to tell that all is gone; asked again, the last one counts. */
  #left: Left | null = null;
  #isLeaving = false;
  #value: { readonly value: unknown } | null = null;
  #outcome: Attempt<unknown> | null = null;
  #hasEnded = false;
  #isKept = false;
  #cancelled: PromiseLike<void> | null = null;
  /** What went wrong in leaving. */
  #failure: { readonly error: unknown } | null = null;

  constructor(
    private readonly op: Operable<unknown>,
    readonly name: string,
    private readonly options: CrossingOptions,
  ) {
    this.description = `coppice ${name}`;
  }

  /** Effection's side: begins, and says how to leave. */
  enter(resolve: Resolve<Result<unknown>>, routine: Coroutine): (left: Resolve<Result<void>>) => void {
    const { scope } = routine;
    const crossing = scope.get(crossingHere);
    this.#theirs = scope;
    this.#settle = resolve;
    const id = taskId(this.op);
    if (id !== undefined && crossing?.isWaitedForBy(id) === true) {
      throw refusal(
        "RING",
        `"${this.name}" waits for the very operation of Effection that would wait for it. Wait for it outside of fromEffection().`,
        Error,
      );
    }
    if (crossing?.invite(this) !== true) this.began(run(this.operation, { name: this.name }));
    return (left) => {
      if (this.#isKept) left(Ok());
      else this.#leave(left);
    };
  }

  /** Our side. A cancel of ours from further out comes by way of theirs, so that unwinding goes innermost first. */
  get operation(): Operation<void> {
    return shield(() => this.#live());
  }

  began(task: PromiseLike<void>): void {
    this.#task = task;
    const ended = (): void => this.#ended();
    void task.then(ended, ended);
  }

  *#live(): Operation<void> {
    if (this.#isLeaving && this.#left === null) return;
    this.#outcome = yield* attempt(cancelScope((scope) => this.#body(scope), { name: this.name }));
  }

  *#body(scope: CancelScope): Operation<void> {
    this.#scope = scope;
    if (this.#isLeaving) this.#cancel(scope);
    yield* this.#bringContexts();
    const { op } = this;
    if (typeof op === "function") {
      this.#value = { value: yield* scoped(op) };
      return;
    }
    this.#value = { value: yield* op };
    const here = yield* useScope();
    if (here.isEmpty) return;
    void Promise.resolve().then(() => this.#keep());
    yield* suspend();
  }

  #keep(): void {
    const [settle, theirs] = [this.#settle, this.#theirs];
    if (this.#isLeaving || this.#hasEnded || settle === null || theirs === null) return;
    this.#isKept = true;
    this.#settle = null;
    // Registered before anybody can halt the caller: it lives as long as the scope that it was called in.
    void theirs.run(() => this.#stay());
    settle(Ok(this.#value?.value));
  }

  *#stay(): Theirs<void> {
    yield {
      description: this.description,
      enter: (resolve: Resolve<Result<unknown>>) => {
        this.#settle = resolve;
        if (this.#hasEnded) this.#report();
        return (left: Left) => this.#leave(left);
      },
    };
  }

  #leave(left: Left): void {
    this.#left = left;
    if (this.#hasEnded || this.#task === null) this.#gone();
    else if (!this.#isLeaving && this.#scope !== null) this.#cancel(this.#scope);
    this.#isLeaving = true;
  }

  #cancel(scope: CancelScope): void {
    const reason = this.#theirs?.get(crossingHere)?.cancellation?.reason ?? "halted in Effection";
    // Fails only with what went wrong from here on: what the operation failed with before is no error of the halt.
    this.#cancelled = scope.cancel(reason).then(
      () => undefined,
      (error: unknown) => {
        this.#failure = { error };
      },
    );
  }

  #ended(): void {
    this.#hasEnded = true;
    // What went wrong is told a moment later than that all is gone.
    if (this.#cancelled !== null) void this.#cancelled.then(() => this.#gone());
    else if (this.#isLeaving) this.#gone();
    else this.#report();
  }

  #gone(): void {
    const left = this.#left;
    this.#left = null;
    left?.(this.#failure === null ? Ok() : failed(this.#failure.error));
  }

  #report(): void {
    const [outcome, value] = [this.#outcome, this.#value];
    // Cut before it could begin, together with what theirs runs in: their halt follows.
    if (outcome === null) return;
    if (!outcome.ok) this.#settle?.(failed(outcome.error));
    else if (value !== null) this.#settle?.(Ok(value.value));
    else this.#settle?.(failed(this.#cancelledError()));
  }

  #cancelledError(): CancelledError {
    const unknown: Cancellation = { kind: "cancel", reason: undefined, scope: this.name, task: undefined };
    return new CancelledError(this.name, this.#scope?.cancellation ?? unknown);
  }

  *#bringContexts(): Operation<void> {
    const theirs = this.#theirs;
    if (theirs === null) return;
    yield* enclosing.set(theirs);
    for (const context of this.options.contexts ?? []) {
      const value = theirs.get(theirsNamed(context));
      if (value !== undefined) yield* context.set(value);
    }
  }
}

/** Whatever was thrown arrives as it is: Effection unpacks what it has wrapped. */
function failed(error: unknown): Result<never> {
  // Typed for errors alone; it takes anything.
  return Err(error as Error);
}

function taskId(op: Operable<unknown>): number | undefined {
  return "cancel" in op && "id" in op && typeof op.id === "number" ? op.id : undefined;
}
