/** B2, B3, C11, E1, E2: how boundaries end, and tasks with them. */
import { cancel, cut, landing } from "./cancelling.js";
import { Cleanup, combined, Frame, Made, Several, Task, type Outcome } from "./tree.js";
import type { World } from "./world.js";

/** B2: the newest first; neighbouring tasks together; a cleanup when all that came after it is gone. */
export function undo(world: World, task: Task, frame: Frame): void {
  const { inbox } = task;
  if (typeof inbox !== "string" && "error" in inbox) frame.note(inbox.error);
  task.inbox = { value: undefined };
  const newest = frame.entries.at(-1);
  if (newest === undefined) finish(world, task, frame);
  else if (newest instanceof Cleanup) {
    frame.entries.pop();
    world.enter(task, new Frame("plain", newest.code));
  } else {
    undoTasks(world, frame);
    // Those that were already ready to end need not be waited for.
    if (frame.entries.at(-1) === newest) task.waiting = { leave: () => false };
  }
}

/** A resource goes alone, in its turn. */
function undoTasks(world: World, frame: Frame): void {
  const cause = frame.cause ?? { kind: "scope-ended" };
  const tasks: Task[] = [];
  for (const entry of [...frame.entries].reverse()) {
    if (!(entry instanceof Task) || (entry.isHeld && tasks.length > 0)) break;
    tasks.push(entry);
    if (entry.isHeld) break;
  }
  for (const task of tasks) {
    task.isUndone = true;
    task.isHeld = false;
    cancel(world, task.root, cause);
  }
}

/** A group's body has ended: its tasks are waited for, and a cancellation lands. */
export function awaitChildren(task: Task, frame: Frame): void {
  if (frame.children.length === 0) {
    frame.state = "closing";
    return;
  }
  const target = landing(task);
  if (target !== null) cut(task, target);
  else task.waiting = { leave: () => true };
}

/** A frame that waits for its tasks looks again whenever one of them ends. */
function look(world: World, frame: Frame): void {
  const { task } = frame;
  if (task?.top !== frame || task.waiting === null) return;
  const newest = frame.entries.at(-1);
  const isOver =
    frame.state === "awaiting"
      ? frame.children.length === 0
      : frame.state === "closing" && !(newest instanceof Task && newest.isUndone);
  if (isOver) world.wake(task, { value: undefined });
}

/** Everything of a boundary is gone: what its caller gets. */
export function finish(world: World, task: Task, frame: Frame): void {
  task.stack.pop();
  frame.state = "closed";
  for (const tell of frame.told) tell();
  const below = task.top;
  const target = below === undefined ? null : unwindingGoesOnTo(task, frame);
  const outcome = settled(frame, target !== null);
  if (below === undefined) {
    end(world, task, outcome);
    return;
  }
  // S6: what has completed is delivered all the same; behind a shield the cancellation lands at once (C6).
  const isDelivered = outcome.type === "value" && frame.cutTo === null && frame.kind !== "shield";
  if (target !== null && !isDelivered) {
    if (outcome.type === "errors") for (const error of outcome.errors) below.note(error);
    cut(task, target);
  } else if (outcome.type === "errors") task.inbox = { error: combined(outcome.errors) };
  else task.inbox = { value: outcome.type === "value" ? outcome.value : undefined };
}

function unwindingGoesOnTo(task: Task, frame: Frame): Frame | null {
  return frame.cutTo !== null && frame.cutTo !== frame ? frame.cutTo : landing(task);
}

function end(world: World, task: Task, outcome: Outcome): void {
  task.outcome = outcome.type === "errors" ? { type: "errors", errors: [combined(outcome.errors)] } : outcome;
  const { owner } = task;
  if (owner !== null) {
    owner.entries = owner.entries.filter((entry) => entry !== task);
    if (task.outcome.type === "errors" && !task.isContained) {
      // E1: a child's failure cancels the scope that it was spawned into.
      owner.note(task.outcome.errors[0]);
      if (owner.state === "open" || owner.state === "awaiting") cancel(world, owner, { kind: "failure" });
    }
  }
  const { told } = task;
  task.told = [];
  for (const tell of told) tell();
  if (owner !== null) look(world, owner);
}

function settled(frame: Frame, isOverruled: boolean): Outcome {
  const { errors, cutTo, kind } = frame;
  const cause = frame.cause ?? cutTo?.cause ?? { kind: "unknown" };
  const raw: Outcome =
    errors.length > 0
      ? { type: "errors", errors }
      : cutTo === null
        ? { type: "value", value: frame.value }
        : { type: "cancelled", cause };
  if (kind === "group" && raw.type === "errors") return { type: "errors", errors: [new Several(errors)] };
  // C11: a timeout converts its own cancellation only, and only when nothing further out wins.
  if (raw.type === "cancelled" && !isOverruled && raw.cause === frame.passed) {
    if (kind === "timeout") return { type: "errors", errors: [new Made("timeout")] };
    if (kind === "patience") return { type: "value", value: "late" };
  }
  if (kind === "attempt" && !(isOverruled && cutTo !== null)) return attempted(raw);
  return raw;
}

function attempted(raw: Outcome): Outcome {
  const value =
    raw.type === "errors"
      ? { ok: false, error: combined(raw.errors) }
      : { ok: true, value: raw.type === "value" ? raw.value : undefined };
  return { type: "value", value };
}
