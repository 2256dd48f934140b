/** Runs a program in the naive interpreter. */
import { Log } from "./log.js";
import { cancel } from "./naive/cancelling.js";
import { NaiveError, Translation } from "./naive/translate.js";
import { Frame, Made, Several, type Task } from "./naive/tree.js";
import { World } from "./naive/world.js";
import { Chooser } from "./order.js";
import { END, type Program } from "./program.js";

/** What the rules say becomes of a program. */
export interface Expected {
  readonly lines: readonly string[];
  readonly choices: readonly number[];
  /** Errors in whose place JavaScript itself put another completion. */
  readonly replaced: ReadonlySet<number>;
}

function showError(error: unknown): string {
  if (error instanceof NaiveError) return `E${error.id}`;
  if (error instanceof Made) return error.text;
  if (error instanceof Several) return `[${error.errors.map(showError).join(" ")}]`;
  return String(error);
}

export function runByTheRules(program: Program): Expected {
  const chooser = new Chooser(program.order);
  const world = new World((count) => chooser.choose(count));
  const log = new Log(() => world.time, { error: showError });
  const translation = new Translation(world, log);
  const root = world.start(new Frame("plain", translation.program(program)), null);
  root.told.push(() => showEnd(root, log));
  world.drain();
  for (const { at, task } of [...program.strikes].sort((a, b) => a.at - b.at)) {
    moveTo(world, at);
    const target = task === null ? root : translation.tasks.get(task);
    if (target !== undefined) cancel(world, target.root, { kind: "cancel" });
    world.drain();
  }
  moveTo(world, END);
  cancel(world, root.root, { kind: "cancel" });
  world.drain();
  moveTo(world, Infinity);
  const replaced = world.replaced.flatMap(leavesOf);
  return { lines: log.lines, choices: chooser.counts, replaced: new Set(replaced) };
}

function showEnd({ outcome }: Task, log: Log): void {
  if (outcome?.type === "value") log.ended(`completed with ${log.show(outcome.value)}`);
  else if (outcome?.type === "cancelled") log.ended("cancelled");
  else if (outcome !== null) log.ended(`failed with ${showError(outcome.errors[0])}`);
}

function leavesOf(error: unknown): number[] {
  if (error instanceof NaiveError) return [error.id];
  return error instanceof Several ? error.errors.flatMap(leavesOf) : [];
}

function moveTo(world: World, time: number): void {
  while (world.nextTimer <= time && world.nextTimer !== Infinity) {
    world.time = world.nextTimer;
    world.fireTimers();
    world.drain();
  }
  if (time !== Infinity) world.time = time;
}
