/**
 * One heap against a host timer for each deadline: set and taken back, as timeouts that do not fire are, alone and
 * beside a hundred thousand others. For docs/design/002. Needs the build: `npm run build`.
 *
 * node benchmarks/design/timers.mjs
 */
import { Timer, Timers } from "../../dist/kernel/timers.js";

import { cost } from "./cost.mjs";

const many = 100_000;
const due = { timeIsUp() {} };
const minuteMs = 60_000;

function hostTimers(count, others) {
  const kept = Array.from({ length: others }, (_, index) => setTimeout(() => {}, minuteMs + (index % 1_000)));
  return () => {
    for (let index = 0; index < count; index++) clearTimeout(setTimeout(due.timeIsUp, minuteMs));
    return kept;
  };
}

function heap(count, others, isLater) {
  const timers = new Timers();
  for (let index = 0; index < others; index++) timers.add(new Timer(index % 1_000, true, due));
  return () => {
    for (let index = 0; index < count; index++) {
      const timer = new Timer(isLater ? minuteMs + index : -index, true, due);
      timers.add(timer);
      timers.remove(timer);
    }
  };
}

for (const others of [0, many]) {
  cost(`setTimeout and clearTimeout beside ${others}`, many, hostTimers(many, others));
  cost(`in and out of the heap beside ${others}, later than all`, many, heap(many, others, true));
  cost(`in and out of the heap beside ${others}, earlier than all`, many, heap(many, others, false));
}
cost("a hundred thousand in order of time, then all out", many, () => {
  const timers = new Timers();
  for (let index = 0; index < many; index++) timers.add(new Timer(index, true, due));
  while (timers.first !== undefined) timers.remove(timers.first);
});
cost("performance.now()", many, () => {
  for (let index = 0; index < many; index++) performance.now();
});
process.exit(0);
