/**
 * The six questions for everything that waits: the value; an error inside; cancelled while waiting; cancelled before
 * it starts; cancelled in the same turn as it completes; its cleanup is done.
 */
import { expect, it } from "@jest/globals";
import { checkpoint, sleep, spawn, suspend, type Operable, type Operation } from "coppice";
import { world } from "./virtual.js";

/** One way of waiting, set up afresh for each question. */
export interface Situation<T> {
  /** What waits; run once. */
  readonly operation: Operation<T>;
  /** Lets it complete; run by another task that was there first. */
  readonly complete: Operable<unknown>;
  /** Makes it fail with the error of the answers; left out where nothing can fail. */
  readonly fail?: Operable<unknown>;
  /** What is registered anywhere on its behalf: 0 when its cleanup is done. */
  readonly left: () => number;
}

export interface Answers<T> {
  readonly value: T;
  readonly error?: unknown;
}

/** A completion that takes no time: the waiting task gets its first turns before it. */
export function atOnce(act: () => unknown): Operable<void> {
  return function* () {
    yield* sleep(1);
    act();
  };
}

/**
 * A completion that the parts of an operation carry to it: they have ended, and the operation itself has what it waits
 * for, but its task has not gone on yet.
 */
export function partByPart(...acts: readonly (() => unknown)[]): Operable<void> {
  return function* () {
    for (const act of acts) {
      yield* sleep(1);
      act();
    }
    yield* checkpoint();
  };
}

/** States the six rules of a waiting operation, each as a spec of its own. */
export function answersSixQuestions<T>(prepare: () => Situation<T>, { value, error }: Answers<T>): void {
  it("gives its value", async () => {
    const situation = prepare();
    expect((await observe(situation, situation.complete, "leave")).outcome).toEqual({ value });
  });

  if (prepare().fail !== undefined) {
    it("throws the error from inside", async () => {
      const situation = prepare();
      expect((await observe(situation, situation.fail ?? suspend(), "leave")).outcome).toEqual({ error });
    });
  }

  it("leaves at once when cancelled while it waits, and a late completion changes nothing", async () => {
    const situation = prepare();
    const { log } = await observe(situation, sleep(1), "cancel", situation.complete);
    expect(log).toEqual(["start", "cleanup", "cancelled: nothing left"]);
  });

  it("does not begin when cancelled before it starts", async () => {
    const situation = prepare();
    const { log } = await observe(situation, null, "cancel", situation.complete);
    expect(log).toEqual(["start", "cleanup", "cancelled: nothing left"]);
  });

  it("keeps a completion that came before the cancel of the same turn (S6)", async () => {
    const situation = prepare();
    const { log } = await observe(situation, situation.complete, "cancel");
    expect(log).toEqual(["start", "completed", "cleanup", "cancelled: nothing left"]);
  });

  it("leaves no timer, no ready task and no registration behind", async () => {
    const situation = prepare();
    expect(await observe(situation, situation.complete, "leave")).toMatchObject({
      timers: 0,
      ready: 0,
      roots: 0,
      left: 0,
    });
  });
}

interface Observation<T> {
  readonly log: string[];
  readonly outcome: { value?: T; error?: unknown };
  readonly timers: number;
  readonly ready: number;
  readonly roots: number;
  readonly left: number;
}

/** Runs a waiter beside a controller, which lets `first` happen, cancels or not, and lets `later` happen. */
async function observe<T>(
  situation: Situation<T>,
  first: Operable<unknown> | null,
  then: "cancel" | "leave",
  later: Operable<unknown> = checkpoint(),
): Promise<Observation<T>> {
  const { run, scheduler } = world();
  const log: string[] = [];
  const outcome: { value?: T; error?: unknown } = {};
  await run(function* () {
    const waiter = yield* spawn(function* () {
      log.push("start");
      try {
        outcome.value = yield* situation.operation;
        log.push("completed");
        if (then === "cancel") yield* suspend();
      } catch (error) {
        outcome.error = error;
      } finally {
        log.push("cleanup");
      }
    });
    if (first !== null) yield* performed(first);
    if (then === "leave") yield* waiter;
    else {
      yield* waiter.cancel();
      log.push(`cancelled: ${situation.left() === 0 ? "nothing left" : "something left"}`);
      yield* performed(later);
      yield* sleep(1);
    }
  });
  return {
    log,
    outcome,
    timers: scheduler.timers.size,
    ready: scheduler.readyCount,
    roots: [...scheduler.roots].length,
    left: situation.left(),
  };
}

function performed(op: Operable<unknown>): Operation<unknown> {
  return typeof op === "function" ? op() : op;
}
