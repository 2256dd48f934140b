import { describe } from "@jest/globals";
import { cancelScope, now, sleep, sleepUntil, suspend, timeout, timeoutAt } from "coppice";
import { failAfter, noted } from "../support/doings.js";
import { stories } from "../support/story.js";

/** `move_on_after` is `cancelScope` or `otherwise`; `fail_after` is `timeout`. */
describe("Trio's timeouts and sleeps", () => {
  stories([
    [
      "sleep waits for its time",
      function* (note) {
        yield* sleep(5);
        note("awake");
      },
      "awake@5",
    ],
    [
      "sleep of 0 lets the others have a turn",
      function* (note) {
        yield* sleep(0);
        note("awake");
      },
      "awake",
    ],
    [
      "sleepUntil waits until a time of the clock",
      function* (note) {
        yield* sleep(5);
        yield* sleepUntil(now() + 5);
        note("awake");
      },
      "awake@10",
    ],
    [
      "sleepUntil a time that has passed does not wait",
      function* (note) {
        yield* sleep(5);
        yield* sleepUntil(1);
        note("awake");
      },
      "awake@5",
    ],
    ["sleep refuses a negative length", () => sleep(-1), "! DURATION"],
    ["sleep refuses NaN", () => sleep(NaN), "! DURATION"],
    ["sleepUntil refuses NaN", () => sleepUntil(NaN), "! TIME"],
    [
      "sleeping for ever ends by a cancellation only",
      function* (note) {
        yield* noted(note, "for ever", timeout(1e9, sleep(Infinity)));
      },
      "for ever: TimeoutError@1000000000",
    ],
    [
      "longer than host timers can",
      function* (note) {
        yield* sleep(2 ** 40);
        note(now() === 2 ** 40);
      },
      "true@1099511627776",
    ],
    [
      "moving on at a time",
      function* (note) {
        yield* cancelScope(suspend, { deadline: now() + 5 });
        note("moved on");
      },
      "moved on@5",
    ],
    [
      "moving on after a time, when it was enough",
      function* (note) {
        note(yield* timeout(5, sleep(1), { otherwise: "moved on" }));
      },
      "undefined@1",
    ],
    [
      "moving on after a time, when it was not",
      () => timeout(5, suspend(), { otherwise: "moved on" }),
      "= moved on",
    ],
    ["failing at a time", () => timeoutAt(5, suspend()), "! TimeoutError"],
    ["failing after a time", () => timeout(5, suspend()), "! TimeoutError"],
    ["an error that comes before is passed on", () => timeoutAt(5, failAfter(1, "own")), "! own"],
    ["failing after a negative time is refused", () => timeout(-1, suspend()), "! DURATION"],
    ["failing at NaN is refused", () => timeoutAt(NaN, suspend()), "! TIME"],
    ["moving on after NaN is refused", () => timeout(NaN, suspend(), { otherwise: 1 }), "! DURATION"],
    ["a scope with a deadline of NaN is refused", () => cancelScope(suspend, { deadline: NaN }), "! TIME"],
    ["never failing", () => timeout(Infinity, sleep(1)), ""],
  ]);
});
