/**
 * One run of an operation in a world, from start to the last look for leftovers: what `runTest`, `cancelEverywhere` and
 * `explore` have in common.
 */
import {
  OBSERVED,
  nodeOf,
  type Operable,
  type Operation,
  type Outcome,
  type Task,
  type TaskNode,
} from "../kernel/index.js";
import { leftBehind, Snapshot, type LeftoverOptions } from "./leftovers.js";
import { Tracking } from "./tracking.js";
import { clockOf, type VirtualClock } from "./virtual-clock.js";
import type { World } from "./world.js";

/** What a test runs: an operation, or a `function*` that gets the clock. */
export type TestBody<T> = Operation<T> | ((clock: VirtualClock) => Operation<T>);

/** How a run has ended, and whether it was in order. */
export interface Trial {
  readonly task: TaskNode;
  /** Null when the operation could not be brought to its end. */
  readonly outcome: Outcome | null;
  /** What was wrong, beside the outcome: a deadlock, something left behind, an error that nobody saw. */
  readonly fault: { readonly error: unknown } | null;
}

/** How to try. */
export interface TrialOptions extends LeftoverOptions {
  readonly name?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly clock?: VirtualClock | undefined;
  readonly timers?: number | undefined;
}

/** @param tracking - one that tracks the caller already; otherwise the run is tracked by itself */
export function tryOut(
  world: World,
  body: TestBody<unknown>,
  options: TrialOptions,
  tracking?: Tracking,
): Promise<Trial> {
  const own = tracking ?? new Tracking();
  own.reset();
  const go = (): Promise<Trial> => goThrough(world, body, options, own);
  return tracking === undefined ? own.track(go) : go();
}

async function goThrough(
  world: World,
  body: TestBody<unknown>,
  options: TrialOptions,
  tracking: Tracking,
): Promise<Trial> {
  const snapshot = new Snapshot(world, tracking, options);
  world.tracking = tracking;
  const { signal } = options;
  const task = world.run(withClock(body, options.clock ?? clockOf(world)), {
    name: options.name ?? nameOf(body),
    ...(signal === undefined ? {} : { signal }),
  });
  const node = nodeOf(task);
  // Its failure is looked at here.
  node.mark(OBSERVED);
  try {
    // Most runs of an exploration are over by now.
    if (node.outcome === null) await world.drive(() => node.outcome !== null, options.timers);
  } catch (error) {
    await end(world, [task]);
    return { task: node, outcome: null, fault: { error } };
  }
  if (snapshot.isUnsettled) await world.turn();
  const fault = faultOf(world, snapshot.findings(await snapshot.lookForListeners()), node);
  // Tasks are what users hold of them.
  if (fault !== null) await end(world, snapshot.newRoots as unknown as Task<unknown>[]);
  return { task: node, outcome: node.outcome, fault };
}

function withClock(body: TestBody<unknown>, clock: VirtualClock): Operable<unknown> {
  return typeof body === "function" && body.length > 0 ? () => body(clock) : (body as Operable<unknown>);
}

function nameOf(body: TestBody<unknown>): string {
  const { name } = body as { name?: unknown };
  return typeof name === "string" && name !== "" ? name : "test";
}

function faultOf(world: World, findings: readonly string[], node: TaskNode): Trial["fault"] {
  const [unobserved] = world.host.unobservedErrors.splice(0).map((error) => ({ error }));
  if (unobserved !== undefined) return unobserved;
  return findings.length === 0 ? null : { error: leftBehind(node.name, findings) };
}

/** Cancels what is left, so that a test that fails does not disturb the next one; cleanup that hangs is cut short. */
async function end(world: World, tasks: readonly Task<unknown>[]): Promise<void> {
  if (tasks.length === 0) return;
  const nodes = tasks.map(nodeOf);
  for (const task of tasks)
    void task.cancel("the test is over", { grace: 0 }).then(undefined, () => undefined);
  try {
    await world.drive(() => nodes.every((node) => node.outcome !== null));
  } catch {
    // What cannot be ended was reported already.
  }
  world.host.unobservedErrors.length = 0;
}
