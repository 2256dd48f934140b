/** C1 to C3, C6: whom a request reaches, and where it lands. */
import { Task, type Cause, type Frame } from "./tree.js";
import type { World } from "./world.js";

/** C1: reaches everything below that nothing protects; a parent before its children, the newest of them first. */
export function cancel(world: World, frame: Frame, cause: Cause): void {
  const work = [frame];
  for (const next of work) {
    const { task } = next;
    if (task?.outcome !== null || next.cause !== null || next.state === "closed") continue;
    // S6: a boundary whose body has ended keeps its outcome; what it owns is reached all the same.
    if (next.state !== "closing") next.cause = cause;
    for (const reached of reachedFrames(task, next)) {
      for (const entry of [...reached.entries].reverse()) {
        if (entry instanceof Task && !entry.isHeld) work.push(entry.root);
      }
    }
    interrupt(world, task);
  }
}

/** The frames on a task's stack that a request to one of them reaches, innermost first. */
function reachedFrames(task: Task, from: Frame): Frame[] {
  const at = task.stack.indexOf(from);
  const found: Frame[] = [];
  for (const frame of at < 0 ? [] : task.stack.slice(at)) {
    if (frame.state === "unwinding" || (frame !== from && frame.kind === "shield")) break;
    found.push(frame);
    if (frame.state === "closing") break;
  }
  return found.reverse();
}

/** S6: a wait that has not ended is left at once, so that nothing can be handed to it any more. */
function interrupt(world: World, task: Task): void {
  const { waiting } = task;
  if (waiting === null || task.isLeaving || landing(task) === null) return;
  if (waiting.leave()) world.wake(task, "cut");
  else task.isLeaving = true;
}

/** The outermost boundary that a cancellation unwinds from here, or null. */
export function landing(task: Task): Frame | null {
  let target: Frame | null = null;
  for (const frame of [...task.stack].reverse()) {
    if (frame.isProtected) return target;
    if (frame.cause !== null) target = frame;
    if (frame.kind === "shield") return target;
  }
  return target;
}

/** Lands: the top frame unwinds, and those below it as far as the target. */
export function cut(task: Task, target: Frame): void {
  const frame = task.top;
  if (frame === undefined) return;
  frame.cutTo = target;
  if (frame.state === "open") frame.state = "unwinding";
  else if (frame.state === "awaiting") frame.state = "closing";
  task.inbox = "cut";
}
