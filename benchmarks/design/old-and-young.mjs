/** What it costs that an old object refers to a young one: the ready queue is old, and tasks are young. */
import { cost } from "./cost.mjs";

const count = 2_000_000;

class Task {
  /** @type {Task | null} */
  next = null;
}

/** Keeps the first and the last one. */
class TwoEnds {
  /** @type {Task | null} */
  first = null;
  /** @type {Task | null} */
  last = null;

  /** @param {Task} task - goes in, and comes out again */
  trip(task) {
    if (this.last === null) this.first = task;
    else this.last.next = task;
    this.last = task;
    this.first = task.next;
    if (this.first === null) this.last = null;
    task.next = null;
  }
}

/** Keeps the last one, which knows the first. */
class Ring {
  /** @type {Task | null} */
  last = null;

  /** @param {Task} task - goes in, and comes out again */
  trip(task) {
    task.next = this.last === null ? task : this.last.next;
    this.last = task;
    if (task.next === task) this.last = null;
    task.next = null;
  }
}

/**
 * @param {TwoEnds | Ring} queue
 * @param {Task} task
 */
function trips(queue, task) {
  for (let index = 0; index < count; index++) queue.trip(task);
}

/** @param {object[]} kept - survives, and is old afterwards */
function grow(kept) {
  let garbage = [kept];
  for (let index = 0; index < 5_000_000; index++) garbage = [kept];
  return garbage;
}

const queues = /** @type {const} */ ([new TwoEnds(), new Ring(), new TwoEnds(), new Ring()]);
const old = new Task();
grow([...queues, old]);
// Nothing is allocated from here on that would make it old.
const young = new Task();

cost("a young task through an old queue with two ends", count, () => trips(queues[0], young));
cost("a young task through an old ring", count, () => trips(queues[1], young));
cost("an old task through an old queue with two ends", count, () => trips(queues[2], old));
cost("an old task through an old ring", count, () => trips(queues[3], old));
