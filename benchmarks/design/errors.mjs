/**
 * What an error costs that takes a stack, by frames, and how to keep a note on it. For docs/design/005.
 *
 * node benchmarks/design/errors.mjs
 */
import { cost } from "./cost.mjs";

const many = 50_000;
const usual = Error.stackTraceLimit;

function deep(depth, act) {
  return depth === 0 ? act() : [deep(depth - 1, act)];
}

for (const frames of [0, 1, 3, 5, 10]) {
  cost(`an error with ${frames} frames, of 20 there are`, many, () => {
    Error.stackTraceLimit = frames;
    deep(20, () => {
      for (let index = 0; index < many; index++) new Error("late");
    });
    Error.stackTraceLimit = usual;
  });
}

class Stamped {
  constructor(object) {
    return object;
  }
}
class Note extends Stamped {
  #isTaken = false;
  static take(error) {
    if (#isTaken in error) error.#isTaken = true;
  }
}

function makeErrors(note) {
  const kept = [];
  Error.stackTraceLimit = 0;
  for (let index = 0; index < many; index++) {
    const error = new Error("late");
    note(error);
    kept.push(error);
  }
  Error.stackTraceLimit = usual;
  return kept;
}

cost("an error that is kept, without a note", many, () => makeErrors(() => {}));
cost("the same with an entry in a WeakMap", many, () => {
  const notes = new WeakMap();
  return makeErrors((error) => {
    notes.set(error, { isTaken: false });
    notes.get(error).isTaken = true;
  });
});
cost("the same with a private field put on it", many, () =>
  makeErrors((error) => {
    new Note(error);
    Note.take(error);
  }),
);
