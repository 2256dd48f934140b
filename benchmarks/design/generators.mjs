/**
 * What a generator costs, and what a `yield*` adds. For docs/design/001.
 *
 * node benchmarks/design/generators.mjs
 */
import { cost } from "./cost.mjs";

const many = 1_000_000;

function* endless() {
  for (;;) yield 1;
}

function* delegating(inner) {
  yield* inner;
}

function nested(depth) {
  let generator = endless();
  for (let level = 0; level < depth; level++) generator = delegating(generator);
  return generator;
}

function* parked() {
  try {
    yield 1;
  } finally {
    cleaned += 1;
  }
}
let cleaned = 0;

/** An iterator by hand: what it gives is a new object each time, or itself. */
const handMade = (makesResults) => {
  const self = {
    done: false,
    value: 1,
    next: () => (makesResults ? { done: false, value: 1 } : self),
    [Symbol.iterator]: () => self,
  };
  return self;
};

function resume(generator, count) {
  for (let index = 0; index < count; index++) generator.next();
}

for (const depth of [0, 1, 10, 100]) {
  const count = Math.max(10_000, many / (depth + 1));
  cost(`next(), ${depth} generators delegate to it`, count, () => resume(nested(depth), count));
}
cost("next(), the innermost is an iterator that makes results", many, () =>
  resume(delegating(handMade(true)), many),
);
cost("next(), the innermost is its own result", many, () => resume(delegating(handMade(false)), many));
/** Where what is made is kept, so that it is not left out. */
const kept = new Array(1_024);
cost("making a generator", many, () => {
  for (let index = 0; index < many; index++) kept[index & 1_023] = endless();
});
cost("making a function*, and a generator of it", many / 10, () => {
  for (let index = 0; index < many / 10; index++) {
    const fresh = function* () {
      yield index;
    };
    kept[index & 1_023] = fresh();
  }
});
cost("making one, next() and return() through a finally", many, () => {
  for (let index = 0; index < many; index++) {
    const generator = parked();
    generator.next();
    generator.return();
  }
});
if (cleaned === 0) throw new Error("No cleanup ran.");
